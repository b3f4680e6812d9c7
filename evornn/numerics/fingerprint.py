"""Fingerprints: a hash of everything that a compiled step depends on, so a cache is never stale.

The package's own number types are hashed by their source files. A step, and every function of its
author's that it calls, is hashed by its code, constants, defaults, closure and the globals it
reads, in whatever file (or notebook cell) they were defined.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import llvmlite
import numba
import numpy as np

#: modules whose functions are known to the compiler, or hashed by their source files
_FOREIGN = ("evornn.numerics", "evornn.fitness", "numpy", "numba", "math", "operator", "builtins")
#: how deep a chain of modules (`package.module.function`) is followed
_MODULE_DEPTH = 4


@lru_cache(maxsize=1)
def package_fingerprint() -> str:
    """Hash of the number types' and kernels' sources, and of the compiler's versions and flags."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted([*root.glob("numerics/*.py"), *root.glob("fitness/*.py")]):
        digest.update(path.read_bytes())
    versions = (sys.version, numba.__version__, llvmlite.__version__)
    # What NUMBA_BOUNDSCHECK and its like ask for must not be hidden by a kernel that lacks it.
    flags = (numba.config.BOUNDSCHECK, numba.config.DEBUGINFO_DEFAULT, numba.config.OPT)
    digest.update(repr((versions, flags)).encode())
    return digest.hexdigest()


# Taken now, from the files that this process has imported, lest they change before the first use.
package_fingerprint()


def fingerprint(*functions: Callable[..., Any]) -> str:
    """Hash of the package and of all code that `functions` can reach."""
    digest = hashlib.sha256(package_fingerprint().encode())
    for function in reachable(*functions):
        for part in _parts(function):
            digest.update(part.encode())
    return digest.hexdigest()


def reachable(*functions: Callable[..., Any]) -> list[FunctionType]:
    """`functions` and every function of the same authors that they call, each once, in order."""
    found: dict[int, FunctionType] = {}
    waiting = [plain_function(f) for f in functions]
    while waiting:
        function = waiting.pop(0)
        if id(function) not in found:
            found[id(function)] = function
            waiting += [
                plain_function(value)
                for _, value in _references(function)
                if is_authors_function(value)
            ]
    return list(found.values())


def plain_function(function: Any) -> FunctionType:
    """The Python function under a compiled dispatcher, or the function itself."""
    return getattr(function, "py_func", function)


def is_authors_function(value: Any) -> bool:
    """Whether `value` is a Python function that neither evornn nor the compiler knows."""
    function = plain_function(value)
    return isinstance(function, FunctionType) and not _is_foreign(function.__module__)


def is_authors_module(value: Any) -> bool:
    """Whether `value` is a module with such functions."""
    return isinstance(value, ModuleType) and not _is_foreign(value.__name__)


def _is_foreign(module: str | None) -> bool:
    return any(module == name or str(module).startswith(f"{name}.") for name in _FOREIGN)


def _references(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Names and values of the globals, module attributes and closure cells that code reads."""
    names = list(names_in(function.__code__))
    for name in names:
        if name in function.__globals__:
            yield from _with_attributes(name, function.__globals__[name], names)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield from _with_attributes(name, cell.cell_contents, names)


def _with_attributes(path: str, value: Any, names: list[str]) -> Iterator[tuple[str, Any]]:
    """`value`, and where it is an author's module, those attributes of it that have `names`."""
    yield path, value
    if is_authors_module(value) and path.count(".") < _MODULE_DEPTH:
        for name in names:
            if hasattr(value, name):
                yield from _with_attributes(f"{path}.{name}", getattr(value, name), names)


def names_in(code: CodeType) -> Iterator[str]:
    """Names of the globals and attributes that `code`, and code nested in it, reads."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def _parts(function: FunctionType) -> Iterator[str]:
    yield function.__qualname__
    yield _code_text(function.__code__)
    yield _value_text((function.__defaults__, *sorted((function.__kwdefaults__ or {}).items())))
    for name, value in _references(function):
        yield f"{name}={_value_text(value)}"


def _code_text(code: CodeType) -> str:
    constants = [_code_text(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return repr((code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars))


def _value_text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tuple):
        return f"{type(value).__name__}({','.join(_value_text(item) for item in value)})"
    if isinstance(value, (int, float, complex, str, bytes, np.generic, Enum, type(None))):
        return repr(value)
    return f"{type(value).__name__} {getattr(value, '__qualname__', '')}"
