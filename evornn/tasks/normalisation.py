"""Affine normalisation of columns, fitted on training rows only and undone for plots and reports.

``standard``  z = (x − mean) / standard deviation
``range``     z = 2 (x − min) / (max − min) − 1: training values in [−1, 1], for tanh outputs
``none``      z = x

Reference: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.errors import ConfigurationError

KINDS = ("standard", "range", "none")


@dataclass(frozen=True)
class Normalisation:
    """z = (x − offset) / scale, one offset and scale per column."""

    offset: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, kind: str, rows: np.ndarray, names: tuple[str, ...] = ()) -> Normalisation:
        """The normalisation called `kind` of training `rows` (row, column).

        ConfigurationError where a column is constant, named by `names` where these are given.
        """
        if kind == "none":
            return cls(np.zeros(rows.shape[1]), np.ones(rows.shape[1]))
        low, high = rows.min(axis=0), rows.max(axis=0)
        for i in np.flatnonzero(low == high):
            column = repr(names[i]) if names else str(i)
            raise ConfigurationError(
                f"column {column} is {low[i]:g} in every training row and cannot be normalised: "
                "leave it out, or set normalisation to 'none'"
            )
        if kind == "standard":
            return cls(rows.mean(axis=0), rows.std(axis=0))
        return cls((low + high) / 2.0, (high - low) / 2.0)

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Normalised `values` (…, column)."""
        return (values - self.offset) / self.scale

    def undo(self, values: np.ndarray) -> np.ndarray:
        """Values (…, column) in their own unit again."""
        return values * self.scale + self.offset
