"""PGPE: parameter-exploring policy gradients, mirrored, with a standard deviation per gene.

F. Sehnke, C. Osendorfer, T. Rückstieß, A. Graves, J. Peters, J. Schmidhuber (2010), Parameter-
exploring policy gradients. Neural Networks 23, 551-559, with symmetric samples; N. Toklu, P.
Liskowski, R. Srivastava (2020), ClipUp. PPSN XVI, arXiv:2008.02387, with Adam for the mean, centred
ranks r for rewards, and a bounded change of sigma. With the pairs m ± e_k, e_k = sigma z_k, all
products gene by gene and means over the pairs:

    g_m = mean_k (r_k - r'_k)/2 e_k                     m <- m + Adam's step for -g_m
    g_s = mean_k (r_k + r'_k)/2 (e_k^2 - sigma^2)/sigma
    sigma <- sigma + a_s g_s,  at most by a fifth of sigma

The baseline of the paper is the mean of the ranks, 0. The start enters as a distribution: m = 0,
sigma = the standard deviation of the start. Losses that are not finite share the worst ranks; a
generation without a finite loss teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number
from evornn.optimizers.mirrored import MirroredSearch, check_pairs
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class PGPE(Optimizer):
    """Parameter-exploring policy gradients; `learning_rate` in standard deviations of the start."""

    population_size: int = 100  # as the other population methods
    learning_rate: float = 1 / 15  # the longest step, by radius of the start: Toklu et al. 2020
    #: a_s: between 0.1, too slow for 12,000 evaluations of a sphere, and 1, too hasty for an
    #: ellipsoid; Toklu et al. 2020 have 0.1 and far more evaluations
    sigma_rate: float = 0.5
    sigma_change: float = 0.2  # at most, as a share of sigma: Toklu et al. 2020

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_pairs("pgpe.population_size", self.population_size)
        check_number("pgpe.learning_rate", self.learning_rate, above=0.0)
        check_number("pgpe.sigma_rate", self.sigma_rate, least=0.0)
        check_number("pgpe.sigma_change", self.sigma_change, 0.0, 0.999)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> PGPESearch:
        return PGPESearch(self, genes, start, rng)


class PGPESearch(MirroredSearch):
    carried = (*MirroredSearch.carried, "sigma")
    sigma: np.ndarray

    def __init__(self, settings: PGPE, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(settings.population_size, settings.learning_rate, genes, start, rng)
        self.settings = settings
        self.sigma = np.full(genes, start.standard_deviation)

    def move(self, losses: np.ndarray) -> None:
        differences, means = self.pair_ranks(losses)
        self.climb(self.sigma * self.weighed(differences) / len(differences))
        # The ranks sum to 0, so the sigma^2 of e^2 - sigma^2 falls out; what is left is sigma z^2.
        rise = self.weighed_squares(means) / len(means)
        most = self.settings.sigma_change
        self.sigma = self.sigma * (1 + np.clip(self.settings.sigma_rate * rise, -most, most))
