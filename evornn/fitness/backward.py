"""Back-propagation through time: the pass back, from errors to weights.

The forward pass keeps the states only. The backward pass goes through the steps from the last to
the first: it runs the same `step` on variables, whose tape of one step stays in the cache, and
sweeps that tape, which carries the adjoint of the state one step further back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import overload, register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.observing import observe
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, make_beginning, unjudged
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import Lanes, view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.primitives import where
from evornn.numerics.records import record
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


@register_jitable
def keep_all(
    values: Any, sequence: Any, data: Any, layout: Any, buffers: Any, t: int, stop: Any
) -> None:
    """All states are there: none has to be computed again."""


def _first_reached(end: Any, first: int, last: int, back: int) -> int:
    """The first step that the errors of steps `first` to `last` − 1 are followed to."""


def _passing(adjoint: Any, all_pass: bool, end: Any, steps: int) -> Any:
    """`adjoint` where it goes on to the step before: in lanes that end before step `steps`."""


def _add_where_fed(carried: Any, o: int, passing: Any, fed: Any) -> None:
    """Add what is `passing` to a carried adjoint, in the lanes that are `fed` back their output."""


@overload(_add_where_fed, strict=False)
def _add_where_fed_compiled(carried: Any, o: int, passing: Any, fed: Any) -> Any:
    def by_lane(carried: Any, o: int, passing: Any, fed: Any) -> None:
        carried[o] = carried[o] + where(fed > 0.0, passing, 0.0)

    def all_alike(carried: Any, o: int, passing: Any, fed: Any) -> None:
        if fed > 0.0:
            carried[o] = carried[o] + passing

    return by_lane if isinstance(fed, Lanes) else all_alike


@overload(_first_reached, strict=False)
def _first_reached_compiled(end: Any, first: Any, last: Any, back: Any) -> Any:
    if isinstance(end, Lanes):
        # Some lane may end with the first of these steps.
        return lambda end, first, last, back: max(first + 1 - back, 0)
    return lambda end, first, last, back: max(last - back, 0)


@overload(_passing, strict=False)
def _passing_compiled(adjoint: Any, all_pass: Any, end: Any, steps: Any) -> Any:
    if not isinstance(end, Lanes):
        return lambda adjoint, all_pass, end, steps: adjoint
    return lambda adjoint, all_pass, end, steps: (
        adjoint if all_pass else where(end < steps, adjoint, 0.0)
    )


def make_backward(
    step: Callable[..., None],
    error: Callable[..., Any],
    start: Callable[..., None] | None,
    records: Records,
    back_ahead: Callable[..., bool] | None = None,
    restore: Callable[..., None] = keep_all,
) -> Callable[..., bool]:
    """The backward pass through one sequence, adding to the adjoints of the weights.

    The errors of ``horizon.every`` steps at a time are followed back, through ``horizon.back``
    steps. `restore` computes states again that were not kept; what read ahead is gone back through
    by `back_ahead`.

    Gives False where the tape was too short for a step; ``header[NODES]`` then says how long it
    must be.
    """
    go_back = make_going_back(step, error, start, records, back_ahead is not None, restore)
    go_back_ahead = back_ahead or _nothing_ahead

    @register_jitable
    def backward(
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        tape: Any,
        scale: Any,
        horizon: Any,
        stop: Any,
    ) -> bool:
        carried = view_lanes(tape.carried)
        for first in range(0, sequence.length, horizon.every):
            last = min(first + horizon.every, sequence.length)
            for i in range(layout.state_size + layout.output[0]):
                carried[i] = 0.0
            if not go_back(
                sequence, data, layout, buffers, tape, scale, horizon, first, last, stop
            ):
                return False
        return go_back_ahead(sequence, layout, buffers, tape, stop)

    return backward


def make_going_back(
    step: Callable[..., None],
    error: Callable[..., Any],
    start: Callable[..., None] | None,
    records: Records,
    reads_ahead: bool,
    restore: Callable[..., None] = keep_all,
) -> Callable[..., bool]:
    """Back from the errors of the steps `first` to `last` − 1, and from the adjoints `carried`.

    These are of the state and the outputs behind the last step, and in the end of those before the
    first step that was reached. False where the tape was too short.
    """
    Weights, Constants, State = records.weights, records.constants, records.state
    Following, Output = records.following, records.output
    starts = start is not None
    initialise = make_beginning(start, records)
    add_ahead = _add_leaves if reads_ahead else _add_nothing

    @register_jitable
    def go_back(
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        tape: Any,
        scale: Any,
        horizon: Any,
        first: int,
        last: int,
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
        rows = 2 * buffers.segment - 1
        leaves = make_leaves(values, header)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        w = record(Weights, layout.weights, leaves, FIRST_LEAF, leaves)
        s = record(State, layout.state, leaves, state0, leaves)
        x = leaves[input0:ahead0]
        following = view_variables(tape.following, values)
        # Scratch lies behind the state: it must not share its memory.
        s_next = record(Following, layout.following, following, 0, following[state_size:])
        y = record(Output, layout.output, view_variables(tape.outputs, values), 0, following).y
        for i in range(state0, computed0):
            adjoints[i] = 0.0
        reached = _first_reached(sequence.end, first, last, horizon.back)
        for t in range(last - 1, reached - 1, -1):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            if t == last - 1 or (t + 1) & (rows >> 1) == 0:
                restore(values, sequence, data, layout, buffers, t, stop)
            header[NODES], header[RECORDS] = computed0, 0
            state_row, last_output = t & rows, ((t - 1) & rows) * output_size
            for i in range(state_size):
                values[state0 + i] = buffers.states[state_row * state_size + i]
            observe(
                values[input0:ahead0], sequence.inputs, sequence.fed, t, buffers.outputs,
                last_output, data,
            )  # fmt: skip
            for o in range(computed0 - ahead0):
                values[ahead0 + o] = ahead_outputs[t * output_size + o]
            step(w, k, x, s, s_next, y)
            add_ahead(y, leaves, ahead0)
            error_node = 0
            if t >= first and not unjudged(sequence.judged[t]):
                error_node = node_of(error(y, sequence.targets[t]))
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(computed0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried, following, state_size, adjoints)
            hand_over(carried[state_size:], y, output_size, adjoints)
            adjoints[error_node] = adjoints[error_node] + seed(sequence.judged[t], scale)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            # Before step 0 there is only its initial state, which belongs to it.
            steps = max(t, 1) + horizon.back
            all_pass = last < steps
            for i in range(state_size + output_size):
                carried[i] = 0.0
            for i in range(state_size):
                if horizon.flows[i] != 0:
                    carried[i] = _passing(adjoints[state0 + i], all_pass, sequence.end, steps)
                adjoints[state0 + i] = 0.0
            for i in range(buffers.inputs.shape[0]):
                o = data.feedback[i]
                if o >= 0 and horizon.flows[state_size + o] != 0:
                    o += state_size
                    passing = _passing(adjoints[input0 + i], all_pass, sequence.end, steps)
                    _add_where_fed(carried, o, passing, sequence.fed[t])
                adjoints[input0 + i] = 0.0
            for o in range(computed0 - ahead0):
                ahead_adjoints[t * output_size + o] = adjoints[ahead0 + o]
                adjoints[ahead0 + o] = 0.0
        if starts and reached == 0:
            header[NODES], header[RECORDS] = computed0, 0
            observe(
                values[input0:ahead0], sequence.inputs, sequence.fed, 0, buffers.outputs, 0, data
            )
            initialise(w, k, x, layout, following)
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(input0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried, following, state_size, adjoints)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            for i in range(input0, computed0):
                adjoints[i] = 0.0
        return True

    return go_back
