"""SNES: separable natural evolution strategy, one mean and one standard deviation per gene.

T. Schaul, T. Glasmachers, J. Schmidhuber (2011), High dimensions and heavy tails for natural
evolution strategies. GECCO, 845-852; D. Wierstra et al. (2014), Natural evolution strategies. JMLR
15, 949-980, algorithm 6. With draws s_k ~ N(0, I), genomes x_k = m + sigma s_k and utilities u_k by
rank (`shaping.nes_utilities`), all products gene by gene:

    m <- m + eta_m sigma sum_k u_k s_k
    sigma <- sigma exp(eta_s/2 sum_k u_k (s_k^2 - 1))

Linear in the genes, in time and memory. The start enters as a distribution: m = 0, sigma = the
standard deviation of the start. Genomes of equal loss share their utilities, so that a plain
teaches nothing; so does a generation without a finite loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.gaussian import GaussianSearch, default_population
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.shaping import nes_utilities, shared_by_rank
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class SNES(Optimizer):
    """Separable natural evolution strategy."""

    population_size: int | None = None  # None: 4 + floor(3 log genes), Wierstra et al. 2014
    mean_rate: float = 1.0  # eta_m: Wierstra et al. 2014
    sigma_rate: float | None = None  # eta_s; None: (3 + log n)/(5 sqrt n), Wierstra et al. 2014

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.population_size is not None:
            check_size("snes.population_size", self.population_size, least=2)
        check_number("snes.mean_rate", self.mean_rate, above=0.0)
        if self.sigma_rate is not None:
            check_number("snes.sigma_rate", self.sigma_rate, least=0.0)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> SNESSearch:
        return SNESSearch(self, genes, start, rng)


class SNESSearch(GaussianSearch):
    carried = (*GaussianSearch.carried, "sigma")

    def __init__(self, settings: SNES, genes: int, start: Start, rng: np.random.Generator):
        population = settings.population_size or default_population(genes)
        super().__init__(population, genes, start, rng)
        self.utilities = nes_utilities(population)
        self.mean_rate = settings.mean_rate
        rate = settings.sigma_rate
        self.sigma_rate = (3 + np.log(genes)) / (5 * np.sqrt(genes)) if rate is None else rate
        self.sigma = np.full(genes, start.standard_deviation)

    @property
    def spread(self) -> np.ndarray:
        return self.sigma

    def move(self, losses: np.ndarray) -> None:
        u = shared_by_rank(self.utilities, losses)
        self.mean = self.mean + self.mean_rate * self.sigma * self.weighed(u)
        # The utilities sum to 0, so the -1 of s^2 - 1 falls out.
        self.sigma = self.sigma * np.exp(0.5 * self.sigma_rate * self.weighed_squares(u))
