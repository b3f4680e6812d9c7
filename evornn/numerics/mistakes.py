"""Mistakes in a step, found and told in one readable error: file, line and cure.

Before anything is compiled, a step (and each function of a simulator, `evornn.simulators.mistakes`)
runs once in plain Python, where an index out of range, a wrong
shape, an unknown name or a branch on a number raises Python's own error at its own line. (Indexes
depend on sizes alone, so a step that passes cannot leave its arrays when compiled.) What cannot be
compiled is seen in its bytecode (`constructs`), or else read off the compiler's messages.
"""

from __future__ import annotations

import linecache
import os
import re
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from evornn.errors import StepError
from evornn.numerics.constructs import check_constructs
from evornn.numerics.fingerprint import plain_function, reachable
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import layout_of, plain_record, record_class, size_of

#: what the compiler raises where it cannot compile a step
COMPILER_ERRORS = (NumbaError, UnsupportedBytecodeError)


class Rules(NamedTuple):
    """What an author is told of the arguments of a function."""

    call: str  # how it is called
    names: str
    shapes: str
    writes: str


_NAMES = "see the network's weights, state, scratch and constants for its names"
_SHAPES = "compare it with the shapes that the network states"
_START = Rules("start(w, k, x, s)", _NAMES, _SHAPES, "a start writes to s only")
_STEP = Rules("step(w, k, x, s, s_next, y)", _NAMES, _SHAPES, "a step writes to s_next and y only")
_STEP_OF_TREES = _STEP._replace(call="step(w, k, x, left, right, s_next, y)")

#: lanes of the trial: two, so that a number has no truth value
_TRIAL_LANES = 2


def check_step(network: Any, dtype: np.dtype) -> None:
    """Run start and one step of `network` in plain Python; StepError where one is mistaken.

    Of a network with two directions, each. What has passed once is not tried again.
    """
    for reader in filter(None, network.directions):
        trial = _trial_of(reader, dtype)
        if trial not in _PASSED:
            _check_reader(reader, dtype)
            _PASSED.add(trial)


#: trials without a mistake
_PASSED: set[tuple[Any, ...]] = set()


def _trial_of(network: Any, dtype: np.dtype) -> tuple[Any, ...]:
    """All that a trial depends on: functions, shapes, and whole-numbered constants (indexes)."""
    shapes = (network.weights, network.state, network.scratch)
    constants = {name: np.asarray(value) for name, value in network.constants.items()}
    return (
        *(network.step, network.start, network.inputs, network.outputs, network.predecessors),
        *(tuple((name, tuple(shape)) for name, shape in group.items()) for group in shapes),
        *((name, v.shape, v.dtype.kind, _indexes(v)) for name, v in constants.items()),
        *(dtype, bool(numba.config.DISABLE_JIT)),
    )


def _indexes(constant: np.ndarray) -> bytes:
    return b"" if constant.dtype.kind == "f" else constant.tobytes()


def _check_reader(network: Any, dtype: np.dtype) -> None:
    w = trial_record("Weights", ordinary, dtype, network.weights)
    k = trial_constants(network, dtype)
    x, y = ordinary(network.inputs, dtype), unwritten(network.outputs, dtype)
    if network.start is not None:
        s = trial_record("State", unwritten, dtype, network.state)
        attempt(network.start, _START, w, k, x, s)
        check_written("the start", network.start, unwritten_fields("s", s, network.state))
    s = trial_record("State", ordinary, dtype, network.state)
    s_next = trial_record("Following", unwritten, dtype, network.state, network.scratch)
    rules = _STEP if network.predecessors == 1 else _STEP_OF_TREES
    attempt(network.step, rules, w, k, x, *[s] * network.predecessors, s_next, y)
    missing = unwritten_fields("s_next", s_next, network.state)
    check_written("the step", network.step, missing + (["y"] if has_nan(y) else []))


def attempt(function: Callable[..., Any], rules: Rules, *arguments: Any) -> Any:
    """What `function` gives; StepError where it is mistaken."""
    if not numba.config.DISABLE_JIT:
        check_constructs(function)
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    except Exception as mistake:  # whatever an author's code may raise
        raise StepError(_located(mistake, function, rules)) from None


def ordinary(count: int, dtype: np.dtype) -> LaneArray:
    """Numbers that may be read."""
    return readable(np.full((count, _TRIAL_LANES), 0.1, dtype))


def readable(storage: np.ndarray) -> LaneArray:
    """These numbers (element, lane), not to be written to."""
    storage.flags.writeable = False
    return LaneArray(storage)


def unwritten(count: int, dtype: np.dtype) -> LaneArray:
    """Numbers that must be written."""
    return LaneArray(np.full((count, _TRIAL_LANES), np.nan, dtype))


def in_trial_lanes(values: np.ndarray, dtype: np.dtype) -> LaneArray:
    """The same `values` (element,) in every lane, not to be written to."""
    return readable(np.repeat(values[:, np.newaxis], _TRIAL_LANES, axis=1).astype(dtype))


def trial_record(name: str, fill: Callable[..., LaneArray], dtype: np.dtype, *groups: Any) -> Any:
    """A record of the shapes in one or two `groups`."""
    first, second = (*groups, {})[:2]
    cls = record_class(name, layout_of(first, second))
    shapes = [shape for group in groups for shape in group.values()]
    return plain_record(cls, fill(size_of(first), dtype), fill(size_of(second), dtype), shapes)


