"""Population annealing: a batch of chains, cooled together and resampled as it cools.

K. Hukushima, Y. Iba (2003), Population annealing and its application to a spin glass. AIP Conf.
Proc. 690, 200-206; J. Machta (2010), Phys. Rev. E 82, 026704. When the inverse temperature rises
from beta to beta + d, chain i with loss f_i is copied in proportion to its weight

    w_i = exp(-d f_i)

by systematic resampling, and every chain then makes a Metropolis move at the new temperature. d is
chosen so that the effective sample size (sum w)^2 / sum w^2 is a set share of the population (Jasra
et al. 2011, Scand. J. Stat. 38, 1-22): cooling is as fast as the batch bears, at any scale of the
losses, and beta starts at 0, so no first temperature is needed. Step sizes are copied with their
chains and follow a wanted acceptance.

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
class PopulationAnnealing(Optimizer):
    """A batch of Metropolis chains that share one falling temperature."""

    population_size: int = 100  # as the other population methods
    effective_share: float = 0.8  # best of 0.5 to 0.9 on recall and NARMA-10 together
    moves: int = 1  # Metropolis moves per temperature; small cooling steps and single moves
    acceptance: float = 0.3  # between 0.234 (many genes) and 0.44 (one): Roberts et al. 1997

    def __post_init__(self) -> None:
        check_size("population_annealing.population_size", self.population_size, least=2)
        check_size("population_annealing.moves", self.moves)
        for name in ("effective_share", "acceptance"):
            check_number(f"population_annealing.{name}", getattr(self, name), most=0.999, above=0.0)

    def search(
        self, genes: int, start: Start, rng: np.random.Generator
    ) -> PopulationAnnealingSearch:
        return PopulationAnnealingSearch(self, genes, start, rng)


class PopulationAnnealingSearch(MetropolisSearch):
    carried = (*MetropolisSearch.carried, "inverse_temperature")

    def __init__(
        self, settings: PopulationAnnealing, genes: int, start: Start, rng: np.random.Generator
    ):
        super().__init__(settings.population_size, settings.acceptance, genes, start, rng)
        self.settings = settings
        self.inverse_temperature = 0.0  # beta

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        beta = self.inverse_temperature
        self.move(genomes, losses, 1.0 / beta if beta > 0.0 else 0.0)
        if self.generation % self.settings.moves == 0 and np.isfinite(self.losses).any():
            self._resample()

    def _resample(self) -> None:
        """Raise beta as far as the effective sample size allows, and copy chains by weight."""
        excess = self.losses - self.losses.min()
        rise = inverse_temperature_rise(excess, self.settings.effective_share)
        self.inverse_temperature += rise
        rows = systematic(self.rng, boltzmann(rise, excess))
        self.positions = self.positions[rows]
        self.losses, self.steps = self.losses[rows], self.steps[rows]

    def diagnostics(self) -> dict[str, float]:
        return {**super().diagnostics(), "inverse_temperature": self.inverse_temperature}


def boltzmann(rise: float, excess: np.ndarray) -> np.ndarray:
    """Weights (population,) exp(-rise * excess); 0 where the loss is not finite."""
    weights = np.zeros(excess.shape)
    finite = np.isfinite(excess)
    weights[finite] = np.exp(-rise * excess[finite])
    return weights


def inverse_temperature_rise(excess: np.ndarray, share: float) -> float:
    """The rise d at which the effective sample size is `share` of the finite chains.

    Found by bisection of log d, over the decades round the scale of the losses; 0 where all finite
    losses are equal, as then nothing tells them apart.
    """
    finite = excess[np.isfinite(excess)]
    if not finite.max() > 0.0:
        return 0.0
    low, high = -np.log(finite.max()) - 12.0, -np.log(finite[finite > 0.0].min()) + 12.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        weights = np.exp(-np.exp(middle) * finite)
        effective = weights.sum() ** 2 / (weights**2).sum()
        low, high = (middle, high) if effective > share * len(finite) else (low, middle)
    return float(np.exp(low))


def systematic(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """Rows (population,), each about weight / mean weight times (Kitagawa 1996)."""
    count = len(weights)
    edges = np.cumsum(weights)
    points = (rng.random() + np.arange(count)) * (edges[-1] / count)
    return np.minimum(np.searchsorted(edges, points, side="right"), count - 1)
