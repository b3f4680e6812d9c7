"""Reading ahead: the half of a bidirectional network that goes from the end to each step.

The half that reads ahead goes first, from the last step to the first, and keeps the outputs of all
steps; they are added to those of the half that reads forwards. The gradient goes the other way
round: the backward pass of the half that reads forwards leaves the adjoints of these outputs, and
then the steps ahead are gone through from the first to the last.

A lane whose sequence is shorter than the longest of its group begins later: until then its state is
kept at zero, and no adjoint passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import overload, register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.observing import observed_as_given
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, reset_ended
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import Lanes, view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.primitives import where
from evornn.numerics.records import record
from evornn.numerics.tape import sweep
from evornn.numerics.variable import CAPACITY, NODES, RECORDS


def make_reading(step: Callable[..., None], records: Records) -> Callable[..., None]:
    """The loop over time, backwards, for the `step` that reads ahead; its state begins at zero.

    The outputs of all steps are kept; with `keep` all states too, that of step t at row t, the
    initial one behind the last.
    """
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output

    @register_jitable
    def read_ahead(
        weights: Any, begin: int, sequence: Any, layout: Any, buffers: Any, keep: bool, stop: Any
    ) -> None:
        own, ahead = layout.ahead, buffers.ahead
        states, scratch, outputs = ahead.states, ahead.scratch, ahead.outputs
        size, output_size = own.state_size, own.output[0]
        first = begin + layout.weight_count - own.weight_count
        w = record(Weights, own.weights, weights, first, weights)
        k = record(Constants, own.constants, own.floats, 0, own.integers)
        state_rows = -1 if keep else 1
        for i in range(size):
            states[(sequence.length & state_rows) * size + i] = 0.0
        for t in range(sequence.length - 1, -1, -1):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            x = observed_as_given(buffers.inputs, sequence.inputs, None, t, outputs, 0, layout)
            before, after = ((t + 1) & state_rows) * size, (t & state_rows) * size
            s = record(State, own.state, states, before, scratch)
            s_next = record(Following, own.following, states, after, scratch)
            y = record(Output, own.output, outputs, t * output_size, scratch).y
            step(w, k, x, s, s_next, y)
            reset_ended(states, after, size, sequence.end, t)

    return read_ahead


def make_back_ahead(step: Callable[..., None], records: Records) -> Callable[..., bool]:
    """Back through the steps ahead, adding to the adjoints of the weights.

    Gives False where the tape was too short, as the backward pass does.
    """
    Weights, Constants, State = records.weights, records.constants, records.state
    Following, Output = records.following, records.output

    @register_jitable
    def back_ahead(sequence: Any, layout: Any, buffers: Any, tape: Any, stop: Any) -> bool:
        own, ahead, header = layout.ahead, buffers.ahead, tape.header
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        partials, carried = view_lanes(tape.partials), view_lanes(tape.carried)
        size, output_size = own.state_size, own.output[0]
        state0 = FIRST_LEAF + layout.weight_count
        input0 = state0 + size
        computed0 = input0 + buffers.inputs.shape[0]
        leaves = make_leaves(values, header)
        first = state0 - own.weight_count
        w = record(Weights, own.weights, leaves, first, leaves)
        k = record(Constants, own.constants, own.floats, 0, own.integers)
        s = record(State, own.state, leaves, state0, leaves)
        x = leaves[input0:computed0]
        following = view_variables(tape.following, values)
        s_next = record(Following, own.following, following, 0, following[size:])
        y = record(Output, own.output, view_variables(tape.outputs, values), 0, following).y
        for i in range(size):
            carried[i] = 0.0
        for i in range(state0, computed0):
            adjoints[i] = 0.0
        for t in range(sequence.length):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            header[NODES], header[RECORDS] = computed0, 0
            for i in range(size):
                values[state0 + i] = ahead.states[(t + 1) * size + i]
            for i in range(computed0 - input0):
                values[input0 + i] = sequence.inputs[t, i]
            step(w, k, x, s, s_next, y)
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(computed0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried, following, size, adjoints)
            hand_over(ahead.adjoints[t * output_size :], y, output_size, adjoints)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            for i in range(size):
                carried[i] = _where_begun(adjoints[state0 + i], sequence.end, t + 1)
            for i in range(state0, computed0):
                adjoints[i] = 0.0
        return True

    return back_ahead


def _where_begun(adjoint: Any, end: Any, t: int) -> Any:
    """`adjoint` in the lanes that have read step `t` ahead: elsewhere the state was set to zero."""


@overload(_where_begun, strict=False)
def _where_begun_compiled(adjoint: Any, end: Any, t: Any) -> Any:
    if isinstance(end, Lanes):
        return lambda adjoint, end, t: where(end > t, adjoint, 0.0)
    return lambda adjoint, end, t: adjoint
