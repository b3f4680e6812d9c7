"""Trials: what a controller is judged on, one by one; their losses are averaged, or the worst of
them counts."""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.task import Solved, Task


class Trials(Task):
    """Base of trials of simulated bodies, and of foreign environments.

    Attributes
    ----------
    lengths : int64 (trial,)
        Most control steps of each.
    over
        "mean" or "worst".
    """

    kind: ClassVar[str] = "episode"
    loss_function = "episode"

    lengths: np.ndarray
    over: str

    @property
    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array that the data are made of, by its name; each has a row for each trial."""

    @property
    def judged(self) -> np.ndarray:
        """Every trial is judged, (trial, 1)."""
        return np.ones((len(self.lengths), 1))

    @property
    def train(self) -> Self:  # type: ignore[override]  # trials have no targets to judge by
        return self

    @property
    def solved(self) -> Solved | None:
        return None

    def select(self, indices: Any) -> Self:
        """The trials with these `indices` (trial,), in their order."""
        rows, count = np.asarray(indices), len(self.lengths)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not rows.size:
            raise ConfigurationError(f"indices must be one or more integers, got {indices!r:.80}")
        if rows.min() < 0 or rows.max() >= count:
            raise ConfigurationError(
                f"indices must be from 0 to {count - 1}, got {rows.min()} to {rows.max()}"
            )
        chosen = copy(self)
        for name, array in self.arrays.items():
            part = array[rows]
            part.flags.writeable = False
            setattr(chosen, name, part)
        return chosen

    def total(self, losses: np.ndarray) -> np.ndarray:
        """What counts, (population,), of the losses (population, trial)."""
        if self.over == "worst":
            return losses.max(axis=1)
        total = np.zeros(len(losses))
        for column in losses.T:  # in their order, whatever the population's size
            total += column
        return total / losses.shape[1]
