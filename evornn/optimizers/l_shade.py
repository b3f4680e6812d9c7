"""L-SHADE: differential evolution by success history, with a population that shrinks.

R. Tanabe, A. Fukunaga (2014), Improving the search performance of SHADE using linear population
size reduction. Proc. IEEE CEC, 1658-1665. A memory holds H pairs of locations m_F, m_CR, all 0.5
at first, of which each row takes one at random. After every generation with successes the next of
them, in turn, is set to the means of their F and CR, weighted by what each has gained:

    m <- sum w S^2 / sum w S        w = gain / sum of gains

Once all CR of a generation's successes were 0, its m_CR stays at the terminal value, at which CR
is 0 (NaN here). How trials are made: `evornn.optimizers.current_to_pbest`. After e of `evaluations`
the best

    N = round(N_first + (N_last - N_first) e / evaluations)        N_last = 4

individuals are left, and the archive shrinks with them. Without `evaluations` the population keeps
its size: SHADE (R. Tanabe, A. Fukunaga 2013, Proc. IEEE CEC, 71-78) with the constants of 2014.

A gain over a parent whose loss was not finite counts as much as the largest that is finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.current_to_pbest import CurrentToPBestSearch, lehmer_mean
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

#: N_last, the fewest that current-to-pbest/1 works with: Tanabe & Fukunaga 2014
FEWEST = 4


@dataclass(frozen=True)
class LSHADE(Optimizer):
    """Success-history adaptation; `evaluations`, the budget of the run, lets it shrink."""

    population_size: int = 100  # Tanabe & Fukunaga 2013; with reduction 18 times genes (2014)
    evaluations: int | None = None
    memory_size: int = 6  # H: Tanabe & Fukunaga 2014
    p: float = 0.11  # Tanabe & Fukunaga 2014
    archive_rate: float = 2.6  # Tanabe & Fukunaga 2014

    def __post_init__(self) -> None:
        check_size("l_shade.population_size", self.population_size, least=FEWEST)
        if self.evaluations is not None:
            check_size("l_shade.evaluations", self.evaluations)
        check_size("l_shade.memory_size", self.memory_size)
        check_number("l_shade.p", self.p, most=1.0, above=0.0)
        check_number("l_shade.archive_rate", self.archive_rate, least=0.0)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> LSHADESearch:
        return LSHADESearch(self, genes, start, rng)


class LSHADESearch(CurrentToPBestSearch):
    carried = (*CurrentToPBestSearch.carried, "memory_F", "memory_CR", "turn", "spent")

    def __init__(self, settings: LSHADE, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(
            settings.population_size, settings.p, settings.archive_rate, genes, start, rng
        )
        self.settings = settings
        self.memory_F = np.full(settings.memory_size, 0.5)
        self.memory_CR = np.full(settings.memory_size, 0.5)
        self.turn = 0  # which of the memory is set next
        self.spent = 0  # evaluations

    def locations(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.rng.integers(len(self.memory_F), size=count)
        return self.memory_F[rows], self.memory_CR[rows]

    def adapt(self, F: np.ndarray, CR: np.ndarray, gains: np.ndarray) -> None:
        finite = np.isfinite(gains)
        largest = gains[finite].max() if finite.any() else 1.0
        weights = np.minimum(gains / largest, 1.0)
        self.memory_F[self.turn] = lehmer_mean(F, weights)
        terminal = np.isnan(self.memory_CR[self.turn]) or not CR.any()
        self.memory_CR[self.turn] = np.nan if terminal else lehmer_mean(CR, weights)
        self.turn = (self.turn + 1) % len(self.memory_F)

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        super().learn(genomes, losses, gradients)
        self.spent += len(genomes)
        if self.settings.evaluations is not None:
            self._shrink(self.spent / self.settings.evaluations)

    def _shrink(self, share: float) -> None:
        """Leave as many individuals, and archived parents, as belong to this share of the run."""
        first = self.settings.population_size
        count = max(round(first + (FEWEST - first) * share), FEWEST)
        best = np.sort(np.argsort(self.losses, kind="stable")[:count])
        self.population, self.losses = self.population[best], self.losses[best]
        if len(self.archive) > self.capacity:
            left = self.rng.permutation(len(self.archive))[: self.capacity]
            self.archive = self.archive[left]

    def diagnostics(self) -> dict[str, float]:
        return {
            **super().diagnostics(),
            "individuals": float(len(self.population)),
            "mean_F": float(self.memory_F.mean()),
            "mean_CR": float(np.nan_to_num(self.memory_CR).mean()),
        }
