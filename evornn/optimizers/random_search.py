"""Random search: every genome is a fresh draw of the starting distribution.

Weight guessing, the baseline that a task must beat to be worth learning.

S. Hochreiter, J. Schmidhuber (1996), Bridging long time lags by weight guessing and "long
short-term memory". Spatiotemporal Models in Biological and Artificial Systems 37, 65-72.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class RandomSearch(Optimizer):
    """Independent draws of the start; the population is only how many are asked at once."""

    population_size: int = 100  # as the other population methods

    def __post_init__(self) -> None:
        check_size("random_search.population_size", self.population_size)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> RandomDraws:
        return RandomDraws(self, genes, start, rng)


class RandomDraws(GenerationalSearch):
    carried = ("generation",)

    def __init__(self, settings: RandomSearch, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        self.generation = 0

    def propose(self) -> np.ndarray:
        count = self.settings.population_size
        if self.generation == 0:
            return self.start.genomes(count, self.genes)
        return self.start.sample(self.rng, count, self.genes)

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        self.generation += 1
