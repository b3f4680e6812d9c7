"""Back-propagation through time: the gradient kernels.

The forward pass keeps the states only. The backward pass goes through the steps from the last to
the first: it runs the same `step` on variables, whose tape of one step stays in the cache, and
sweeps that tape, which carries the adjoint of the state one step further back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import overload, register_jitable

from evornn.fitness.layout import Records, Sequence
from evornn.fitness.rollout import (
    STEPS_BETWEEN_LOOKS,
    buffers_of,
    make_beginning,
    observe,
    pack,
    unjudged,
)
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import Lanes, view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.primitives import where
from evornn.numerics.records import record
from evornn.numerics.spread import spread
from evornn.numerics.tape import sweep
from evornn.numerics.variable import CAPACITY, NODES, RECORDS, node_of


def seed(weight: Any, scale: float) -> Any:
    """The adjoint of a step's error: its weight in the loss."""


@overload(seed, strict=False)
def _seed_compiled(weight: Any, scale: Any) -> Any:
    if isinstance(weight, Lanes):
        return lambda weight, scale: where(weight > 0.0, weight * scale, 0.0)
    return lambda weight, scale: weight * scale


@register_jitable
def _add_leaves(y: Any, leaves: Any, begin: int) -> None:
    """Add what the network that reads ahead has put out, leaves from `begin` on."""
    for o in range(y.shape[0]):
        y[o] = y[o] + leaves[begin + o]


@register_jitable
def _add_nothing(y: Any, leaves: Any, begin: int) -> None:
    """Nothing reads ahead."""


@register_jitable
def _nothing_ahead(sequence: Any, layout: Any, buffers: Any, tape: Any, stop: Any) -> bool:
    """Nothing reads ahead."""
    return True


def make_backward(
    step: Callable[..., None],
    error: Callable[..., Any],
    start: Callable[..., None] | None,
    records: Records,
    back_ahead: Callable[..., bool] | None = None,
) -> Callable[..., bool]:
    """The backward pass through one sequence, adding to the adjoints of the weights.

    What read ahead is gone back through by `back_ahead`.

    Gives False where the tape was too short for a step; ``header[NODES]`` then says how long it
    must be.
    """
    Weights, Constants, State = records.weights, records.constants, records.state
    Following, Output = records.following, records.output
    starts, reads_ahead = start is not None, back_ahead is not None
    initialise = make_beginning(start, records)
    add_ahead = _add_leaves if back_ahead else _add_nothing
    go_back_ahead = back_ahead or _nothing_ahead

    @register_jitable
    def backward(
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        tape: Any,
        scale: Any,
        stop: Any,
    ) -> bool:
        header = tape.header
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        partials, carried = view_lanes(tape.partials), view_lanes(tape.carried)
        state_size, output_size = layout.state_size, layout.output[0]
        state0 = FIRST_LEAF + layout.weight_count
        input0 = state0 + state_size
        ahead0 = input0 + buffers.inputs.shape[0]
        computed0 = ahead0 + (output_size if reads_ahead else 0)
        ahead_outputs, ahead_adjoints = buffers.ahead.outputs, buffers.ahead.adjoints
        leaves = make_leaves(values, header)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        w = record(Weights, layout.weights, leaves, FIRST_LEAF, leaves)
        s = record(State, layout.state, leaves, state0, leaves)
        x = leaves[input0:ahead0]
        following = view_variables(tape.following, values)
        # Scratch lies behind the state: it must not share its memory.
        s_next = record(Following, layout.following, following, 0, following[state_size:])
        y = record(Output, layout.output, view_variables(tape.outputs, values), 0, following).y
        for i in range(state_size + output_size):
            carried[i] = 0.0
        for i in range(state0, computed0):
            adjoints[i] = 0.0
        for t in range(sequence.length - 1, -1, -1):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            header[NODES], header[RECORDS] = computed0, 0
            for i in range(state_size):
                values[state0 + i] = buffers.states[t * state_size + i]
            last_output = (t - 1) * output_size
            observe(values[input0:ahead0], sequence.inputs, t, buffers.outputs, last_output, data)
            for o in range(computed0 - ahead0):
                values[ahead0 + o] = ahead_outputs[t * output_size + o]
            step(w, k, x, s, s_next, y)
            add_ahead(y, leaves, ahead0)
            error_node = 0
            if not unjudged(sequence.judged[t]):
                error_node = node_of(error(y, sequence.targets[t]))
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(computed0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried, following, state_size, adjoints)
            hand_over(carried[state_size:], y, output_size, adjoints)
            adjoints[error_node] = adjoints[error_node] + seed(sequence.judged[t], scale)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            for i in range(state_size):
                carried[i] = adjoints[state0 + i]
                adjoints[state0 + i] = 0.0
            for o in range(output_size):
                carried[state_size + o] = 0.0
            for i in range(buffers.inputs.shape[0]):
                o = data.feedback[i]
                if t >= data.free_running and o >= 0:
                    carried[state_size + o] = carried[state_size + o] + adjoints[input0 + i]
                adjoints[input0 + i] = 0.0
            for o in range(computed0 - ahead0):
                ahead_adjoints[t * output_size + o] = adjoints[ahead0 + o]
                adjoints[ahead0 + o] = 0.0
        if starts:
            header[NODES], header[RECORDS] = computed0, 0
            observe(values[input0:ahead0], sequence.inputs, 0, buffers.outputs, 0, data)
            initialise(w, k, x, layout, following)
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(input0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried, following, state_size, adjoints)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            for i in range(input0, computed0):
                adjoints[i] = 0.0
        return go_back_ahead(sequence, layout, buffers, tape, stop)

    return backward


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
                if not backward(row, data, layout, buffers, tape, scale, stop):
                    return False
                outputs[0] = total
                for lane in range(count):
                    sums[first + lane, q] = work.outputs[0, lane]
            for lane in range(count):
                for j in range(weight_count):
                    gradients[first + lane, j] = tape.adjoints[FIRST_LEAF + j, lane]
        return True

    return gradients_of_genomes


@register_jitable
def group_at(data: Any, g: int, b: int) -> Sequence:
    """Group `b` of the data for sequences in lanes, the same for every genome."""
    inputs, targets = view_lanes(data.inputs), view_lanes(data.targets)
    judged, ends = view_lanes(data.judged), view_lanes(data.ends)
    return Sequence(inputs[b], targets[b], judged[b], data.lengths[b], ends[b])


def make_sequence_gradient_kernel(
    rollout: Callable[..., Any], backward: Callable[..., bool], at: Callable[..., Any]
) -> Callable[..., bool]:
    """Losses and gradients with a sequence in each lane.

    ``at(data, g, b)`` is group b of the sequences, for genome g. `sums` (genome, group, lane),
    `gradients` (genome, group, weight), each the sum over the lanes of a group. False where the
    tape was too short.
    """

    def gradients_of_sequences(
        genomes: Any,
        data: Any,
        layout: Any,
        work: Any,
        tape: Any,
        scale: Any,
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
                sequence = at(data, g, b)
                totals[g, b] = rollout(weights, 0, sequence, data, layout, buffers, True, stop)
                if not backward(sequence, data, layout, buffers, tape, scale, stop):
                    return False
                for j in range(weight_count):
                    total = 0.0
                    for lane in range(tape.adjoints.shape[1]):
                        total += tape.adjoints[FIRST_LEAF + j, lane]
                    gradients[g, b, j] = total
        return True

    return gradients_of_sequences
