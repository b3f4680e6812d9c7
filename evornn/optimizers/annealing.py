"""Simulated annealing: one chain whose temperature falls geometrically.

S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi (1983), Optimization by simulated annealing. Science
220, 671-680. From x a Gaussian proposal x' is accepted with probability
min(1, exp(-(f(x') - f(x))/T)), and T <- alpha T after each proposal.

The first temperature. The text-book choice, the spread of random losses, is a trap: losses of
random recurrent networks have heavy tails, and the chain would walk at random for ever. Instead the
chain first descends at T = 0 while its step size settles, and T0 is then the temperature at which
a low quantile d of the uphill moves it was offered would be accepted with probability a0 (after
W. Ben-Ameur 2004, Computing the initial temperature of simulated annealing, Comput. Optim. Appl.
29, 369-385):

    T0 = d / ln(1 / a0)

The chain starts at the first of the common starting points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.metropolis import MetropolisSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class Annealing(Optimizer):
    """One Metropolis chain; one genome is asked at a time."""

    half_life: int = 500  # evaluations; alpha = 0.9 (Kirkpatrick 1983) every 76 of them
    calibration: int = 100  # uphill moves seen before T0 is set; Ben-Ameur 2004 uses some hundreds
    uphill_quantile: float = 0.1  # low, because the losses have heavy tails
    initial_acceptance: float = 0.8  # a0: chi_0 of Kirkpatrick 1983, Ben-Ameur 2004
    acceptance: float = 0.3  # between 0.234 (many genes) and 0.44 (one): Roberts et al. 1997

    def __post_init__(self) -> None:
        check_size("annealing.half_life", self.half_life)
        check_size("annealing.calibration", self.calibration)
        check_number("annealing.uphill_quantile", self.uphill_quantile, 0.0, 1.0)
        for name in ("initial_acceptance", "acceptance"):
            check_number(f"annealing.{name}", getattr(self, name), most=0.999, above=0.0)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> AnnealingSearch:
        return AnnealingSearch(self, genes, start, rng)


class AnnealingSearch(MetropolisSearch):
    carried = (*MetropolisSearch.carried, "temperature", "uphill")

    def __init__(self, settings: Annealing, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(1, settings.acceptance, genes, start, rng)
        self.settings = settings
        self.temperature = 0.0  # until it is calibrated
        self.uphill = np.empty(0)

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        if np.isfinite(self.losses[0]):
            self._cool(losses[0] - self.losses[0])
        self.move(genomes, losses, self.temperature)

    def _cool(self, change: float) -> None:
        """One step of the schedule, or of the calibration that comes before it."""
        if self.temperature > 0.0:
            self.temperature *= 0.5 ** (1.0 / self.settings.half_life)
        elif 0.0 < change < np.inf:
            self.uphill = np.append(self.uphill, change)
            if len(self.uphill) == self.settings.calibration:
                low = np.quantile(self.uphill, self.settings.uphill_quantile)
                self.temperature = float(low / np.log(1.0 / self.settings.initial_acceptance))

    def diagnostics(self) -> dict[str, float]:
        return {**super().diagnostics(), "temperature": self.temperature}
