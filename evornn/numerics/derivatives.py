"""Plain numbers that are differentiated: the partial derivatives of arithmetic, for both modes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from evornn.numerics.plain import Number, raw


class Differentiated(Number):
    """A `Number` whose operations know their partial derivatives; a subclass uses them."""

    __slots__ = ()

    @classmethod
    @abstractmethod
    def computed(cls, value: np.ndarray, *operands: tuple[Any, Any]) -> Self:
        """The number `value`, computed from `operands`: pairs of one and the partial derivative.

        Those that are not differentiated are among them, and at least one that is.
        """

    @classmethod
    def fma(cls, a: Any, b: Any, c: Any) -> Self:
        value = Number.fma(detached(a), detached(b), detached(c)).value
        return cls.computed(value, (a, raw(b)), (b, raw(a)), (c, 1.0))

    @classmethod
    def select(cls, condition: Any, a: Any, b: Any) -> Self:
        chosen = np.asarray(raw(condition), np.float64)
        value = Number.select(condition, detached(a), detached(b)).value
        return cls.computed(value, (a, chosen), (b, 1.0 - chosen))

    def apply(self, algorithm: Callable[[Any], Any], derivative: Callable[[Any, Any], Any]) -> Self:
        x = Number(self.value)
        y = algorithm(x)
        return self.computed(y.value, (self, raw(derivative(x, y))))

    def __neg__(self) -> Self:
        return self.computed(-self.value, (self, -1.0))

    def __abs__(self) -> Self:
        return self.computed(np.abs(self.value), (self, np.copysign(1.0, self.value)))

    def __add__(self, other: Any) -> Self:
        return self.computed(self.value + _like(self, other), (self, 1.0), (other, 1.0))

    def __sub__(self, other: Any) -> Self:
        return self.computed(self.value - _like(self, other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other: Any) -> Self:
        return self.computed(_like(self, other) - self.value, (self, -1.0))

    def __mul__(self, other: Any) -> Self:
        factor = _like(self, other)
        return self.computed(self.value * factor, (self, factor), (other, self.value))

    def __truediv__(self, other: Any) -> Self:
        divisor = _like(self, other)
        y = self.value / divisor
        return self.computed(y, (self, 1.0 / divisor), (other, -y / divisor))

    def __rtruediv__(self, other: Any) -> Self:
        y = _like(self, other) / self.value
        return self.computed(y, (self, -y / self.value))

    __radd__ = __add__
    __rmul__ = __mul__


def detached(x: Any) -> Any:
    """The value of a number as one that is not differentiated."""
    return Number(x.value) if isinstance(x, Differentiated) else x


def _like(x: Differentiated, other: Any) -> Any:
    value = raw(other)
    return float(value) if isinstance(value, np.floating) else value