def trial_constants(owner: Any, dtype: np.dtype) -> Any:
    """The constants of a network or a simulator."""
    constants = {name: np.asarray(v) for name, v in owner.constants.items()}
    cls = record_class("Constants", layout_of({name: v.shape for name, v in constants.items()}))
    arrays = []
    for value in constants.values():
        arrays.append(value.astype(dtype if value.dtype.kind == "f" else np.int64))
        arrays[-1].flags.writeable = False
    return cls(*arrays)


def unwritten_fields(name: str, state: Any, fields: Any) -> list[str]:
    """Fields of the record `state` with elements that nobody wrote."""
    # What was read were ordinary numbers, so what is NaN was never written.
    return [f"{name}.{field}" for field in fields if has_nan(getattr(state, field))]


def check_written(what: str, function: Callable[..., Any], missing: list[str]) -> None:
    if missing:
        raise StepError(
            f"{place_of(function)}: {what} leaves elements of {' and '.join(missing)} unwritten "
            "(or makes them NaN of ordinary numbers); it must write every element"
        )


def has_nan(numbers: LaneArray) -> bool:
    return bool(np.isnan(numbers.storage).all(axis=-1).any())


_ONE_BY_ONE = "a step works on one number at a time: index its arrays, and loop over range(n)"
_CURES = (
    (TypeError, "positional argument", "it is called as {0.call}"),
    (TypeError, "LaneArray", _ONE_BY_ONE),
    (TypeError, "ufunc", "write the function of evornn.numerics in place of NumPy's"),
    (TypeError, "Number", "only functions from evornn.numerics know the numbers of a step"),
    (AttributeError, "'LaneArray'", _ONE_BY_ONE),
    (AttributeError, "can't set", "write to the elements of an array: s_next.h[i] = ..."),
    (AttributeError, "", "{0.names}"),
    (IndexError, "only integers", "an index is a whole number, from range() or the constants"),
    (IndexError, "", "{0.shapes}"),
    (ValueError, "read-only", "{0.writes}"),
    (ValueError, "overlaps", "let it write to the scratch"),
    (ValueError, "affine of", "{0.shapes}"),
    (ValueError, "dot of", "{0.shapes}"),
)


def _located(mistake: Exception, step: Callable[..., Any], rules: Rules) -> str:
    """`mistake` with the author's file and line, the source of that line, and a cure."""
    files = {f.__code__.co_filename for f in reachable(step)}
    frames = [f for f in traceback.extract_tb(mistake.__traceback__) if f.filename in files]
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else place_of(step)
    source = f"\n    {frames[-1].line}" if frames and frames[-1].line else ""
    if isinstance(mistake, StepError):
        return f"{place}: {mistake}{source}"
    text = str(mistake)
    cure = next(
        (cure for kind, word, cure in _CURES if isinstance(mistake, kind) and word in text), ""
    ).format(rules)
    return f"{place}: {type(mistake).__name__}: {text}{f'; {cure}' if cure else ''}{source}"


def place_of(step: Callable[..., Any]) -> str:
    """File and line of a function."""
    code = plain_function(step).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


#: what the compiler says, and what that means
_COMPILER_SAYS = (
    (
        r"Untyped global name '(.*)': .*<class '(.*)'>",
        "the compiler cannot use the global {0}, a {1}; make it a number, or one of the network's "
        "constants",
    ),
    (
        r"Cannot unify (.*) and (.*) for '(.*?)",
        "a variable holds things of different kinds on different paths (an array and a number?)",
    ),
    (
        r"No implementation of function Function\(<.*?(?:function|class) '?([\w.]+).*",
        "the compiler cannot use {0} in this way; use the functions of evornn.numerics",
    ),
    (
        r"Unknown attribute '(.*)' of type",
        "the compiler does not know the attribute {0}; index arrays, and use the functions of "
        "evornn.numerics",
    ),
    (
        r"[Uu]se of unsupported opcode",
        "the compiler does not know this construct of Python; a step is arithmetic and loops",
    ),
)


def explain(error: Exception, parts: Sequence[Callable[..., Any]]) -> Exception:
    """What the compiler says of a kernel's `parts` (a step, its error), as one readable error.

    What is no fault of theirs is given back as it is.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    # The innermost place comes first, what is wrong there before it.
    place, end = _compiler_place(text, parts)
    return StepError(f"{place}: {_meaning(text[:end])}") if place else error


def _meaning(text: str) -> str:
    """The last thing in `text` that is understood; failing that, its last line."""
    found = [
        (match.start(), meaning.format(*match.groups()))
        for pattern, meaning in _COMPILER_SAYS
        for match in re.finditer(pattern, text)
    ]
    if found:
        return max(found)[1]
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith(_BOILERPLATE)]
    return f"the step cannot be compiled: {said[-1][:200] if said else 'unknown reason'}"


_BOILERPLATE = ("During:", "raised from", "File ", "Failed in nopython", "Rejected as", "^")


def _compiler_place(text: str, parts: Sequence[Callable[..., Any]]) -> tuple[str | None, int]:
    """The first place in the author's files that `text` mentions, and where it does."""
    codes = [function.__code__ for function in reachable(*parts)]
    for match in re.finditer(r'(?:File "|at |from )([^"\n]+?)(?:", line | \()(\d+)', text):
        name, line = os.path.basename(match[1]), int(match[2])
        for code in codes:
            last = max(line for *_, line in code.co_lines() if line)
            if name == os.path.basename(code.co_filename) and code.co_firstlineno <= line <= last:
                source = linecache.getline(code.co_filename, line).strip()
                return f"{code.co_filename}:{line}" + (
                    f" `{source}`" if source else ""
                ), match.start()
    return None, len(text)
