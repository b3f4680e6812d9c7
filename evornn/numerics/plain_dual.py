"""Forward mode in plain Python: numbers beside their derivatives with respect to all weights.

The slow, obvious twin of `dual` and `seeds`: a tangent holds every direction at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.numerics.derivatives import Differentiated


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


def seeds(values: np.ndarray) -> np.ndarray:
    """An object array of duals over `values` (weight, lanes): the weights of as many genomes."""
    count, lanes = values.shape
    out = np.empty(count, object)
    for j in range(count):
        tangent = np.zeros((count, lanes), values.dtype)
        tangent[j] = 1.0
        out[j] = PlainDual(values[j].copy(), tangent)
    return out
