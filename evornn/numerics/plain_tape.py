"""Reverse mode in plain Python: variables that know their operands, and the sweep over them.

The slow, obvious twin of `variable` and `tape`: one object per operation, nothing fused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from evornn.numerics.plain import Number, raw

Partials = list[tuple["PlainVariable", np.ndarray]]


class PlainVariable(Number):
    """A `Number` that remembers how it was computed; `tape` lists all of them in order."""

    __slots__ = ("adjoint", "operands", "tape")

    def __init__(self, value: np.ndarray, tape: list[PlainVariable], operands: Partials) -> None:
        super().__init__(value)
        self.tape, self.operands = tape, operands
        self.adjoint = np.zeros_like(value)
        tape.append(self)

    @staticmethod
    def fma(a: Any, b: Any, c: Any) -> PlainVariable:
        value = Number.fma(detached(a), detached(b), detached(c)).value
        return _computed(value, (a, raw(b)), (b, raw(a)), (c, 1.0))

    @staticmethod
    def select(condition: Any, a: Any, b: Any) -> PlainVariable:
        chosen = np.asarray(raw(condition), np.float64)
        value = Number.select(condition, detached(a), detached(b)).value
        return _computed(value, (a, chosen), (b, 1.0 - chosen))

    def apply(
        self, algorithm: Callable[[Any], Any], derivative: Callable[[Any, Any], Any]
    ) -> PlainVariable:
        x = Number(self.value)
        y = algorithm(x)
        return _computed(y.value, (self, raw(derivative(x, y))))

    def __neg__(self) -> PlainVariable:
        return _computed(-self.value, (self, -1.0))

    def __abs__(self) -> PlainVariable:
        return _computed(np.abs(self.value), (self, np.copysign(1.0, self.value)))

    def __add__(self, other: Any) -> PlainVariable:
        return _computed(self.value + _like(self, other), (self, 1.0), (other, 1.0))

    def __sub__(self, other: Any) -> PlainVariable:
        return _computed(self.value - _like(self, other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other: Any) -> PlainVariable:
        return _computed(_like(self, other) - self.value, (self, -1.0))

    def __mul__(self, other: Any) -> PlainVariable:
        factor = _like(self, other)
        return _computed(self.value * factor, (self, factor), (other, self.value))

    def __truediv__(self, other: Any) -> PlainVariable:
        divisor = _like(self, other)
        y = self.value / divisor
        return _computed(y, (self, 1.0 / divisor), (other, -y / divisor))

    def __rtruediv__(self, other: Any) -> PlainVariable:
        y = _like(self, other) / self.value
        return _computed(y, (self, -y / self.value))

    __radd__ = __add__
    __rmul__ = __mul__


def detached(x: Any) -> Any:
    """The value of a variable as a number that is not differentiated."""
    return Number(x.value) if isinstance(x, PlainVariable) else x


def _like(x: PlainVariable, other: Any) -> Any:
    value = raw(other)
    return float(value) if isinstance(value, np.floating) else value


def _computed(value: np.ndarray, *operands: tuple[Any, Any]) -> PlainVariable:
    variables = [(v, partial) for v, partial in operands if isinstance(v, PlainVariable)]
    return PlainVariable(value, variables[0][0].tape, variables)


def sweep_plain(tape: list[PlainVariable]) -> None:
    """Run the tape backwards: the adjoint of each result flows into those of its operands."""
    for result in reversed(tape):
        for operand, partial in result.operands:
            # Where nothing flows, an infinite partial must not make it NaN.
            flow = np.where(result.adjoint == 0.0, 0.0, result.adjoint * partial)
            operand.adjoint = operand.adjoint + flow


def leaves(values: np.ndarray, tape: list[PlainVariable]) -> np.ndarray:
    """An object array of leaf variables over `values` (..., lanes)."""
    out = np.empty(values.shape[:-1], object)
    for index in np.ndindex(out.shape):
        out[index] = PlainVariable(values[index].copy(), tape, [])
    return out
