"""LM-MA-ES: limited-memory matrix adaptation, correlations of many genes in a few vectors.

I. Loshchilov, T. Glasmachers, H.-G. Beyer (2019), Large scale black-box optimization by
limited-memory matrix adaptation. IEEE Trans. Evol. Comput. 23, 353-358, algorithm 1. The matrix is
never stored: m vectors m_j, each a path with a memory of its own, turn a draw z ~ N(0, I) into a
step d, for j = 1 up to m (and in generation t only to t - 1: the others are still empty):

    d <- z,    d <- (1 - c_d,j) d + c_d,j m_j (m_j^T d)          x = y + sigma d

With weights w by rank, mu_w = 1/sum w^2 and n genes:

    y     <- y + sigma <d>                                <d> = sum_k w_k d_k, <z> alike
    p     <- (1 - c_s) p + sqrt(mu_w c_s (2 - c_s)) <z>
    m_j   <- (1 - c_c,j) m_j + sqrt(mu_w c_c,j (2 - c_c,j)) <z>
    sigma <- sigma exp(c_s/2 (||p||^2 / n - 1))

    c_d,j = 1/(1.5^(j-1) n)      c_c,j = l/(4^(j-1) n)      c_s = 2 l/n

Time and memory are those of m vectors. The loop over j is a product of matrices I + b m_j m_j^T,
applied to the whole population at once (`transformed`). The weights are those of CMA-ES
(`shaping.cma_weights`). No rotation of the space changes the search.

The paper has n >= 128 and l far below n in mind. Here c_s and c_c are cut at 1/2, from l = n/4 on,
as beyond 1 they mean nothing; and c_d at 1/10, for fewer than 10 genes, where a path that is a
quarter of the matrix feeds itself: at the border of a region without finite losses the search of 4
genes ran away.

The start enters as a distribution: y = 0, sigma = the standard deviation of the start. A loss that
is not finite ranks last, and a generation without a finite loss teaches nothing.
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

#: the largest c_s and c_c, and the largest c_d
PATH_LIMIT, MATRIX_LIMIT = 0.5, 0.1


@dataclass(frozen=True)
class LMMAES(Optimizer):
    """Limited-memory matrix adaptation evolution strategy."""

    population_size: int | None = None  # l; None: 4 + floor(3 log genes), Loshchilov et al. 2019
    vectors: int | None = None  # m; None: 4 + floor(3 log genes), Loshchilov et al. 2019

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name, least in (("population_size", 3), ("vectors", 1)):
            if getattr(self, name) is not None:
                check_size(f"lm_ma_es.{name}", getattr(self, name), least=least)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> LMMAESSearch:
        return LMMAESSearch(self, genes, start, rng)


class LMMAESSearch(GaussianSearch):
    carried = (*GaussianSearch.carried, "sigma", "p", "M", "t")

    def __init__(self, settings: LMMAES, genes: int, start: Start, rng: np.random.Generator):
        population = settings.population_size or default_population(genes)
        super().__init__(population, genes, start, rng)
        self.weights = cma_weights(population)
        self.mu_w = 1.0 / (self.weights**2).sum()
        j = np.arange(settings.vectors or default_population(genes))
        self.c_d = np.minimum(MATRIX_LIMIT, 1.0 / (1.5**j * genes))
        self.c_c = np.minimum(PATH_LIMIT, population / (4.0**j * genes))[:, None]
        self.c_s = min(PATH_LIMIT, 2 * population / genes)
        self.sigma: float = start.standard_deviation
        self.p = np.zeros(genes)
        self.M = np.zeros((len(j), genes))
        self.t = 0

    @property
    def spread(self) -> np.ndarray:
        return np.asarray(self.sigma)

    def _steps(self, draws: np.ndarray) -> np.ndarray:
        """d of z, by the vectors that are not empty."""
        return transformed(draws, self.M[: self.t], self.c_d[: self.t])

    def placed(self) -> np.ndarray:
        genomes = self._steps(self.draws)
        genomes *= self.sigma
        genomes += self.mean
        return genomes

    def move(self, losses: np.ndarray) -> None:
        z = self.weighed(by_rank(self.weights, losses))
        self.mean = self.mean + self.sigma * self._steps(z[None])[0]
        self.p = path(self.p, self.c_s, self.mu_w, z)
        self.M = path(self.M, self.c_c, self.mu_w, z)
        change = self.c_s / 2 * (self.p @ self.p / self.genes - 1)
        self.sigma *= float(np.exp(change))
        self.t += 1


def transformed(z: np.ndarray, M: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Steps d (rows, genes) of draws z (rows, genes) by the vectors (m, genes) with rates (m,).

    With b_j = c_j/(1 - c_j), d after the whole loop is prod_j (1 - c_j) times z + sum_j t_j m_j,
    where t_j = b_j m_j^T (z + sum_{i<j} t_i m_i): a triangular system that knows the genes only by
    products of matrices.
    """
    b = (c / (1 - c))[:, None]
    t = np.linalg.solve(np.eye(len(M)) - b * np.tril(M @ M.T, -1), b * (M @ z.T))
    d = t.T @ M
    d += z
    d *= np.prod(1 - c)
    return d
