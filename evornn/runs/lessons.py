"""Lessons: what each generation is judged on, where that is not the training data as they are.

Its best are judged on these too, whenever an epoch of lessons ends: what a run calls its best does
not depend on what it was taught by.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from evornn.runs.evaluation import Evaluation
from evornn.runs.tally import Tally


class Lessons(ABC):
    """What each generation is judged on; `whole` judges on all of the data as they are."""

    whole: Evaluation

    @abstractmethod
    def evaluation(self, tally: Tally) -> Evaluation:
        """What judges the generation after `tally`: `whole` itself where it is all of the data."""

    @abstractmethod
    def ends_epoch(self, tally: Tally) -> bool:
        """Whether the best of the generation after `tally` is judged on all data as they are."""

    def told(self, tally: Tally, losses: np.ndarray) -> np.ndarray:
        """What the search is told of the `losses` of the generation after `tally`."""
        return losses

    def note(self, tally: Tally, losses: np.ndarray) -> None:
        """Called with the `losses` of each generation, once `tally` has counted it."""
        return

    def candidates(self, genomes: np.ndarray, losses: np.ndarray) -> np.ndarray:
        """Which of a generation may be the best on all of the data, (candidate, genes).

        The one with the lowest loss in its lesson; all points of a gradient optimizer, which are
        few and each a search of its own.
        """
        if self.whole.gradient is not None:
            return genomes
        return genomes[[int(np.argmin(losses))]]

    def judging(self, population: int) -> tuple[int, int]:
        """Evaluations and network steps that judging the candidates of a generation takes."""
        candidates = 1 if self.whole.gradient is None else population
        return candidates, candidates * self.whole.fitness.steps
