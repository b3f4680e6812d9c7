"""No optimizer is drawn to the middle of its start: it gets as near to a least point elsewhere.

Many published metaheuristics are: J. Kudela (2022), A critical problem in benchmarking and analysis
of evolutionary computation methods. Nature Machine Intelligence 4, 1238-1245.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.optimizers import GenerationalSearch, Optimizer, Start

GENES, SEEDS, BUDGET, ENOUGH = 3, 5, 3500, 1e-12
#: of the start, uniform; least points lie well inside it
REACH, INNER = 1.0, 0.5


def nearest(optimizer, least, seed):
    """The lowest loss, on a sphere round `least`, within BUDGET; not told below ENOUGH."""
    start = Start("uniform", REACH, seed=seed)
    search, spent, best = optimizer.search(GENES, start, np.random.default_rng(seed)), 0, np.inf
    while spent < BUDGET and best > ENOUGH:
        genomes = search.ask()
        losses = ((genomes - least) ** 2).sum(axis=1)
        best, spent = min(best, losses.min()), spent + len(genomes)
        search.tell(genomes, losses)
    return max(best, ENOUGH)


def times_further(optimizer):
    """How many times the loss at 0 remains elsewhere, medians over the seeds."""
    anywhere = np.random.default_rng(7).uniform(-INNER, INNER, (SEEDS, GENES))
    centre = [nearest(optimizer, 0.0, seed) for seed in range(SEEDS)]
    elsewhere = [nearest(optimizer, least, seed) for seed, least in enumerate(anywhere)]
    return np.median(elsewhere) / np.median(centre)


@dataclass(frozen=True)
class GreyWolf(Optimizer):
    """S. Mirjalili et al. (2014), drawn to 0: leaders are scaled, not differences from them."""

    def search(self, genes, start, rng):
        return Wolves(genes, start, rng)


class Wolves(GenerationalSearch):
    def __init__(self, genes, start, rng):
        super().__init__(genes, start, rng)
        self.pack, self.leaders, self.a = start.genomes(30, genes), None, 2.0

    def propose(self):
        if self.leaders is None:
            return self.pack
        self.a = max(0.0, self.a - 2.0 * len(self.pack) / BUDGET)
        r1, r2 = self.rng.random((2, 3, *self.pack.shape))
        away = np.abs(2.0 * r2 * self.leaders - self.pack)
        return (self.leaders - self.a * (2.0 * r1 - 1.0) * away).mean(axis=0)

    def learn(self, genomes, losses, gradients):
        self.pack, self.leaders = genomes, genomes[np.argsort(losses)[:3], None]


def test_gets_as_near_to_a_least_point_elsewhere(gradient_free_optimizer):
    # A search whose mean begins at 0 has a way to go elsewhere.
    assert times_further(gradient_free_optimizer) < 30.0


def test_a_search_that_is_drawn_to_the_middle_is_found_out():
    assert times_further(GreyWolf()) > 1000.0
