"""CMA-ES that begins again where it stops: with larger runs (IPOP), or larger and smaller (BIPOP).

A. Auger, N. Hansen (2005), A restart CMA evolution strategy with increasing population size. Proc.
IEEE CEC 2, 1769-1776 (IPOP): every run has `factor` times the population of the one before.

N. Hansen (2009), Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed. GECCO
companion, 2389-2396 (BIPOP): a run is of the kind that has had fewer evaluations so far. Large runs
double their population as above; small ones have, with u1, u2 ~ U(0, 1) and the sizes of the first
and of the last large run,

    population  floor(first (last / (2 first))^(u1²))
    sigma       sigma0 10^(−2 u2)

and at most half the evaluations of the last large run. The first run is of neither kind.

The first run begins as `cma_es` does, the others around a fresh draw of the starting distribution.
A run ends where `cma` has a reason to stop (``tolfun``, ``tolx``, …); the search itself stops when
its restarts are used up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.cma_es import CMAES, CMAESSearch, begin
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class IPOPCMAES(CMAES):
    """CMA-ES with restarts of increasing population size; `restarts` counts those large runs."""

    factor: float = 2.0  # Auger & Hansen 2005
    restarts: int = 9  # Hansen 2009

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("factor", self.factor, least=1.0)
        check_size("restarts", self.restarts, least=0)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> IPOPSearch:
        return IPOPSearch(self, genes, start, rng)


@dataclass(frozen=True)
class BIPOPCMAES(IPOPCMAES):
    """CMA-ES with restarts of two kinds: large and rare, small and many."""

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> BIPOPSearch:
        return BIPOPSearch(self, genes, start, rng)


class IPOPSearch(CMAESSearch):
    #: populations of this run and of the last large one, evaluations of this run, large runs begun
    carried: ClassVar[tuple[str, ...]] = (
        "size",
        "large_size",
        "spent",
        "large_runs",
        *CMAESSearch.carried,
    )
    settings: IPOPCMAES

    def __init__(self, settings: IPOPCMAES, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(settings, genes, start, rng)
        self.first_size = self.size = self.large_size = int(self.strategy.popsize)
        self.spent = 0
        self.large_runs = 1

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        super().learn(genomes, losses, gradients)
        self.spent += len(genomes)
        if self.ended() and not self.used_up:
            self.begin_again()

    def ended(self) -> bool:
        """Whether this run is over."""
        return self.reasons is not None

    @property
    def used_up(self) -> bool:
        """Whether no large run may follow this one."""
        return self.large_runs > self.settings.restarts

    def begin_again(self) -> None:
        """The next run."""
        self.begin_large()

    def begin_large(self) -> None:
        self.large_runs += 1
        self.large_size = int(self.first_size * self.settings.factor ** (self.large_runs - 1))
        self.begin_run(self.large_size, self.start.standard_deviation)

    def begin_run(self, size: int, sigma: float) -> None:
        mean = self.start.sample(self.rng, 1, self.genes)[0]
        self.size, self.spent, self.reasons = size, 0, None
        self.strategy = self.strategy_of(size, mean, sigma)

    def strategy_of(self, size: int, mean: np.ndarray, sigma: float) -> Any:
        return begin(replace(self.settings, population_size=size), mean, sigma, self.rng)

    def stop(self) -> str | None:
        return f"restarts used up, {self.reasons}" if self.reasons and self.used_up else None

    def load_state(self, state: dict[str, Any]) -> None:
        if "size" in state:
            # One of that size, to be filled with what was kept.
            self.strategy = self.strategy_of(state["size"], np.zeros(self.genes), 1.0)
        super().load_state(state)

    def diagnostics(self) -> dict[str, float]:
        return {**super().diagnostics(), "population_size": float(self.size)}


class BIPOPSearch(IPOPSearch):
    #: whether this run is a small one, evaluations of all past runs of each kind, and of the last
    #: large run
    carried: ClassVar[tuple[str, ...]] = (
        *IPOPSearch.carried,
        "small",
        "small_spent",
        "large_spent",
        "last_large_spent",
    )

    def __init__(self, settings: BIPOPCMAES, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(settings, genes, start, rng)
        self.small = False
        self.small_spent = self.large_spent = self.last_large_spent = 0

    def ended(self) -> bool:
        return super().ended() or (self.small and self.spent >= self.last_large_spent / 2)

    def begin_again(self) -> None:
        self._count()
        self.small = self.small_spent < self.large_spent
        if self.small:
            self.begin_small()
        else:
            self.begin_large()

    def _count(self) -> None:
        if self.small:
            self.small_spent += self.spent
        else:
            self.last_large_spent = self.spent
            if self.large_runs > 1:  # the first run, of the default size, is of neither kind
                self.large_spent += self.spent

    def begin_small(self) -> None:
        u1, u2 = self.rng.random(2)
        size = int(self.first_size * (self.large_size / (2 * self.first_size)) ** u1**2)
        self.begin_run(size, self.start.standard_deviation * 10.0 ** (-2.0 * u2))
