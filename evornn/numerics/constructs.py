"""Constructs that a step may not hold, seen in its bytecode before anything is compiled.

A compiled step has no allocator and no output: it computes with the arrays that it is given.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from evornn.errors import StepError
from evornn.numerics.fingerprint import reachable

_NO_MEMORY = (
    "a step allocates nothing: keep numbers in local variables, and arrays in the network's "
    "`scratch`, found on s_next"
)
_OPERATIONS = {
    "BUILD_LIST": f"makes a list; {_NO_MEMORY}",
    "BUILD_MAP": f"makes a dict; {_NO_MEMORY}",
    "BUILD_CONST_KEY_MAP": f"makes a dict; {_NO_MEMORY}",
    "BUILD_SET": f"makes a set; {_NO_MEMORY}",
    "STORE_GLOBAL": "assigns to a global variable; what a step must remember is part of its state",
    "IMPORT_NAME": "imports a module; import it at the top of the file",
    "PUSH_EXC_INFO": "uses try or with; a step is arithmetic and loops",
    "YIELD_VALUE": "yields; a step writes its results to s_next and y",
}
_BUILTINS = {
    "print": "prints; set NUMBA_DISABLE_JIT=1 to run the step in Python, where it may",
    "list": f"makes a list; {_NO_MEMORY}",
    "dict": f"makes a dict; {_NO_MEMORY}",
    "set": f"makes a set; {_NO_MEMORY}",
    "sorted": f"makes a list; {_NO_MEMORY}",
}
# fmt: off
_ALLOCATORS = frozenset({
    "arange", "array", "concatenate", "copy", "empty", "empty_like", "eye", "full", "full_like",
    "linspace", "ones", "ones_like", "stack", "zeros", "zeros_like",
})
# fmt: on


def check_constructs(step: Callable[..., None]) -> None:
    """StepError where `step`, or a function that it calls, holds what cannot be compiled."""
    for function in reachable(step):
        for code in _nested(function.__code__):
            _check(code, function)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _check(code: CodeType, function: FunctionType) -> None:
    instructions = list(dis.get_instructions(code))
    loaded: Any = None  # the global that the instruction before has loaded
    for index, instruction in enumerate(instructions):
        if what := _wrong(instruction, loaded, function):
            line = _line(instructions[index:], code)
            raise StepError(f"{code.co_filename}:{line}: the step {what}")
        name = instruction.argval if instruction.opname == "LOAD_GLOBAL" else None
        loaded = function.__globals__.get(name) if name else None


def _line(instructions: list[dis.Instruction], code: CodeType) -> int:
    """The line of the first of `instructions` that has one."""
    positions = (instruction.positions for instruction in instructions)
    return next((p.lineno for p in positions if p and p.lineno), code.co_firstlineno)


def _wrong(instruction: dis.Instruction, loaded: Any, function: FunctionType) -> str | None:
    """What is wrong with one instruction, or None."""
    operation, name = instruction.opname, instruction.argval
    if operation in ("LOAD_ATTR", "LOAD_METHOD") and loaded is np and name in _ALLOCATORS:
        return f"makes an array with np.{name}; {_NO_MEMORY}"
    if operation == "LOAD_GLOBAL" and name not in function.__globals__:
        return _BUILTINS.get(name)
    return _OPERATIONS.get(operation)
