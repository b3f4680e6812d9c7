"""Lanes in plain Python: what a `step` computes with when nothing is compiled.

A `Number` is a NumPy vector with one entry per lane. It is deliberately strict: it knows the
arithmetic that compiled lanes know and nothing else, so running a step once on `Number`s finds an
author's mistakes with Python's own traceback before Numba sees the code.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from evornn.errors import StepError


class Number:
    """One number per lane. Immutable: in-place operators make a new one, as for a float.

    They are Python's own, made of the operators below, so that a differentiated operand on the
    right decides the kind of the result.
    """

    __slots__ = ("value",)
    # NumPy scalars must defer to our reflected operators.
    __array_ufunc__ = None

    def __init__(self, value: np.ndarray) -> None:
        self.value = value

    @property
    def dtype(self) -> np.dtype:
        return self.value.dtype

    @staticmethod
    def fma(a: Any, b: Any, c: Any) -> Number:
        """a·b + c of values, rounded from the next wider format (where float64 has a wider one)."""
        dtype = _precision(a, b, c)
        wide: Any = np.float64 if dtype == np.float32 else np.longdouble
        x, y, z = (np.asarray(raw(v), wide) for v in (a, b, c))
        return Number((x * y + z).astype(dtype))

    @staticmethod
    def select(condition: Any, a: Any, b: Any) -> Number:
        """`a` where `condition` is true, else `b`."""
        dtype = _precision(a, b)
        chosen, other = np.asarray(raw(a), dtype), np.asarray(raw(b), dtype)
        return Number(np.where(raw(condition), chosen, other))

    def apply(
        self, algorithm: Callable[[Any], Any], derivative: Callable[[Any, Any], Any]
    ) -> Number:
        """An elementary function of this number."""
        return algorithm(self)

    def __neg__(self) -> Number:
        return Number(-self.value)

    def __abs__(self) -> Number:
        return Number(np.abs(self.value))

    def __invert__(self) -> Number:
        return Number(np.logical_not(self.value))

    def __bool__(self) -> NoReturn:
        raise StepError(
            "a branch (if, while, and, or, not, min, max) depends on a number, which differs "
            "from genome to genome; write where(condition, a, b), and &, |, ~ between conditions"
        )

    def __float__(self) -> NoReturn:
        raise StepError(
            "a number of the network was handed to float() or to a function of the math module; "
            "use the function of that name from evornn.numerics"
        )

    __int__ = __index__ = __float__

    def __pow__(self, exponent: object) -> NoReturn:
        raise StepError("powers are not known here: write x * x, or exp(p * log(x))")

    def __repr__(self) -> str:
        return f"Number({self.value})"

    __hash__ = None  # type: ignore[assignment]  # a number that compares lane by lane


def raw(x: Any) -> Any:
    """The NumPy value of a `Number`; anything else unchanged."""
    return x.value if isinstance(x, Number) else x


def plain_type(*args: Any) -> type[Number]:
    """The class that computes with `args`: the one that is differentiated, if any is."""
    types = {type(a) for a in args if isinstance(a, Number)} - {Number}
    return types.pop() if types else Number


def _precision(*args: Any) -> np.dtype:
    return next((a.dtype for a in args if isinstance(a, Number)), np.dtype(np.float64))


def _binary(op: Callable[[Any, Any], Any], swapped: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Number, other: Any) -> Any:
        if not isinstance(other, (Number, int, float, np.number, np.bool_)):
            return NotImplemented
        a, b = (raw(other), self.value) if swapped else (self.value, raw(other))
        if isinstance(other, np.floating):
            # A constant takes the number's precision, as it does in compiled code.
            a, b = (float(a), b) if swapped else (a, float(b))
        return Number(np.asarray(op(a, b)))

    return method


for _name in ("add", "sub", "mul", "truediv"):
    _op = getattr(operator, _name)
    setattr(Number, f"__{_name}__", _binary(_op))
    setattr(Number, f"__r{_name}__", _binary(_op, swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{_name}__", _binary(getattr(operator, _name)))
for _name, _op in (("and", operator.and_), ("or", operator.or_), ("xor", operator.xor)):
    setattr(Number, f"__{_name}__", _binary(_op))


class LaneArray:
    """An array of `Number`s over a float array (..., lanes), indexed and sliced as one."""

    __slots__ = ("storage",)
    __array_ufunc__ = None

    def __init__(self, storage: np.ndarray) -> None:
        self.storage = storage

    @property
    def shape(self) -> tuple[int, ...]:
        return self.storage.shape[:-1]

    @property
    def ndim(self) -> int:
        return self.storage.ndim - 1

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def reshape(self, shape: tuple[int, ...]) -> LaneArray:
        return LaneArray(self.storage.reshape(*shape, self.storage.shape[-1]))

    def __getitem__(self, index: Any) -> Number | LaneArray:
        part = self.storage[index]
        # A number is a value: later writes to the array must not show through it.
        return Number(part.copy()) if part.ndim == 1 else LaneArray(part)

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(value, LaneArray):
            raise TypeError("a LaneArray cannot be assigned as a whole")
        self.storage[index] = raw(value)

    def __iter__(self) -> NoReturn:
        raise TypeError("a LaneArray cannot be looped over")


def numbers(values: np.ndarray) -> np.ndarray:
    """An object array of numbers over `values` (element, lanes)."""
    return objects([Number(row.copy()) for row in values])


def objects(given: list[Any]) -> np.ndarray:
    """A vector of these objects, whatever NumPy would make of them."""
    out = np.empty(len(given), object)
    out[:] = given
    return out
