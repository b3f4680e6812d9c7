"""xNES: exponential natural evolution strategy, a full covariance moved by matrix exponentials.

T. Glasmachers, T. Schaul, Y. Sun, D. Wierstra, J. Schmidhuber (2010), Exponential natural
evolution strategies. GECCO, 393-400; D. Wierstra et al. (2014), Natural evolution strategies. JMLR
15, 949-980, algorithm 5. With draws s_k ~ N(0, I), genomes x_k = m + sigma B s_k and utilities u_k
by rank (`shaping.nes_utilities`):

    G_d = sum_k u_k s_k                    m <- m + eta_m sigma B G_d
    G_M = sum_k u_k (s_k s_k^T - I)        G_s = tr(G_M)/n         G_B = G_M - G_s I
    sigma <- sigma exp(eta_s/2 G_s)        B <- B exp(eta_B/2 G_B)

B keeps the determinant 1, sigma alone holds the size. No rotation of the space changes the search.
A generation takes memory quadratic and time cubic in the genes: for some hundred of them. The start
enters as a distribution: m = 0, B = I, sigma = the standard deviation of the start. Genomes of
equal loss share their utilities, so that a plain teaches nothing; so does a generation without a
finite loss.
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
class XNES(Optimizer):
    """Exponential natural evolution strategy."""

    population_size: int | None = None  # None: 4 + floor(3 log genes), Wierstra et al. 2014
    mean_rate: float = 1.0  # eta_m: Wierstra et al. 2014
    #: eta_s and eta_B; None: (9 + 3 log n)/(5 n sqrt n), Wierstra et al. 2014
    sigma_rate: float | None = None
    shape_rate: float | None = None

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.population_size is not None:
            check_size("xnes.population_size", self.population_size, least=2)
        check_number("xnes.mean_rate", self.mean_rate, above=0.0)
        for name in ("sigma_rate", "shape_rate"):
            if getattr(self, name) is not None:
                check_number(f"xnes.{name}", getattr(self, name), least=0.0)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> XNESSearch:
        return XNESSearch(self, genes, start, rng)


class XNESSearch(GaussianSearch):
    carried = (*GaussianSearch.carried, "sigma", "B")

    def __init__(self, settings: XNES, genes: int, start: Start, rng: np.random.Generator):
        population = settings.population_size or default_population(genes)
        super().__init__(population, genes, start, rng)
        self.utilities = nes_utilities(population)
        usual = (9 + 3 * np.log(genes)) / (5 * genes * np.sqrt(genes))
        self.mean_rate = settings.mean_rate
        self.sigma_rate = usual if settings.sigma_rate is None else settings.sigma_rate
        self.shape_rate = usual if settings.shape_rate is None else settings.shape_rate
        self.sigma = start.standard_deviation
        self.B = np.eye(genes)

    @property
    def spread(self) -> np.ndarray:
        return self.sigma * np.linalg.norm(self.B, axis=1)

    def placed(self) -> np.ndarray:
        genomes = self.draws @ (self.sigma * self.B.T)
        genomes += self.mean
        return genomes

    def move(self, losses: np.ndarray) -> None:
        u, s = shared_by_rank(self.utilities, losses), self.draws
        G_d, G_M = u @ s, (u * s.T) @ s  # the utilities sum to 0, so the -I falls out
        G_s = np.trace(G_M) / self.genes
        G_B = G_M - G_s * np.eye(self.genes)
        self.mean = self.mean + self.mean_rate * self.sigma * (self.B @ G_d)
        self.sigma = self.sigma * np.exp(0.5 * self.sigma_rate * G_s)
        self.B = self.B @ exponential(0.5 * self.shape_rate * G_B)


def exponential(M: np.ndarray) -> np.ndarray:
    """exp(M) of a matrix that is symmetric but for rounding."""
    values, vectors = np.linalg.eigh(0.5 * (M + M.T))
    return (vectors * np.exp(values)) @ vectors.T
