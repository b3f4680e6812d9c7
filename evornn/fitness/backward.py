"""Back-propagation through time: the gradient kernels.

The forward pass keeps the states only. The backward pass goes through the steps from the last to
the first: it runs the same `step` on variables, whose tape of one step stays in the cache, and
sweeps that tape, which carries the adjoint of the state one step further back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload, register_jitable

from evornn.fitness.layout import Buffers, Records, Sequence
from evornn.fitness.rollout import (
    STEPS_BETWEEN_LOOKS,
    _unjudged,
    make_beginning,
    observe,
    pack,
)
from evornn.numerics.lanes import Lanes, lane_count, view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.primitives import where
from evornn.numerics.records import aligned_zeros, record
from evornn.numerics.spread import spread
from evornn.numerics.tape import sweep
from evornn.numerics.variable import (
    CAPACITY,
    HEADER_WORDS,
    NODES,
    PARTIALS_AT,
    RECORD_WORDS,
    RECORDS,
    RECORDS_AT,
    VALUES_AT,
    Variable,
    node_of,
)

#: bytes of one variable in memory: a vector, a pointer and a node, padded to whole vectors
VARIABLE_BYTES = 128
#: the node that constants share, and where leaves begin
_FIRST_LEAF = 1


class Tape(NamedTuple):
    """Memory of one tape, and of the variables of one step."""

    header: np.ndarray
    values: np.ndarray
    partials: np.ndarray
    records: np.ndarray
    adjoints: np.ndarray
    #: adjoints of the state and of the outputs, on their way to the step before
    carried: np.ndarray
    #: the variables of `s_next` and of `y`, as bytes
    following: np.ndarray
    outputs: np.ndarray


def make_tape(capacity: int, following: int, outputs: int, dtype: np.dtype) -> Tape:
    """A tape for `capacity` nodes, and room for the variables of one step."""
    width = lane_count(types.float32 if dtype == np.float32 else types.float64)
    tape = Tape(
        header=np.zeros(HEADER_WORDS, np.int64),
        values=aligned_zeros((capacity + 1, width), dtype),
        partials=aligned_zeros((2 * capacity + 2, width), dtype),
        records=aligned_zeros((capacity + 1, RECORD_WORDS), np.int32),
        adjoints=aligned_zeros((capacity + 1, width), dtype),
        carried=aligned_zeros((following + outputs, width), dtype),
        following=aligned_zeros((following * VARIABLE_BYTES,), np.uint8),
        outputs=aligned_zeros((outputs * VARIABLE_BYTES,), np.uint8),
    )
    tape.header[CAPACITY] = capacity
    tape.header[VALUES_AT] = tape.values.ctypes.data
    tape.header[PARTIALS_AT] = tape.partials.ctypes.data
    tape.header[RECORDS_AT] = tape.records.ctypes.data
    return tape


@intrinsic
def _view_variables(typingctx: Any, memory: Any, like: Any) -> Any:
    """Bytes seen as an array of variables of the lanes type of the array `like`."""
    variable = Variable(like.dtype.dtype, like.dtype.width)
    viewed = types.Array(variable, 1, "C")

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size = context.get_abi_sizeof(context.get_data_type(variable))
        assert size == VARIABLE_BYTES, size
        source = context.make_array(memory)(context, builder, args[0])
        view = context.make_array(viewed)(context, builder)
        item = ir.IntType(64)(size)
        count = builder.sdiv(source.nitems, item)
        view.meminfo, view.parent = source.meminfo, source.parent
        view.nitems, view.itemsize = count, item
        view.data = builder.bitcast(source.data, view.data.type)
        view.shape = cgutils.pack_array(builder, [count])
        view.strides = cgutils.pack_array(builder, [item])
        return impl_ret_borrowed(context, builder, viewed, view._getvalue())

    return viewed(memory, like), codegen


def _seed(weight: Any, scale: float) -> Any:
    """The adjoint of a step's error: its weight in the loss."""


@overload(_seed, strict=False)
def _seed_compiled(weight: Any, scale: Any) -> Any:
    if isinstance(weight, Lanes):
        return lambda weight, scale: where(weight > 0.0, weight * scale, 0.0)
    return lambda weight, scale: weight * scale


