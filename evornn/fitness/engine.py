"""What computes for a `Fitness`: compiled kernels, or their slow twin in plain Python."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np

from evornn.tasks.sequences import Sequences


class Engine(Protocol):
    """One network on one set of sequences."""

    def on(self, sequences: Sequences) -> Self:
        """The same on other `sequences` of its kind; kernels and idle memory are shared."""

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Judged errors (population, sequence), float64, of weights (population, weights)."""

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judged errors (population, sequence), and `scale` × their sum's gradients, float64."""

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (sequence, time, output), float64, of one vector of weights (weights,)."""
