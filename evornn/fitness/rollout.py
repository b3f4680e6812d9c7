"""One network through one sequence (or a lane of either): the loop over time, and its loss.

The kernels differ in what lies in the lanes. With genomes in lanes the weights are vectors and the
inputs scalars; with sequences in lanes it is the other way round. The loop is the same code, and
does the same arithmetic in the same order, so a loss does not depend on the choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import overload, register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.observing import observed_as_given, observed_freely
from evornn.numerics.lanes import Lanes
from evornn.numerics.primitives import where
from evornn.numerics.records import record

#: steps between two looks at the stop flag
STEPS_BETWEEN_LOOKS = 1024


def unjudged(weight: Any) -> bool:
    """Whether a step's weight is zero for all lanes at once."""


def _where_judged(weight: Any, new: Any, old: Any) -> Any:
    """`new` in the lanes that judge this step, which are all if `weight` is a scalar above zero."""


@overload(unjudged, strict=False)
def _unjudged_compiled(weight: Any) -> Any:
    if isinstance(weight, types.Float):
        return lambda weight: weight == 0.0
    return lambda weight: False


@overload(_where_judged, strict=False)
def _where_judged_compiled(weight: Any, new: Any, old: Any) -> Any:
    if isinstance(weight, Lanes):
        return lambda weight, new, old: where(weight > 0.0, new, old)
    return lambda weight, new, old: new


def reset_ended(states: Any, begin: int, count: int, end: Any, steps: int) -> None:
    """Zero the state of lanes that end after `steps` steps or before.

    A lane goes on until the longest of its group ends. Nobody judges it, but its state could
    overflow, and an infinite derivative times nothing would make the gradient NaN.
    """


@overload(reset_ended, strict=False)
def _reset_ended_compiled(states: Any, begin: Any, count: Any, end: Any, steps: Any) -> Any:
    if not isinstance(end, Lanes):
        return lambda states, begin, count, end, steps: None

    def compiled(states: Any, begin: Any, count: Any, end: Any, steps: Any) -> None:
        goes_on = end > steps
        for i in range(begin, begin + count):
            states[i] = where(goes_on, states[i], 0.0)

    return compiled


@register_jitable
def _add_ahead(y: Any, ahead: Any, t: int) -> None:
    """Add the outputs of the network that reads ahead."""
    for o in range(y.shape[0]):
        y[o] = y[o] + ahead.outputs[t * y.shape[0] + o]


@register_jitable
def _add_nothing(y: Any, ahead: Any, t: int) -> None:
    """Nothing reads ahead."""


@register_jitable
def _read_nothing(
    weights: Any, begin: int, sequence: Any, layout: Any, buffers: Any, keep: bool, stop: Any
) -> None:
    """Nothing reads ahead."""


def make_beginning(start: Callable[..., None] | None, records: Records) -> Callable[..., None]:
    """What writes the initial state, the first of `states`: `start`, or zeros."""
    State = records.state

    @register_jitable
    def zeros(w: Any, k: Any, x: Any, layout: Any, states: Any) -> None:
        for i in range(layout.state_size):
            states[i] = 0.0

    if start is None:
        return zeros

    @register_jitable
    def started(w: Any, k: Any, x: Any, layout: Any, states: Any) -> None:
        start(w, k, x, record(State, layout.state, states, 0, states))

    return started


def make_span(
    step: Callable[..., None],
    error: Callable[..., Any],
    records: Records,
    feeds_back: bool,
    reads_ahead: bool = False,
) -> Callable[..., Any]:
    """The loop over the steps from `first` to before `last`, from the state that is there.

    It goes on with the weighted sum of errors `total` and its `carry`, and gives both. The state of
    step t lies at row ``t & state_rows`` of the buffers, its output at row ``t & output_rows``.
    """
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output
    observed = observed_freely if feeds_back else observed_as_given
    add_ahead = _add_ahead if reads_ahead else _add_nothing

    @register_jitable
    def span(
        weights: Any,
        begin: int,
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        first: int,
        last: int,
        state_rows: int,
        output_rows: int,
        total: Any,
        carry: Any,
        stop: Any,
    ) -> Any:
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        states, scratch, outputs = buffers.states, buffers.scratch, buffers.outputs
        state_size, output_size = layout.state_size, layout.output[0]
        for t in range(first, last):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            last_output = ((t - 1) & output_rows) * output_size
            x = observed(
                buffers.inputs, sequence.inputs, sequence.fed, t, outputs, last_output, data
            )
            before, after = t & state_rows, (t + 1) & state_rows
            s = record(State, layout.state, states, before * state_size, scratch)
            s_next = record(Following, layout.following, states, after * state_size, scratch)
            y = record(Output, layout.output, outputs, (t & output_rows) * output_size, scratch).y
            step(w, k, x, s, s_next, y)
            add_ahead(y, buffers.ahead, t)
            reset_ended(states, after * state_size, state_size, sequence.end, t + 1)
            if unjudged(sequence.judged[t]):
                continue
            # Kahan's sum: the loss keeps its digits over any number of steps. A lane that does
            # not judge adds nothing, not even a zero, which could move the carry.
            weight = sequence.judged[t]
            term = weight * error(y, sequence.targets[t]) - carry
            grown = total + term
            carry = _where_judged(weight, (grown - total) - term, carry)
            total = _where_judged(weight, grown, total)
        return total, carry

    return span


def make_rollout(
    start: Callable[..., None] | None,
    records: Records,
    feeds_back: bool,
    span: Callable[..., Any],
    read_ahead: Callable[..., None] | None = None,
) -> Callable[..., Any]:
    """One sequence from its beginning to its end, giving the weighted sum of its judged errors.

    The genome lies in `weights` from element `begin` on. `start` writes the initial state, which is
    zero without it; what `read_ahead` puts out is added to the outputs. `keep` keeps the states and
    outputs of all steps, one after another, in the buffers; otherwise these hold two states and one
    output, and the last ones stay.
    """
    Weights, Constants = records.weights, records.constants
    observed = observed_freely if feeds_back else observed_as_given
    initialise = make_beginning(start, records)
    read = read_ahead or _read_nothing

    @register_jitable
    def rollout(
        weights: Any,
        begin: int,
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        keep: bool,
        stop: Any,
    ) -> Any:
        read(weights, begin, sequence, layout, buffers, keep, stop)
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        outputs = buffers.outputs
        x = observed(buffers.inputs, sequence.inputs, sequence.fed, 0, outputs, 0, data)
        initialise(w, k, x, layout, buffers.states)
        outputs[0] = 0.0
        nothing, rows = outputs[0], (-1, -1) if keep else (1, 0)
        total, _ = span(
            weights, begin, sequence, data, layout, buffers, 0, sequence.length, rows[0], rows[1],
            nothing, nothing, stop,
        )  # fmt: skip
        return total

    return rollout
