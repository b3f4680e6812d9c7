"""JADE: differential evolution that learns its F and CR while it runs.

J. Zhang, A. C. Sanderson (2009), JADE: adaptive differential evolution with optional external
archive. IEEE Transactions on Evolutionary Computation 13, 945-958. After every generation with
successes, S_F and S_CR being their factors and crossover rates,

    m_CR <- (1 - c) m_CR + c mean(S_CR)
    m_F  <- (1 - c) m_F + c sum S_F^2 / sum S_F

from m_CR = m_F = 0.5 on. How trials are made of them: `evornn.optimizers.current_to_pbest`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.current_to_pbest import CurrentToPBestSearch, lehmer_mean
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class JADE(Optimizer):
    """Adaptive differential evolution; `archive_rate` 0 is JADE without archive."""

    population_size: int = 100  # Zhang & Sanderson 2009, for 30 genes
    p: float = 0.05  # Zhang & Sanderson 2009
    c: float = 0.1  # Zhang & Sanderson 2009
    archive_rate: float = 1.0  # as many as individuals: Zhang & Sanderson 2009

    def __post_init__(self) -> None:
        check_size("jade.population_size", self.population_size, least=4)
        check_number("jade.p", self.p, most=1.0, above=0.0)
        check_number("jade.c", self.c, 0.0, 1.0)
        check_number("jade.archive_rate", self.archive_rate, least=0.0)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> JADESearch:
        return JADESearch(self, genes, start, rng)


class JADESearch(CurrentToPBestSearch):
    carried = (*CurrentToPBestSearch.carried, "m_F", "m_CR")

    def __init__(self, settings: JADE, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(
            settings.population_size, settings.p, settings.archive_rate, genes, start, rng
        )
        self.c = settings.c
        self.m_F = self.m_CR = 0.5

    def locations(self, count: int) -> tuple[float, float]:
        return self.m_F, self.m_CR

    def adapt(self, F: np.ndarray, CR: np.ndarray, gains: np.ndarray) -> None:
        self.m_CR += self.c * (float(CR.mean()) - self.m_CR)
        self.m_F += self.c * (lehmer_mean(F, np.ones(len(F))) - self.m_F)

    def diagnostics(self) -> dict[str, float]:
        return {**super().diagnostics(), "m_F": self.m_F, "m_CR": self.m_CR}
