"""Mistakes in the functions of a simulator, found and told before anything is compiled.

Each function runs once in plain Python at the beginning of a trial: an index out of range, an
element that nobody writes, a wrong signature or a branch on a number is one error with its line.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from evornn.errors import StepError
from evornn.numerics.mistakes import (
    Rules,
    attempt,
    check_written,
    has_nan,
    in_trial_lanes,
    ordinary,
    place_of,
    trial_constants,
    trial_record,
    unwritten,
    unwritten_fields,
)
from evornn.numerics.plain import Number
from evornn.simulators.simulator import Simulator

_NAMES = "see the simulator's trial, state, scratch and constants for its names"
_SHAPES = "compare it with the shapes, sensors, motors and noise that the simulator states"


def _rules(call: str, writes: str) -> Rules:
    return Rules(call, _NAMES, _SHAPES, writes)


_BEGIN = _rules("begin(k, trial, b)", "begin writes to b only")
_SENSE = _rules("sense(k, b, n, x)", "sense writes to x only")
_MOVE = _rules("move(k, a, n, b, b_next)", "move writes to b_next only")
_GOES_ON = _rules("goes_on(k, b)", "goes_on only reads")
_LOSS = _rules("loss(k, b)", "loss only reads")


def check_simulator(simulator: Simulator, numbers: np.ndarray, dtype: np.dtype) -> None:
    """Begin the trial with these `numbers` (number,), sense, and move once.

    Raises
    ------
    StepError
        A function of the simulator is mistaken. What has passed once is not tried again.
    """
    trial = _key(simulator, numbers, dtype)
    if trial not in _PASSED:
        _check_dynamics(simulator, numbers, dtype)
        _PASSED.add(trial)


#: trials without a mistake
_PASSED: set[tuple[Any, ...]] = set()


def _key(simulator: Simulator, numbers: np.ndarray, dtype: np.dtype) -> tuple[Any, ...]:
    """All that what is checked depends on."""
    groups = (simulator.trial, simulator.state, simulator.scratch)
    constants = {name: np.asarray(value) for name, value in simulator.constants.items()}
    return (
        *(simulator.dynamics, simulator.sensors, simulator.motors, simulator.noise),
        *(tuple((name, tuple(shape)) for name, shape in group.items()) for group in groups),
        *((name, v.shape, v.tobytes()) for name, v in constants.items()),
        *(numbers.tobytes(), dtype, bool(numba.config.DISABLE_JIT)),
    )


def _check_dynamics(simulator: Simulator, numbers: np.ndarray, dtype: np.dtype) -> None:
    begin, sense, move, goes_on, loss = simulator.dynamics
    k, n = trial_constants(simulator, dtype), ordinary(simulator.noise, dtype)
    trial = trial_record("Trial", lambda *_: in_trial_lanes(numbers, dtype), dtype, simulator.trial)
    b = trial_record("Body", unwritten, dtype, simulator.state)
    attempt(begin, _BEGIN, k, trial, b)
    check_written("begin", begin, unwritten_fields("b", b, simulator.state))
    x = unwritten(simulator.sensors, dtype)
    attempt(sense, _SENSE, k, b, n, x)
    check_written("sense", sense, ["x"] if has_nan(x) else [])
    a = ordinary(simulator.motors, dtype)
    b_next = trial_record("FollowingBody", unwritten, dtype, simulator.state, simulator.scratch)
    attempt(move, _MOVE, k, a, n, b, b_next)
    check_written("move", move, unwritten_fields("b_next", b_next, simulator.state))
    _check_value("goes_on", goes_on, attempt(goes_on, _GOES_ON, k, b_next), "bool")
    _check_value("loss", loss, attempt(loss, _LOSS, k, b_next), "number")


def _check_value(what: str, function: Any, value: Any, kind: str) -> None:
    """A condition or a number of the state, lane by lane."""
    is_condition = isinstance(value, Number) and value.dtype.kind == "b"
    if not isinstance(value, Number) or is_condition != (kind == "bool"):
        wanted = {
            "bool": "a condition of the state, as in b.clock[0] < k.steps[0]",
            "number": "a number of the state",
        }[kind]
        given = "a condition" if is_condition else repr(value)
        raise StepError(f"{place_of(function)}: {what} returns {wanted}; it returned {given:.80}")
    if kind == "number" and np.isnan(value.value).all():
        raise StepError(f"{place_of(function)}: {what} is not a number after one control step")
