"""Gradient kernels around a pass forward and one back: genomes in lanes, or sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evornn.fitness.rollout_kernels import buffers_of, pack
from evornn.fitness.step_tape import FIRST_LEAF
from evornn.numerics.lanes import view_lanes
from evornn.numerics.spread import spread


def make_genome_gradient_kernel(
    rollout: Callable[..., Any], backward: Callable[..., bool], at: Callable[..., Any]
) -> Callable[..., bool]:
    """Losses and gradients with a genome in each lane.

    ``at(data, q, first)`` is row q of the data, a sequence or a tree, for the genomes from `first`
    on. `sums` (genome, row), `gradients` (genome, weight). False where the tape was too short.
    """

    def gradients_of_genomes(
        genomes: Any,
        data: Any,
        layout: Any,
        work: Any,
        tape: Any,
        scale: Any,
        horizon: Any,
        stop: Any,
        sums: Any,
        gradients: Any,
    ) -> bool:
        width, weight_count = tape.values.shape[1], layout.weight_count
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        outputs = view_lanes(work.outputs)
        buffers = buffers_of(work, outputs)
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, tape.values[FIRST_LEAF : FIRST_LEAF + weight_count])
            count = min(width, genomes.shape[0] - first)
            for i in range(adjoints.shape[0]):
                adjoints[i] = 0.0
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return True
                row = at(data, q, first)
                total = rollout(values, FIRST_LEAF, row, data, layout, buffers, True, stop)
                if not backward(row, data, layout, buffers, tape, scale, horizon, stop):
                    return False
                outputs[0] = total
                for lane in range(count):
                    sums[first + lane, q] = work.outputs[0, lane]
            for lane in range(count):
                for j in range(weight_count):
                    gradients[first + lane, j] = tape.adjoints[FIRST_LEAF + j, lane]
        return True

    return gradients_of_genomes


def make_sequence_gradient_kernel(
    rollout: Callable[..., Any], backward: Callable[..., bool], at: Callable[..., Any]
) -> Callable[..., bool]:
    """Losses and gradients with a sequence in each lane.

    ``at(data, b, genome)`` is group b of the sequences. `sums` (genome, group, lane), `gradients`
    (genome, group, weight), each the sum over the lanes of a group. False where the tape was too
    short.
    """

    def gradients_of_sequences(
        genomes: Any,
        data: Any,
        layout: Any,
        work: Any,
        tape: Any,
        scale: Any,
        horizon: Any,
        stop: Any,
        sums: Any,
        gradients: Any,
    ) -> bool:
        weight_count = layout.weight_count
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        totals = view_lanes(sums)
        buffers = buffers_of(work, view_lanes(work.outputs))
        for g in range(genomes.shape[0]):
            weights = spread(genomes[g], buffers.inputs)
            for j in range(weight_count):
                values[FIRST_LEAF + j] = genomes[g, j]
            for b in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return True
                for i in range(adjoints.shape[0]):
                    adjoints[i] = 0.0
                sequence = at(data, b, g)
                totals[g, b] = rollout(weights, 0, sequence, data, layout, buffers, True, stop)
                if not backward(sequence, data, layout, buffers, tape, scale, horizon, stop):
                    return False
                for j in range(weight_count):
                    total = 0.0
                    for lane in range(tape.adjoints.shape[1]):
                        total += tape.adjoints[FIRST_LEAF + j, lane]
                    gradients[g, b, j] = total
        return True

    return gradients_of_sequences
