"""What every kind of differential evolution here shares: rows that defend their places.

A trial vector u_i is made for every row x_i of the population, from a mutant v_i:

    u_ij = v_ij with probability CR (and for one j at least), else x_ij
    x_i <- u_i where its loss is no higher

The first population are the common starting points. A trial whose loss is not finite never takes a
place; as long as no loss was finite there are no differences to learn from, and the population is
drawn anew from the starting distribution.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from evornn.optimizers.distinct import distinct
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.start import Start


class TrialSearch(GenerationalSearch):
    """A `population` (population, genes) with its `losses`, and a trial for each row."""

    carried: ClassVar[tuple[str, ...]] = ("population", "losses")

    def __init__(self, population_size: int, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.population_size = population_size
        self.population = np.empty((0, genes))  # until the first is told
        self.losses = np.empty(0)

    @abstractmethod
    def trials(self) -> np.ndarray:
        """The trial vectors (population, genes); the population has a finite loss."""

    @property
    def lost(self) -> bool:
        """Whether no loss was finite yet."""
        return bool(np.isinf(self.losses).all())

    def propose(self) -> np.ndarray:
        if not len(self.population):
            return self.start.genomes(self.population_size, self.genes)
        if self.lost:
            return self.start.sample(self.rng, len(self.population), self.genes)
        return self.trials()

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        if self.lost:
            self.population, self.losses = genomes, losses
        else:
            self.select(genomes, losses)

    def select(self, trials: np.ndarray, losses: np.ndarray) -> None:
        """Put the trials that are no worse in the places of their rows."""
        taken = np.isfinite(losses) & (losses <= self.losses)
        self.population[taken], self.losses[taken] = trials[taken], losses[taken]

    def others(self, *sizes: int) -> list[np.ndarray]:
        """For each row one below each of `sizes`, none of them the row itself nor one another."""
        count = len(self.population)
        return distinct(self.rng, count, sizes, [np.arange(count)])

    def crossed(self, mutants: np.ndarray, CR: float | np.ndarray) -> np.ndarray:
        """Binomial crossover with `mutants` (population, genes); CR is one number, or one a row."""
        count, genes = mutants.shape
        threshold = np.broadcast_to(np.float32(CR), (count,))[:, None]
        kept = self.rng.random((count, genes), dtype=np.float32) >= threshold
        kept[np.arange(count), self.rng.integers(genes, size=count)] = False
        return np.where(kept, self.population, mutants)

    def diagnostics(self) -> dict[str, float]:
        if not len(self.population):
            return {}
        return {"population_spread": float(self.population.std(axis=0).mean())}
