"""What every loss is: a judgement of the outputs of all steps of all rows (sequences, or trees)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

import numpy as np


class Rows(Protocol):
    """What outputs are judged by.

    `kind`, "sequence" or "tree"; `targets` (row, step, output); `judged` (row, step), zero where
    nobody judges; `lengths` (row,).
    """

    kind: ClassVar[str]
    targets: np.ndarray
    judged: np.ndarray
    lengths: np.ndarray


class Loss(ABC):
    """A loss of outputs (row, step, output), in float64: the oracle of what is compiled."""

    #: whether it is a mean over the judged steps, of which there must be one at least
    judges_steps: ClassVar[bool] = True

    @abstractmethod
    def check(self, rows: Rows) -> None:
        """Raises ConfigurationError for rows that the loss is not made for."""

    @abstractmethod
    def divisor_of(self, rows: Rows) -> float:
        """What the sum of the errors of all rows is divided by."""

    @abstractmethod
    def of(self, outputs: np.ndarray, rows: Rows) -> float:
        """The loss of `outputs`. Sums depend on no order."""

    @abstractmethod
    def of_best_constant(self, rows: Rows) -> float:
        """The loss of the best answer that is the same at every step."""

    @abstractmethod
    def accuracy(self, outputs: np.ndarray, rows: Rows, tolerance: float) -> float:
        """The share of `outputs` that is right; `tolerance` is the |error| that numbers may have.

        NaN is never right.
        """
