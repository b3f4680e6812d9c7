"""Mistakes in a step, found and told in one readable error: file, line and cure.

Before anything is compiled, a step runs once in plain Python, where an index out of range, a wrong
shape, an unknown name or a branch on a number raises Python's own error at its own line. (Indexes
depend on sizes alone, so a step that passes cannot leave its arrays when compiled.) What only the
compiler minds is read off its messages.
"""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from evornn.errors import StepError
from evornn.numerics.fingerprint import plain_function, reachable
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import layout_of, plain_record, record_class, size_of

#: lanes of the trial: two, so that a number has no truth value
_TRIAL_LANES = 2


def check_step(network: Any, error: Callable[..., Any], dtype: np.dtype) -> None:
    """Run one step of `network` in plain Python; StepError where it is mistaken."""
    w = _trial("Weights", dtype, 0.1, network.weights)
    s = _trial("State", dtype, 0.1, network.state)
    s_next = _trial("Following", dtype, np.nan, network.state, network.scratch)
    x = LaneArray(np.full((network.inputs, _TRIAL_LANES), 0.1, dtype))
    y = LaneArray(np.full((network.outputs, _TRIAL_LANES), np.nan, dtype))
    k = _trial_constants(network, dtype)
    try:
        with np.errstate(all="ignore"):
            network.step(w, k, x, s, s_next, y)
    except Exception as mistake:  # whatever an author's code may raise
        raise StepError(_located(mistake, network.step)) from mistake
    _check_written(network, s_next, y)


def _trial(name: str, dtype: np.dtype, fill: float, *groups: Any) -> Any:
    """A record of lanes, all numbers `fill`."""
    first, second = (*groups, {})[:2]
    cls = record_class(name, layout_of(first, second))
    arrays = [
        LaneArray(np.full((max(size_of(group), 1), _TRIAL_LANES), fill, dtype))
        for group in (first, second)
    ]
    return plain_record(cls, arrays[0], arrays[1], [s for group in groups for s in group.values()])


def _trial_constants(network: Any, dtype: np.dtype) -> Any:
    constants = {name: np.asarray(v) for name, v in network.constants.items()}
    cls = record_class("Constants", layout_of({name: v.shape for name, v in constants.items()}))
    return cls(
        *(
            v.astype(dtype) if v.dtype.kind == "f" else v.astype(np.int64)
            for v in constants.values()
        )
    )


def _check_written(network: Any, s_next: Any, y: LaneArray) -> None:
    # Inputs, weights and states were ordinary numbers, so what is NaN was never written.
    unwritten = [
        f"s_next.{name}"
        for name in network.state
        if np.isnan(getattr(s_next, name).storage).all(axis=-1).any()
    ]
    unwritten += ["y"] if np.isnan(y.storage).all(axis=-1).any() else []
    if unwritten:
        raise StepError(
            f"{_place(plain_function(network.step).__code__)}: the step leaves elements of "
            f"{' and '.join(unwritten)} unwritten (or makes them NaN of ordinary numbers); it "
            "must write every element of the next state and of the output"
        )


_CURES = (
    (TypeError, "LaneArray", "index it: a step works on one number at a time"),
    (TypeError, "Number", "only functions from evornn.numerics know the numbers of a step"),
    (AttributeError, "", "see the network's weights, state, scratch and constants for its names"),
    (IndexError, "", "compare the index with the shapes that the network states"),
    (ValueError, "", "compare the shapes with those that the network states"),
)


def _located(mistake: Exception, step: Callable[..., None]) -> str:
    """`mistake` with the author's file and line, the source of that line, and a cure."""
    files = {f.__code__.co_filename for f in reachable(step)}
    frames = [f for f in traceback.extract_tb(mistake.__traceback__) if f.filename in files]
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else _place(step.__code__)
    source = f"\n    {frames[-1].line}" if frames and frames[-1].line else ""
    if isinstance(mistake, StepError):
        return f"{place}: {mistake}{source}"
    text = str(mistake).strip("'\"")
    cure = next(
        (cure for kind, word, cure in _CURES if isinstance(mistake, kind) and word in text), ""
    )
    return f"{place}: {type(mistake).__name__}: {text}{f' ({cure})' if cure else ''}{source}"


def _place(code: Any) -> str:
    return f"{code.co_filename}:{code.co_firstlineno}"


def explain(error: Exception, step: Callable[..., None]) -> StepError:
    """What Numba says of a step, as one readable error."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    place = _compiler_place(text, step)
    if "Cannot unify" in text:
        what = (
            "a variable holds things of different kinds on different paths (an array and a number?)"
        )
    elif match := re.search(r"(?:No implementation of function|Unknown attribute) (.*)", text):
        what = (
            f"the compiler does not know {_short(match.group(1))} for numbers of a step; "
            "use the functions of evornn.numerics"
        )
    elif match := re.search(r"(?:Untyped global name|NameError:) (.*)", text):
        what = f"unknown name {_short(match.group(1))}"
    else:
        what = _short(text.replace("Failed in nopython mode pipeline", "cannot be compiled"))
    return StepError(f"{place}: {what}")


def _short(text: str) -> str:
    return text.strip().split("\n")[0][:200]


def _compiler_place(text: str, step: Callable[..., None]) -> str:
    """The innermost place in the author's files that the compiler's message mentions."""
    for function in reversed(reachable(step)):
        code = function.__code__
        first, last = code.co_firstlineno, code.co_firstlineno + 400
        for path, line in re.findall(r"at (\S+) \((\d+)\)", text):
            if path == code.co_filename and first <= int(line) < last:
                source = linecache.getline(path, int(line)).strip()
                return f"{path}:{line}" + (f" `{source}`" if source else "")
    return _place(plain_function(step).__code__)
