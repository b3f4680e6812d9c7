"""sep-CMA-ES: CMA-ES with a diagonal covariance, linear in the genes.

R. Ros, N. Hansen (2008), A simple modification in CMA-ES achieving linear time and space
complexity. PPSN X, LNCS 5199, 296-305. With draws z_k ~ N(0, I), genomes x_k = m + sigma d z_k and
weights w_k by rank, all products gene by gene, C = d^2 and mu_w = 1/sum w^2:

    m     <- m + sigma d <z>                              <z> = sum_k w_k z_k
    p_s   <- (1 - c_s) p_s + sqrt(c_s (2 - c_s) mu_w) <z>
    h      = ||p_s|| / sqrt(1 - (1 - c_s)^(2t)) < (1.4 + 2/(n + 1)) E||N(0, I)||
    p_c   <- (1 - c_c) p_c + h sqrt(c_c (2 - c_c) mu_w) d <z>
    C     <- (1 - c) C + c/mu_w p_c^2 + c (1 - 1/mu_w) sum_k w_k (d z_k)^2
    sigma <- sigma exp(c_s/d_s (||p_s|| / E||N(0, I)|| - 1))

The learning rate c is (n + 2)/3 times that of the full matrix: there is so much less to learn. The
weights, h and all other rates are those of N. Hansen (2016), The CMA evolution strategy: a
tutorial, arXiv:1604.00772. `cma_es` with `diagonal` is the same method by `cma`, with more reasons
to stop; this one is vectorised over the population, for thousands of genes and genomes.

The start enters as a distribution: m = 0, d = 1, sigma = the standard deviation of the start. A
loss that is not finite ranks last, and a generation without a finite loss teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.optimizers.evolution_path import path
from evornn.optimizers.gaussian import GaussianSearch, default_population
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.shaping import by_rank, cma_weights
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class SepCMAES(Optimizer):
    """Separable CMA-ES."""

    population_size: int | None = None  # None: 4 + floor(3 log genes), Ros & Hansen 2008

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.population_size is not None:
            check_size("sep_cma_es.population_size", self.population_size, least=3)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> SepCMAESSearch:
        return SepCMAESSearch(self, genes, start, rng)


class SepCMAESSearch(GaussianSearch):
    carried = (*GaussianSearch.carried, "sigma", "C", "p_s", "p_c", "t")

    def __init__(self, settings: SepCMAES, genes: int, start: Start, rng: np.random.Generator):
        population = settings.population_size or default_population(genes)
        super().__init__(population, genes, start, rng)
        self.weights = cma_weights(population)
        self.mu_w = 1.0 / (self.weights**2).sum()
        self._set_rates(genes, self.mu_w)
        self.sigma = start.standard_deviation
        self.C = np.ones(genes)
        self.p_s, self.p_c = np.zeros(genes), np.zeros(genes)
        self.t = 0

    def _set_rates(self, n: int, mu_w: float) -> None:
        """Hansen 2016, table 1, and the rates of rank one and rank mu as Ros & Hansen join them."""
        self.c_s = (mu_w + 2) / (n + mu_w + 5)
        self.d_s = 1 + 2 * max(0.0, np.sqrt((mu_w - 1) / (n + 1)) - 1) + self.c_s
        self.c_c = (4 + mu_w / n) / (n + 4 + 2 * mu_w / n)
        rank_one = 2 / (n + np.sqrt(2)) ** 2
        rank_mu = min(1.0, (2 * mu_w - 1) / ((n + 2) ** 2 + mu_w))
        full = rank_one / mu_w + (1 - 1 / mu_w) * rank_mu
        self.c = min(1.0, (n + 2) / 3 * full)
        self.length = np.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))  # E||N(0, I)||

    @property
    def spread(self) -> np.ndarray:
        return self.sigma * np.sqrt(self.C)

    def move(self, losses: np.ndarray) -> None:
        w, d = by_rank(self.weights, losses), np.sqrt(self.C)
        centre = self.weighed(w)
        self.mean = self.mean + self.sigma * d * centre
        self.t += 1
        self.p_s = path(self.p_s, self.c_s, self.mu_w, centre)
        length = np.linalg.norm(self.p_s) / self.length
        h = length / np.sqrt(1 - (1 - self.c_s) ** (2 * self.t)) < 1.4 + 2 / (self.genes + 1)
        self.p_c = path(self.p_c, self.c_c, self.mu_w, d * centre if h else 0.0)
        rank_mu = self.C * self.weighed_squares(w)
        learnt = self.p_c**2 / self.mu_w + (1 - 1 / self.mu_w) * rank_mu
        self.C = (1 - self.c) * self.C + self.c * learnt
        self.sigma = self.sigma * np.exp(self.c_s / self.d_s * (length - 1))
