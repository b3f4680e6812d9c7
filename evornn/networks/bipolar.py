"""Bipolar units: states −1 and +1, by the sign of what a unit receives, and 0 for "unknown"."""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.numerics import where


def sign(a: Any, kept: Any) -> Any:
    """The sign of `a` for a step: `kept` where `a` is zero; NaN stays NaN."""
    return where(a > 0.0, 1.0, where(a < 0.0, -1.0, kept + a))


def signs(a: np.ndarray, kept: Any) -> np.ndarray:
    """`sign` in NumPy, for references."""
    return np.where(a == 0.0, kept, np.sign(a))


def take_cue(x: Any, s: Any) -> None:
    """Begin the units `s` with the signs of the inputs `x`, those without an input with 0."""
    for i in range(s.shape[0]):
        s[i] = 0.0
    for i in range(x.shape[0]):
        s[i] = sign(x[i], 0.0)


def cued(x: np.ndarray, units: int) -> np.ndarray:
    """What `take_cue` makes of the inputs `x`, in NumPy: (units,)."""
    return np.concatenate([np.sign(x), np.zeros(units - len(x))])


def bipolar_patterns(what: str, patterns: Any, units: int) -> np.ndarray:
    """`patterns` as float64 (pattern, units) of −1 and +1, or ConfigurationError."""
    array = np.asarray(patterns)
    if array.ndim != 2 or array.shape[1] != units or not len(array):
        raise ConfigurationError(
            f"{what} have the shape (pattern, {units}), a column per unit; got {array.shape}"
        )
    if array.dtype.kind not in "fiu" or not np.isin(array, (-1, 1)).all():
        raise ConfigurationError(
            f"{what} hold −1 and +1 only, got {np.unique(array)[:4].tolist()}; "
            "2 * bits - 1 makes them of bits"
        )
    return array.astype(np.float64)
