"""Scaling of observations by what has been seen so far: mean 0 and variance 1 in each number.

While a generation is judged the scaling stays as it is, so that all of its genomes are judged alike
and a loss does not depend on who was judged before. What is seen meanwhile is merged into it after
the generation (`learn`), by the pairwise formula of Chan, Golub & LeVeque (1979), Updating formulae
and a pairwise algorithm for computing sample variances, Stanford CS-79-773:

    n = n_a + n_b     δ = m_b − m_a     m = m_a + δ n_b / n     M = M_a + M_b + δ² n_a n_b / n

with the mean m and the sum M of squared distances from it. A number is then
(x − m) / √(M/n + 10⁻⁸), cut off at ±10; before anything has been seen, x itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_LEAST, _MOST = 1e-8, 10.0


class Moments(NamedTuple):
    """How many observations, their mean (number,), and the sums of squared distances from it."""

    number: float
    mean: np.ndarray
    squares: np.ndarray

    @classmethod
    def none(cls, size: int) -> Moments:
        return cls(0.0, np.zeros(size), np.zeros(size))

    @classmethod
    def of(cls, rows: np.ndarray) -> Moments:
        """Those of `rows` (row, number)."""
        mean = rows.mean(axis=0)
        return cls(float(len(rows)), mean, ((rows - mean) ** 2).sum(axis=0))

    def merged(self, other: Moments) -> Moments:
        """Those of all observations of both."""
        if not other.number:
            return self
        count, delta = self.number + other.number, other.mean - self.mean
        return Moments(
            count,
            self.mean + delta * (other.number / count),
            self.squares + other.squares + delta**2 * (self.number * other.number / count),
        )


class RunningScaling:
    """The scaling in use, and what has been seen since it was made."""

    def __init__(self, size: int) -> None:
        self.used = self.seen = Moments.none(size)

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """`rows` (row, number), scaled."""
        if not self.used.number:
            return rows
        spread = np.sqrt(self.used.squares / self.used.number + _LEAST)
        return np.clip((rows - self.used.mean) / spread, -_MOST, _MOST)

    def see(self, rows: np.ndarray) -> None:
        """Take note of `rows` (row, number), for later."""
        if len(rows):
            self.seen = self.seen.merged(Moments.of(rows))

    def learn(self) -> None:
        """Merge what has been seen into what is used."""
        self.used = self.used.merged(self.seen)
        self.seen = Moments.none(len(self.used.mean))

    def state(self) -> dict[str, Any]:
        """What is used, for a checkpoint."""
        return {name: np.copy(value) for name, value in self.used._asdict().items()}

    def load(self, state: dict[str, Any]) -> None:
        """Use what `state` had."""
        self.used = Moments(float(state["number"]), state["mean"], state["squares"])
        self.seen = Moments.none(len(self.used.mean))
