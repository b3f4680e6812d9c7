"""Forward mode in plain Python: numbers beside their derivatives with respect to all weights.

The slow, obvious twin of `dual` and `seeds`: a tangent holds every direction at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.numerics.derivatives import Differentiated
from evornn.numerics.plain import objects


class PlainDual(Differentiated):
    """A `Number` and its `tangent` (direction, lanes)."""

    __slots__ = ("tangent",)

    def __init__(self, value: np.ndarray, tangent: np.ndarray) -> None:
        super().__init__(value)
        self.tangent = tangent

    @classmethod
    def computed(cls, value: np.ndarray, *operands: tuple[Any, Any]) -> PlainDual:
        tangents = [
            # Where nothing flows, an infinity must not make it NaN.
            np.where((x.tangent == 0.0) | (partial == 0.0), 0.0, x.tangent * partial)
            for x, partial in operands
            if isinstance(x, PlainDual)
        ]
        return cls(value, sum(tangents[1:], tangents[0]).astype(value.dtype))


def duals(values: np.ndarray, tangents: np.ndarray) -> np.ndarray:
    """A vector of duals of `values` (element, lanes), `tangents` (element, direction, lanes)."""
    pairs = zip(values, tangents, strict=True)
    return objects([PlainDual(value.copy(), tangent.copy()) for value, tangent in pairs])


def seeds(values: np.ndarray) -> np.ndarray:
    """Duals of `values` (element, lanes), each with the derivative 1 in a direction of its own."""
    count, lanes = values.shape
    unit = np.eye(count, dtype=values.dtype)
    return duals(values, np.repeat(unit[..., np.newaxis], lanes, axis=2))


def tangent_of(number: Any, directions: int) -> np.ndarray:
    """The tangent (direction, lanes) of a number, zero where it is not differentiated."""
    if isinstance(number, PlainDual):
        return number.tangent.astype(np.float64)
    return np.zeros((directions, len(number.value)))
