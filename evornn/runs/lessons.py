"""Lessons: what each generation is judged on, where that is not the training data as they are.

Its best are judged on these too, whenever an epoch of lessons ends: what a run calls its best does
not depend on what it was taught by.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from evornn.runs.evaluation import Evaluation


class Lessons(ABC):
    """What each generation is judged on; `whole` judges on all of the data as they are."""

    whole: Evaluation

    @abstractmethod
    def evaluation(self, generation: int) -> Evaluation:
        """What judges `generation`, 1 for the first."""

    @abstractmethod
    def ends_epoch(self, generation: int) -> bool:
        """Whether the best of `generation` is judged on all of the data as they are."""

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
