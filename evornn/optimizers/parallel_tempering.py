"""Parallel tempering: chains at fixed temperatures that trade places.

R. Swendsen, J.-S. Wang (1986), Replica Monte Carlo simulation of spin glasses. Phys. Rev. Lett. 57,
2607-2609; C. Geyer (1991); D. Earl, M. Deem (2005), Phys. Chem. Chem. Phys. 7, 3910-3916. Chain k
makes Metropolis moves at temperature T_k of a geometric ladder, hottest last; after each move
neighbours (even pairs and odd pairs in turn) exchange their places with probability

    min(1, exp((1/T_k - 1/T_{k+1}) (f_k - f_{k+1}))).

The hot chains roam and the cold ones refine; a good genome sinks down the ladder. The ladder spans
many decades below a low quantile of the spread of the first losses, which makes the method robust
to heavy tails and to a wrong scale. Step sizes belong to the rungs and follow a wanted acceptance.

The chains start at the common starting points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.metropolis import MetropolisSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class ParallelTempering(Optimizer):
    """Metropolis chains on a ladder of temperatures, one chain to a rung."""

    population_size: int = 32  # rungs; a genome takes long to sink down a longer ladder
    hottest_quantile: float = 0.25  # of first loss - best first loss; low for their heavy tails
    coldest_ratio: float = 1e-6  # T_cold / T_hot; the ladder spans as many decades as losses fall
    acceptance: float = 0.3  # between 0.234 (many genes) and 0.44 (one): Roberts et al. 1997

    def __post_init__(self) -> None:
        check_size("parallel_tempering.population_size", self.population_size, least=2)
        for name in ("hottest_quantile", "coldest_ratio", "acceptance"):
            check_number(f"parallel_tempering.{name}", getattr(self, name), most=0.999, above=0.0)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> ParallelTemperingSearch:
        return ParallelTemperingSearch(self, genes, start, rng)


class ParallelTemperingSearch(MetropolisSearch):
    carried = (*MetropolisSearch.carried, "temperatures", "swaps")

    def __init__(
        self, settings: ParallelTempering, genes: int, start: Start, rng: np.random.Generator
    ):
        super().__init__(settings.population_size, settings.acceptance, genes, start, rng)
        self.settings = settings
        self.temperatures = np.zeros(settings.population_size)  # until they are calibrated
        self.swaps = 0

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        self.move(genomes, losses, self.temperatures)
        if not self.temperatures.any():
            self._calibrate()
        if self.temperatures.any():
            self._swap()

    def _calibrate(self) -> None:
        """Set the ladder as soon as two different finite losses are known."""
        finite = np.unique(self.losses[np.isfinite(self.losses)])
        if len(finite) > 1:
            spread = finite[1:] - finite[0]
            hottest = np.quantile(spread, self.settings.hottest_quantile)
            rungs = np.linspace(1.0, 0.0, len(self.losses))
            self.temperatures = hottest * self.settings.coldest_ratio**rungs

    def _swap(self) -> None:
        """Exchange neighbours on the ladder: cold is chain k, hot is chain k + 1."""
        cold = np.arange(self.generation % 2, len(self.losses) - 1, 2)
        hot = cold + 1
        drop = np.full(len(cold), -np.inf)  # how much lower the hot chain's loss is
        known = np.isfinite(self.losses[hot])
        np.subtract(self.losses[cold], self.losses[hot], out=drop, where=known)
        gap = 1.0 / self.temperatures[cold] - 1.0 / self.temperatures[hot]
        swapped = gap * drop >= -self.rng.standard_exponential(len(cold))
        cold, hot = cold[swapped], hot[swapped]
        self.losses[cold], self.losses[hot] = self.losses[hot], self.losses[cold]
        self.positions[cold], self.positions[hot] = self.positions[hot], self.positions[cold]
        self.swaps = len(cold)

    def diagnostics(self) -> dict[str, float]:
        return {
            **super().diagnostics(),
            "coldest_temperature": float(self.temperatures[0]),
            "hottest_temperature": float(self.temperatures[-1]),
            "swaps": float(self.swaps),
        }
