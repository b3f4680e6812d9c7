"""Fitness shaping: what a genome counts for by the rank of its loss, whatever the loss's size.

    NES utilities   u_k ~ max(0, log(l/2 + 1) - log k),  sum 1, then less 1/l      (sum 0)
    CMA weights     w_k ~ log((l + 1)/2) - log k for the better half, 0 for the rest (sum 1)
    centred ranks   r_k = 1/2 - (k - 1)/(l - 1)                                    (sum 0)

for rank k = 1 (the best) to l, the population. D. Wierstra et al. (2014), Natural evolution
strategies, JMLR 15, 949-980, section 3.1; N. Hansen (2016), The CMA evolution strategy: a tutorial,
arXiv:1604.00772, equation 49; T. Salimans et al. (2017), arXiv:1703.03864, section 2.
"""

from __future__ import annotations

import numpy as np


def nes_utilities(population: int) -> np.ndarray:
    """Utilities (population,) of natural evolution strategies, best rank first."""
    ranks = np.arange(1, population + 1)
    raw = np.maximum(0.0, np.log(population / 2 + 1) - np.log(ranks))
    return raw / raw.sum() - 1.0 / population


def cma_weights(population: int) -> np.ndarray:
    """Recombination weights (population,) of CMA-ES, best rank first, none negative."""
    ranks = np.arange(1, population + 1)
    raw = np.where(ranks <= population // 2, np.log((population + 1) / 2) - np.log(ranks), 0.0)
    return raw / raw.sum()


def centred_ranks(population: int) -> np.ndarray:
    """Values (population,) from 1/2, the best, to -1/2 in equal steps."""
    return np.linspace(0.5, -0.5, population)


def by_rank(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Each genome's share of `values` (population,), which are given by rank, best first."""
    given = np.empty_like(values)
    given[np.argsort(losses, kind="stable")] = values
    return given


def shared_by_rank(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """As `by_rank`, but equal losses (lost ones too) share alike: on a plain nobody is better."""
    order = np.argsort(losses, kind="stable")
    ordered = losses[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(np.append(begins, len(losses)))
    given = np.empty_like(values)
    given[order] = np.repeat(np.add.reduceat(values, begins) / counts, counts)
    return given
