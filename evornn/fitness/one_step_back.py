"""One step back: how the next state, and the error of a step, depend on the weights directly.

The tape of the step is swept twice: with given adjoints of the next state, in each lane others, and
with that of the error. The state before the step is held fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.rollout import sequence_at, unjudged
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.records import record
from evornn.numerics.tape import sweep
from evornn.numerics.variable import CAPACITY, NODES, RECORDS, node_of


@register_jitable
def _clear(adjoints: Any, count: int) -> None:
    for i in range(count):
        adjoints[i] = 0.0


def make_one_step_back(
    step: Callable[..., None], error: Callable[..., Any], records: Records
) -> Callable[..., bool]:
    """Step `t` of sequence `q`, from the state in `influence` that was there before it.

    `wanted` (state, lane) are the adjoints of the next state; `of_state` (weight, lane) and
    `of_error` (weight,) the derivatives. False where the tape was too short.
    """
    Weights, Constants, State = records.weights, records.constants, records.state
    Following, Output = records.following, records.output

    def one_step_back(
        genome: Any,
        data: Any,
        q: int,
        t: int,
        layout: Any,
        influence: Any,
        tape: Any,
        wanted: Any,
        of_state: Any,
        of_error: Any,
    ) -> bool:
        header, sequence, size = tape.header, sequence_at(data, q), layout.state_size
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        partials, before = view_lanes(tape.partials), (t & 1) * size
        state0 = FIRST_LEAF + layout.weight_count
        input0 = state0 + size
        computed0 = input0 + influence.inputs.shape[0]
        leaves = make_leaves(values, header)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        w = record(Weights, layout.weights, leaves, FIRST_LEAF, leaves)
        s = record(State, layout.state, leaves, state0, leaves)
        following = view_variables(tape.following, values)
        s_next = record(Following, layout.following, following, 0, following[size:])
        y = record(Output, layout.output, view_variables(tape.outputs, values), 0, following).y
        for j in range(layout.weight_count):
            values[FIRST_LEAF + j] = genome[j]
        for i in range(size):
            values[state0 + i] = influence.states[0, before + i, 0]
        for i in range(computed0 - input0):
            values[input0 + i] = sequence.inputs[t, i]
        header[NODES], header[RECORDS] = computed0, 0
        step(w, k, leaves[input0:computed0], s, s_next, y)
        error_node = 0
        if not unjudged(sequence.judged[t]):
            error_node = node_of(error(y, sequence.targets[t]))
        if header[NODES] > header[CAPACITY]:
            return False
        _clear(adjoints, header[NODES])
        hand_over(view_lanes(wanted), following, size, adjoints)
        sweep(tape.records, header[RECORDS], values, partials, adjoints)
        for j in range(layout.weight_count):
            for lane in range(of_state.shape[1]):
                of_state[j, lane] = tape.adjoints[FIRST_LEAF + j, lane]
        _clear(adjoints, header[NODES])
        adjoints[error_node] = sequence.judged[t]
        sweep(tape.records, header[RECORDS], values, partials, adjoints)
        for j in range(layout.weight_count):
            of_error[j] = tape.adjoints[FIRST_LEAF + j, 0]
        return True

    return one_step_back
