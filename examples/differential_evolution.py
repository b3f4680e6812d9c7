"""An optimizer of one's own: differential evolution, DE/rand/1/bin (Storn & Price 1997).

    v_i = x_a + F (x_b − x_c)                     a, b, c different from i and each other
    u_ij = v_ij with probability CR (and for one j at least), else x_ij
    x_i ← u_i where its loss is no higher

F and CR are those that the paper starts with for a quick solution.
"""

from dataclasses import dataclass

import numpy as np

from evornn.optimizers import GenerationalSearch, Optimizer


@dataclass(frozen=True)
class DifferentialEvolution(Optimizer):
    population_size: int = 50
    F: float = 0.5
    CR: float = 0.9

    def search(self, genes, start, rng):
        return DifferentialEvolutionSearch(self, genes, start, rng)


class DifferentialEvolutionSearch(GenerationalSearch):
    carried = ("population", "losses")  # with the generator, the whole state

    def __init__(self, settings, genes, start, rng):
        super().__init__(genes, start, rng)
        self.settings = settings
        self.population = None
        self.losses = None

    def propose(self):
        n, genes = self.settings.population_size, self.genes
        if self.population is None:
            return self.start.genomes(n, genes)
        shifts = self.rng.permuted(np.tile(np.arange(1, n), (n, 1)), axis=1)[:, :3]
        a, b, c = (self.population[(np.arange(n) + shift) % n] for shift in shifts.T)
        crossed = self.rng.random((n, genes)) < self.settings.CR
        crossed[np.arange(n), self.rng.integers(genes, size=n)] = True
        return np.where(crossed, a + self.settings.F * (b - c), self.population)

    def learn(self, genomes, losses, gradients):
        if self.population is None:
            self.population, self.losses = genomes.copy(), losses.copy()
            return
        better = losses <= self.losses
        self.population[better], self.losses[better] = genomes[better], losses[better]
