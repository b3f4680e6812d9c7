"""What JADE and its successors share: current-to-pbest/1 with an archive, F and CR for each row.

J. Zhang, A. C. Sanderson (2009), JADE: adaptive differential evolution with optional external
archive. IEEE Transactions on Evolutionary Computation 13, 945-958. The mutant of individual x_i is

    v_i = x_i + F_i (x_pbest - x_i) + F_i (x_r1 - y_r2)

with x_pbest from the best 100p % of the population, x_r1 from the population, and y_r2 from the
population and the archive of the parents that lost their places lately. Round locations that are
learnt from the trials that were better than their parents,

    CR_i ~ N(m_CR, 0.1), cut to [0, 1]
    F_i ~ Cauchy(m_F, 0.1), cut at 1 and drawn again where it is not above 0.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from evornn.optimizers.start import Start
from evornn.optimizers.trial_search import TrialSearch

#: of the distributions of F and CR: Zhang & Sanderson 2009
SPREAD = 0.1


class CurrentToPBestSearch(TrialSearch):
    """A search whose trials lean towards one of the best, share `p` of the population."""

    carried: ClassVar[tuple[str, ...]] = (*TrialSearch.carried, "archive")

    def __init__(
        self,
        population_size: int,
        p: float,
        archive_rate: float,
        genes: int,
        start: Start,
        rng: np.random.Generator,
    ):
        super().__init__(population_size, genes, start, rng)
        self.p = p
        self.archive_rate = archive_rate
        self.archive = np.empty((0, genes))
        self.F = self.CR = np.empty(0)  # of the trials that were asked last

    @abstractmethod
    def locations(self, count: int) -> tuple[float | np.ndarray, float | np.ndarray]:
        """m_F and m_CR, for all or for each of `count` rows; NaN for a CR of 0."""

    @abstractmethod
    def adapt(self, F: np.ndarray, CR: np.ndarray, gains: np.ndarray) -> None:
        """Learn from the trials (successes,) that were better by `gains`; there is one at least.

        A gain over a parent whose loss was not finite is inf.
        """

    @property
    def capacity(self) -> int:
        """How many parents the archive holds."""
        return round(self.archive_rate * len(self.population))

    def trials(self) -> np.ndarray:
        x, count = self.population, len(self.population)
        m_F, m_CR = self.locations(count)
        self.F = positive_cauchy(self.rng, np.broadcast_to(m_F, count))
        self.CR = np.clip(m_CR + SPREAD * self.rng.standard_normal(count), 0.0, 1.0)
        self.CR[np.isnan(self.CR)] = 0.0
        best = np.argsort(self.losses, kind="stable")[: max(2, round(self.p * count))]
        pbest = self.rng.choice(best, count)
        r1, r2 = self.others(count, count + len(self.archive))
        mutants = x[pbest]
        mutants -= x
        mutants += x[r1]
        mutants -= self._with_archive(r2)
        mutants *= self.F[:, None]
        mutants += x
        return self.crossed(mutants, self.CR)

    def _with_archive(self, rows: np.ndarray) -> np.ndarray:
        """Rows of the population and, counted on from its last, of the archive."""
        count = len(self.population)
        chosen = self.population[np.where(rows < count, rows, 0)]
        archived = rows >= count
        chosen[archived] = self.archive[rows[archived] - count]
        return chosen

    def select(self, trials: np.ndarray, losses: np.ndarray) -> None:
        better = losses < self.losses
        if better.any():
            self._remember(self.population[better & np.isfinite(self.losses)])
            with np.errstate(over="ignore"):
                gains = self.losses[better] - losses[better]
            self.adapt(self.F[better], self.CR[better], gains)
        super().select(trials, losses)

    def _remember(self, parents: np.ndarray) -> None:
        """Archive parents; those for whom there is no room take places at random."""
        free = self.capacity - len(self.archive)
        self.archive = np.concatenate((self.archive, parents[:free]))
        parents = parents[free:]
        places = self.rng.permutation(len(self.archive))[: len(parents)]
        self.archive[places] = parents[: len(places)]


def positive_cauchy(rng: np.random.Generator, location: np.ndarray) -> np.ndarray:
    """Draws round `location`, each again until it is positive, and cut at 1."""
    F = location + SPREAD * rng.standard_cauchy(len(location))
    while (refused := F <= 0.0).any():
        F[refused] = location[refused] + SPREAD * rng.standard_cauchy(int(refused.sum()))
    return np.minimum(F, 1.0)


def lehmer_mean(values: np.ndarray, weights: np.ndarray) -> float:
    """sum w v^2 / sum w v, which leans towards the large; 0 where all are 0."""
    total = (weights * values).sum()
    return float((weights * values**2).sum() / total) if total > 0.0 else 0.0