def make_backward(
    step: Callable[..., None],
    error: Callable[..., Any],
    start: Callable[..., None] | None,
    records: Records,
) -> Callable[..., bool]:
    """The backward pass through one sequence, adding to the adjoints of the weights.

    Gives False where the tape was too short for a step; ``header[NODES]`` then says how long it
    must be.
    """
    Weights, State = records.weights, records.state
    Following, Output = records.following, records.output
    starts = start is not None
    begin = make_beginning(start, records)

    @register_jitable
    def backward(
        k: Any,
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
        state0 = _FIRST_LEAF + layout.weight_count
        input0 = state0 + state_size
        computed0 = input0 + buffers.inputs.shape[0]
        leaves = make_leaves(values, header)
        w = record(Weights, layout.weights, leaves, _FIRST_LEAF, leaves)
        s = record(State, layout.state, leaves, state0, leaves)
        x = leaves[input0:computed0]
        following = _view_variables(tape.following, values)
        # Scratch lies behind the state: it must not share its memory.
        s_next = record(Following, layout.following, following, 0, following[state_size:])
        y = record(Output, layout.output, _view_variables(tape.outputs, values), 0, following).y
        for i in range(state_size + output_size):
            carried[i] = 0.0
        for t in range(sequence.length - 1, -1, -1):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            header[NODES], header[RECORDS] = computed0, 0
            for i in range(state_size):
                values[state0 + i] = buffers.states[t * state_size + i]
            last_output = (t - 1) * output_size
            observe(
                values[input0:computed0], sequence.inputs, t, buffers.outputs, last_output, data
            )
            step(w, k, x, s, s_next, y)
            error_node = 0
            if not _unjudged(sequence.judged[t]):
                error_node = node_of(error(y, sequence.targets[t]))
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(computed0, header[NODES]):
                adjoints[i] = 0.0
            _hand_over(carried, following, state_size, adjoints)
            for o in range(output_size):
                node = node_of(y[o])
                adjoints[node] = adjoints[node] + carried[state_size + o]
            adjoints[error_node] = adjoints[error_node] + _seed(sequence.judged[t], scale)
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
        if starts:
            header[NODES], header[RECORDS] = computed0, 0
            observe(values[input0:computed0], sequence.inputs, 0, buffers.outputs, 0, data)
            begin(w, k, x, layout, following)
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(input0, header[NODES]):
                adjoints[i] = 0.0
            _hand_over(carried, following, state_size, adjoints)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            for i in range(input0, computed0):
                adjoints[i] = 0.0
        return True

    return backward


@register_jitable
def _hand_over(carried: Any, following: Any, state_size: int, adjoints: Any) -> None:
    """Add the adjoints of the next state to those of the nodes that computed it."""
    for i in range(state_size):
        node = node_of(following[i])
        adjoints[node] = adjoints[node] + carried[i]


def make_genome_gradient_kernel(
    rollout: Callable[..., Any], backward: Callable[..., bool], records: Records
) -> Callable[..., bool]:
    """Losses and gradients with a genome in each lane.

    `sums` (genome, sequence), `gradients` (genome, weight). False where the tape was too short.
    """
    Weights, Constants = records.weights, records.constants

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
        buffers = Buffers(
            view_lanes(work.states), view_lanes(work.scratch), view_lanes(work.inputs), outputs
        )
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        w = record(Weights, layout.weights, values, _FIRST_LEAF, values)
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, tape.values[_FIRST_LEAF : _FIRST_LEAF + weight_count])
            count = min(width, genomes.shape[0] - first)
            for i in range(adjoints.shape[0]):
                adjoints[i] = 0.0
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return True
                sequence = Sequence(
                    data.inputs[q], data.targets[q], data.judged[q], data.lengths[q], data.ends[q]
                )
                total = rollout(w, k, sequence, data, layout, buffers, True, stop)
                if not backward(k, sequence, data, layout, buffers, tape, scale, stop):
                    return False
                outputs[0] = total
                for lane in range(count):
                    sums[first + lane, q] = work.outputs[0, lane]
            for lane in range(count):
                for j in range(weight_count):
                    gradients[first + lane, j] = tape.adjoints[_FIRST_LEAF + j, lane]
        return True

    return gradients_of_genomes


def make_sequence_gradient_kernel(
    rollout: Callable[..., Any], backward: Callable[..., bool], records: Records
) -> Callable[..., bool]:
    """Losses and gradients with a sequence in each lane.

    `sums` (genome, group, lane), `gradients` (genome, group, weight), each the sum over the lanes
    of a group. False where the tape was too short.
    """
    Weights, Constants = records.weights, records.constants

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
        inputs, targets = view_lanes(data.inputs), view_lanes(data.targets)
        judged, totals = view_lanes(data.judged), view_lanes(sums)
        ends = view_lanes(data.ends)
        buffers = Buffers(
            view_lanes(work.states),
            view_lanes(work.scratch),
            view_lanes(work.inputs),
            view_lanes(work.outputs),
        )
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        for g in range(genomes.shape[0]):
            weights = spread(genomes[g], buffers.inputs)
            w = record(Weights, layout.weights, weights, 0, weights)
            for j in range(weight_count):
                values[_FIRST_LEAF + j] = genomes[g, j]
            for b in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return True
                for i in range(adjoints.shape[0]):
                    adjoints[i] = 0.0
                sequence = Sequence(inputs[b], targets[b], judged[b], data.lengths[b], ends[b])
                totals[g, b] = rollout(w, k, sequence, data, layout, buffers, True, stop)
                if not backward(k, sequence, data, layout, buffers, tape, scale, stop):
                    return False
                for j in range(weight_count):
                    total = 0.0
                    for lane in range(tape.adjoints.shape[1]):
                        total += tape.adjoints[_FIRST_LEAF + j, lane]
                    gradients[g, b, j] = total
        return True

    return gradients_of_sequences
