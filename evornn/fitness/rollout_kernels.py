"""Kernels around a rollout: a genome in each lane, or a sequence; losses, or all outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import register_jitable

from evornn.fitness.layout import Ahead, Buffers, Sequence
from evornn.numerics.lanes import view_lanes
from evornn.numerics.spread import spread


@register_jitable
def pack(genomes: Any, first: int, packed: Any) -> None:
    """Transpose genomes from `first` on into lanes; lanes left over repeat the last genome."""
    last = genomes.shape[0] - 1
    for lane in range(packed.shape[1]):
        row = min(first + lane, last)
        for gene in range(genomes.shape[1]):
            packed[gene, lane] = genomes[row, gene]


def make_buffers(view: Callable[..., Any]) -> Callable[..., Buffers]:
    """What sees the memory of one call as arrays of the numbers that `view` sees, outputs apart."""

    @register_jitable
    def buffers_of(work: Any, outputs: Any) -> Any:
        ahead = Ahead(
            view(work.ahead.states),
            view(work.ahead.scratch),
            view(work.ahead.outputs),
            view(work.ahead.adjoints),
        )
        return Buffers(
            view(work.states),
            view(work.scratch),
            view(work.inputs),
            outputs,
            ahead,
            view(work.saved),
            work.segment,
        )

    return buffers_of


buffers_of = make_buffers(view_lanes)


@register_jitable
def sequence_at(data: Any, q: int, first: int = 0) -> Sequence:
    """Sequence `q` of the data for genomes in lanes, the same from whichever `first` on."""
    return Sequence(
        data.inputs[q],
        data.targets[q],
        data.judged[q],
        data.lengths[q],
        data.ends[q],
        data.fed[q],
    )


@register_jitable
def group_at(data: Any, b: int, genome: int = 0) -> Sequence:
    """Group `b` of the data for sequences in lanes, the same for every genome."""
    return Sequence(
        view_lanes(data.inputs)[b],
        view_lanes(data.targets)[b],
        view_lanes(data.judged)[b],
        data.lengths[b],
        view_lanes(data.ends)[b],
        view_lanes(data.fed)[b],
    )


def make_genome_kernel(
    rollout: Callable[..., Any], at: Callable[..., Any], keeps: bool
) -> Callable[..., None]:
    """Losses with a genome in each lane: `sums` (genome, row) of judged errors.

    ``at(data, q)`` is row q of the data: a sequence, or a tree. With `keeps`, `traces` (row, time ·
    outputs) takes the outputs of the last genome at every step, unless it is empty.
    """

    def genomes_in_lanes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, sums: Any, traces: Any
    ) -> None:
        width = work.weights.shape[1]
        packed, outputs = view_lanes(work.weights), view_lanes(work.outputs)
        buffers = buffers_of(work, outputs)
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, work.weights)
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                total = rollout(packed, 0, at(data, q), data, layout, buffers, keeps, stop)
                if keeps:
                    for i in range(traces.shape[1]):
                        traces[q, i] = work.outputs[i, width - 1]
                outputs[0] = total
                for lane in range(min(width, genomes.shape[0] - first)):
                    sums[first + lane, q] = work.outputs[0, lane]

    return genomes_in_lanes


def make_output_kernel(rollout: Callable[..., Any]) -> Callable[..., None]:
    """Outputs of every step, a genome in each lane: `found` (genome, sequence, time · outputs)."""

    def outputs_of_genomes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, found: Any
    ) -> None:
        width = work.weights.shape[1]
        packed = view_lanes(work.weights)
        buffers = buffers_of(work, view_lanes(work.outputs))
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, work.weights)
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                rollout(packed, 0, sequence_at(data, q), data, layout, buffers, True, stop)
                for lane in range(min(width, genomes.shape[0] - first)):
                    for i in range(data.lengths[q] * layout.output[0]):
                        found[first + lane, q, i] = work.outputs[i, lane]

    return outputs_of_genomes


def make_sequence_kernel(rollout: Callable[..., Any]) -> Callable[..., None]:
    """Losses with a sequence in each lane: `sums` (genome, group of sequences, lane).

    `traces` (genome, group, time · outputs, lane) takes the outputs of every step, unless its
    third axis has room for those of one step only.
    """

    def sequences_in_lanes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, sums: Any, traces: Any
    ) -> None:
        totals, outputs = view_lanes(sums), view_lanes(traces)
        keep = outputs.shape[2] > layout.output[0]
        for g in range(genomes.shape[0]):
            weights = spread(genomes[g], totals)
            for b in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                sequence = group_at(data, b)
                buffers = buffers_of(work, outputs[g, b])
                totals[g, b] = rollout(weights, 0, sequence, data, layout, buffers, keep, stop)

    return sequences_in_lanes
