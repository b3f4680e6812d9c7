"""One step back: how the next state, and the error of a step, depend on what is before the step.

The tape of the step is swept twice: with given adjoints of the next state, in each lane others, and
with that of the error. The second sweep may be cut at the next state, as if that were given: the
error is then a function of the next state, and of what it sees of the weights and the state before
beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from numba.extending import register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.rollout import unjudged
from evornn.fitness.rollout_kernels import sequence_at
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.records import record
from evornn.numerics.tape import sweep
from evornn.numerics.variable import CAPACITY, NODES, RECORDS, node_of


class StepBack(NamedTuple):
    """Derivatives of one step, float64."""

    #: of the next state times its adjoints: by the weights, and by the state before (…, lane)
    by_weights: np.ndarray
    by_state: np.ndarray
    #: of the error: by the weights, by the state before, and, where it is cut there, by the next
    error_by_weights: np.ndarray
    error_by_state: np.ndarray
    error_by_next: np.ndarray
    #: the numbers of the next state in the order of their nodes, last ones first
    order: np.ndarray

    @classmethod
    def blank(cls, weights: int, states: int, lanes: int) -> Self:
        return cls(
            by_weights=np.zeros((weights, lanes)),
            by_state=np.zeros((states, lanes)),
            error_by_weights=np.zeros(weights),
            error_by_state=np.zeros(states),
            error_by_next=np.zeros(states),
            order=np.arange(states),
        )


@register_jitable
def _sort(order: Any, following: Any) -> None:
    """By insertion: from one step to the next the order hardly changes."""
    for i in range(1, order.shape[0]):
        moved, j = order[i], i
        while j > 0 and node_of(following[order[j - 1]]) < node_of(following[moved]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = moved


@register_jitable
def _sweep_cut(tape: Any, following: Any, order: Any, found: Any) -> None:
    """Sweep, but let nothing flow through the next state: its adjoints are `found` (state,).

    A number of the state before that is handed on unchanged is not cut.
    """
    values, partials = view_lanes(tape.values), view_lanes(tape.partials)
    adjoints, at = view_lanes(tape.adjoints), 0
    _sort(order, following)
    for i in range(found.shape[0]):
        found[i] = 0.0
    for r in range(tape.header[RECORDS] - 1, -1, -1):
        # Results are numbered in the order of their records.
        while at < order.shape[0] and node_of(following[order[at]]) >= tape.records[r, 1]:
            node = node_of(following[order[at]])
            found[order[at]] = tape.adjoints[node, 0]
            adjoints[node] = 0.0
            at += 1
        sweep(tape.records[r : r + 1], 1, values, partials, adjoints)


@register_jitable
def _clear(adjoints: Any, count: int) -> None:
    for i in range(count):
        adjoints[i] = 0.0


def make_one_step_back(
    step: Callable[..., None], error: Callable[..., Any], records: Records
) -> Callable[..., bool]:
    """Step `t` of sequence `q`, from the state in `influence` that was there before it.

    `wanted` (state, lane) are the adjoints of the next state; `back` takes the derivatives, those
    of the error `cut` at the next state or not. False where the tape was too short.
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
        cut: bool,
        back: Any,
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
        for lane in range(back.by_weights.shape[1]):
            for j in range(layout.weight_count):
                back.by_weights[j, lane] = tape.adjoints[FIRST_LEAF + j, lane]
            for i in range(size):
                back.by_state[i, lane] = tape.adjoints[state0 + i, lane]
        _clear(adjoints, header[NODES])
        adjoints[error_node] = sequence.judged[t]
        if cut:
            _sweep_cut(tape, following, back.order, back.error_by_next)
        else:
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
        for j in range(layout.weight_count):
            back.error_by_weights[j] = tape.adjoints[FIRST_LEAF + j, 0]
        for i in range(size):
            back.error_by_state[i] = tape.adjoints[state0 + i, 0]
        return True

    return one_step_back
