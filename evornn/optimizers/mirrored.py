"""What OpenAI-ES and PGPE share: a mean that Adam moves, along a gradient from mirrored pairs.

    x_k = m + sigma z_k,    x'_k = m - sigma z_k,    z_k ~ N(0, I)
    g ~ mean_k (r_k - r'_k)/2 z_k           m <- m + Adam's step for -g

where r is the centred rank of a loss, 1/2 for the best (T. Salimans et al. 2017). A mirrored pair
(D. Brockhoff et al. 2010) takes what both halves share, every even part of the loss, out of the
gradient. Equal losses, the lost ones among them, have equal ranks: else the order within a
generation, one half after the other, would count as a direction.

Adam's step is as long as its learning rate, whatever the loss's size, so the rate is given in
standard deviations of the start, like the sigma of the search.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.adam import Adam
from evornn.optimizers.gaussian import GaussianSearch
from evornn.optimizers.shaping import centred_ranks, shared_by_rank
from evornn.optimizers.start import Start


def check_pairs(what: str, population: object) -> None:
    """`population` must be an even integer of at least 2."""
    check_size(what, population, least=2)
    if population % 2:  # type: ignore[operator]
        raise ConfigurationError(f"{what} must be even, for mirrored pairs; got {population!r}")


class MirroredSearch(GaussianSearch):
    """Pairs round `mean`: row k of a generation and row k + population/2 mirror each other."""

    #: standard deviation of the genes: one for all, or (genes,)
    sigma: float | np.ndarray
    carried: ClassVar[tuple[str, ...]] = (*GaussianSearch.carried, "moments", "t")

    def __init__(
        self,
        population: int,
        learning_rate: float,
        genes: int,
        start: Start,
        rng: np.random.Generator,
    ):
        super().__init__(population // 2, genes, start, rng)
        self.adam = Adam(learning_rate * start.standard_deviation)
        self.moments = {name: np.zeros(genes) for name in self.adam.moments}
        self.t = 0
        self.ranks = centred_ranks(population)

    @property
    def spread(self) -> np.ndarray:
        return np.asarray(self.sigma)

    def placed(self) -> np.ndarray:
        pairs = len(self.draws)
        genomes = np.empty((2 * pairs, self.genes))
        plus, minus = genomes[:pairs], genomes[pairs:]
        np.multiply(self.draws, self.sigma, out=plus)
        np.subtract(self.mean, plus, out=minus)
        plus += self.mean
        return genomes

    def pair_ranks(self, losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half the difference, and the mean, of the two centred ranks of each pair."""
        plus, minus = np.split(shared_by_rank(self.ranks, losses), 2)
        return (plus - minus) / 2, (plus + minus) / 2

    def climb(self, gradient: np.ndarray) -> None:
        """Move the mean by one step of Adam up `gradient` (genes,), towards better ranks."""
        self.t += 1
        self.mean = self.mean + self.adam.change(-gradient, self.moments, np.asarray(self.t))
