"""Cross-entropy method: a diagonal Gaussian refitted to the best genomes of each generation.

P.-T. de Boer, D. Kroese, S. Mannor, R. Rubinstein (2005), A tutorial on the cross-entropy method.
Annals of Operations Research 134, 19-67, with smoothed updates; I. Szita, A. Lőrincz (2006),
Learning Tetris using the noisy cross-entropy method. Neural Computation 18, 2936-2941. With the
elite E, the best share of a generation, all products gene by gene:

    m       <- (1 - a) m + a mean_E x
    sigma^2 <- (1 - a) sigma^2 + a mean_E (x - mean_E x)^2 + Z_t
    Z_t      = s^2 Z max(0, 1 - t/T)

The extra variance Z_t, which falls to nothing in T generations, keeps the Gaussian from collapsing
before it has arrived; s is the standard deviation of the start, which enters as a distribution:
m = 0, sigma = s. A loss that is not finite is never in the elite; where there are fewer finite ones
than the elite should have, a is smaller in proportion, so a generation without any teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.gaussian import GaussianSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class CrossEntropy(Optimizer):
    """Noisy cross-entropy method; `noise` in variances of the start."""

    population_size: int = 100  # Szita & Lőrincz 2006
    elite_share: float = 0.1  # Szita & Lőrincz 2006
    smoothing: float = 1.0  # a; Szita & Lőrincz 2006; de Boer et al. 2005: 0.4 to 0.9
    noise: float = 0.05  # Z; Szita & Lőrincz 2006 begin with 5 beside a variance of 100
    noise_generations: int = 50  # T: Szita & Lőrincz 2006

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_size("cross_entropy.population_size", self.population_size, least=2)
        check_number("cross_entropy.elite_share", self.elite_share, most=1.0, above=0.0)
        check_number("cross_entropy.smoothing", self.smoothing, most=1.0, above=0.0)
        check_number("cross_entropy.noise", self.noise, least=0.0)
        check_size("cross_entropy.noise_generations", self.noise_generations)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> CrossEntropySearch:
        return CrossEntropySearch(self, genes, start, rng)


class CrossEntropySearch(GaussianSearch):
    carried = (*GaussianSearch.carried, "sigma", "t")

    def __init__(self, settings: CrossEntropy, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(settings.population_size, genes, start, rng)
        self.settings = settings
        # Of one genome alone there is no variance.
        self.elite = max(2, round(settings.elite_share * settings.population_size))
        self.sigma = np.full(genes, start.standard_deviation)
        self.t = 0

    @property
    def spread(self) -> np.ndarray:
        return self.sigma

    def move(self, losses: np.ndarray) -> None:
        best = np.argsort(losses, kind="stable")[: self.elite]
        z = self.draws[best[np.isfinite(losses[best])]]
        a = self.settings.smoothing * len(z) / self.elite
        self.mean = self.mean + a * self.sigma * z.mean(axis=0)
        variance = self.sigma**2 * (1 - a + a * z.var(axis=0))
        self.sigma = np.sqrt(variance + self._noise())
        self.t += 1

    def _noise(self) -> float:
        """Z_t, in squared genes."""
        left = max(0.0, 1 - self.t / self.settings.noise_generations)
        return self.start.standard_deviation**2 * self.settings.noise * left
