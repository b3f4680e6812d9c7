"""Copies of an author's functions, so that each compilation sees the helpers of the moment.

Numba keeps what it compiled of a function for as long as that function object lives. A step whose
helper was defined anew (in a notebook, say) would go on calling the old one. A copy has been
compiled never, and reads today's helpers, themselves copies.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, FunctionType, ModuleType
from typing import Any

from evornn.numerics.fingerprint import (
    is_authors_function,
    is_authors_module,
    names_in,
    plain_function,
    reachable,
)

Copies = dict[FunctionType, FunctionType]


def copies_of(*functions: Callable[..., Any]) -> Copies:
    """A copy of every function that `functions` can reach, linked to each other."""
    copies = {original: _unlinked(original) for original in reachable(*functions)}
    for original, copy in copies.items():
        _link(original, copy, copies)
    return copies


def _unlinked(original: FunctionType) -> FunctionType:
    """A copy with globals and closure cells of its own, still empty."""
    code = original.__code__
    own_globals = {"__builtins__": original.__globals__.get("__builtins__", __builtins__)}
    cells = tuple(CellType() for _ in code.co_freevars)
    copy = FunctionType(code, own_globals, original.__name__, original.__defaults__, cells)
    copy.__kwdefaults__ = original.__kwdefaults__
    copy.__qualname__ = original.__qualname__
    # Numba imports a function's module when it loads the function from a cache. The author's may
    # have moved, or not be importable by its name; this one always is.
    copy.__module__ = __name__
    return copy


def _link(original: FunctionType, copy: FunctionType, copies: Copies) -> None:
    """Let `copy` see what `original` sees, functions and modules replaced by their copies."""
    names = set(names_in(original.__code__))
    for name in names & original.__globals__.keys():
        copy.__globals__[name] = _replaced(original.__globals__[name], names, copies)
    for old, new in zip(original.__closure__ or (), copy.__closure__ or (), strict=True):
        new.cell_contents = _replaced(old.cell_contents, names, copies)


def _replaced(value: Any, names: set[str], copies: Copies) -> Any:
    if is_authors_function(value):
        return copies[plain_function(value)]
    if is_authors_module(value):
        module = ModuleType(value.__name__)
        for name in names & set(dir(value)):
            setattr(module, name, _replaced(getattr(value, name), names, copies))
        return module
    return value
