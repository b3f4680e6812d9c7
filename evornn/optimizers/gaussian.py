"""What searches share that draw a generation from one Gaussian and then move it.

    x_k = m + A z_k,    z_k ~ N(0, I)

The start enters as a distribution, not as points, where a search does not say otherwise: m = 0, and
every gene has the standard deviation of the start. A generation without any finite loss teaches
nothing, and the next is drawn from the same Gaussian. A search would stop for one of the reasons of
N. Hansen (2016), The CMA evolution strategy: a tutorial, arXiv:1604.00772, appendix B.3:

    tolx     every gene's standard deviation is below 1e-12 of the start's
    tolxup   one of them is above 1e4 of the start's: the search runs away
    tolfun   the best losses of the last 10 + ceil(30 n/l) generations, and the finite losses of
             the last one, are within 1e-12 (n genes, a population of l)
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.start import Start

TOLX, TOLXUP, TOLFUN = 1e-12, 1e4, 1e-12


class GaussianSearch(GenerationalSearch):
    """A Gaussian round `mean` (genes,), of which `draws` (draws, genes) are the last z."""

    carried: ClassVar[tuple[str, ...]] = ("mean", "best_losses", "reason")

    def __init__(self, draws: int, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.mean = np.zeros(self.genes)
        self.draws = np.empty((draws, self.genes))
        self.best_losses = np.empty(0)
        self.reason: str | None = None

    @property
    @abstractmethod
    def spread(self) -> np.ndarray:
        """Standard deviations of the genes: (genes,), or () where they are all the same."""

    def placed(self) -> np.ndarray:
        """The genomes (population, genes) that belong to `draws`: a new array."""
        genomes = self.draws * self.spread
        genomes += self.mean
        return genomes

    @abstractmethod
    def move(self, losses: np.ndarray) -> None:
        """Change the Gaussian; of the losses (population,) some are finite, the others +inf."""

    def propose(self) -> np.ndarray:
        self.rng.standard_normal(out=self.draws)
        return self.placed()

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        finite = losses[np.isfinite(losses)]
        if len(finite):
            self.move(losses)
            remembered = 10 + int(np.ceil(30 * self.genes / len(losses)))
            self.best_losses = np.append(self.best_losses, finite.min())[-remembered:]
            settled = len(self.best_losses) == remembered and self._within_tolfun(finite)
            self.reason = self._reason(settled)

    def _within_tolfun(self, finite: np.ndarray) -> bool:
        highest = max(finite.max(), self.best_losses.max())
        return bool(highest - self.best_losses.min() <= TOLFUN)

    def _reason(self, settled: bool) -> str | None:
        relative = self.spread / self.start.standard_deviation
        holds = {
            "tolfun": settled,
            "tolx": np.max(relative) < TOLX,
            "tolxup": np.max(relative) > TOLXUP,
        }
        return ", ".join(reason for reason, true in holds.items() if true) or None

    def weighed(self, weights: np.ndarray) -> np.ndarray:
        """sum_k w_k z_k (genes,) of the draws; by no library whose bits depend on its threads."""
        return np.einsum("k,kg->g", weights, self.draws)

    def weighed_squares(self, weights: np.ndarray) -> np.ndarray:
        """sum_k w_k z_k^2 (genes,) of the draws, without an array of squares."""
        return np.einsum("k,kg,kg->g", weights, self.draws, self.draws)

    def stop(self) -> str | None:
        """``tolfun``, ``tolx`` or ``tolxup``."""
        return self.reason

    def diagnostics(self) -> dict[str, float]:
        spread = self.spread
        ratio = np.max(spread) / np.min(spread)
        return {"sigma": float(np.median(spread)), "sigma_ratio": float(ratio)}


def default_population(genes: int) -> int:
    """4 + floor(3 log genes): Hansen 2016, table 1."""
    check_size("genes", genes)
    return 4 + int(3 * np.log(genes))
