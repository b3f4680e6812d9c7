"""Crossover of whole populations: ``mate(first, second)`` are parents (pairs, genes) row by row.

Each returns the children in two new matrices of that shape. The formulas are those of DEAP's
operators on single individuals, against which they are tested.
"""

from __future__ import annotations

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]


def uniform(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> Pair:
    """Every gene changes sides with probability 1/2 (G. Syswerda 1989)."""
    swap = rng.random(first.shape, dtype=np.float32) < 0.5
    return np.where(swap, second, first), np.where(swap, first, second)


def blend(first: np.ndarray, second: np.ndarray, alpha: float, rng: np.random.Generator) -> Pair:
    """BLX-alpha (L. Eshelman, J. Schaffer 1993): gamma ~ U(-alpha, 1 + alpha) for every gene."""
    gamma = rng.random(first.shape)
    gamma *= 1.0 + 2.0 * alpha
    gamma -= alpha
    shift = gamma * (second - first)
    return first + shift, second - shift


def sbx(first: np.ndarray, second: np.ndarray, eta: float, rng: np.random.Generator) -> Pair:
    """Simulated binary crossover (K. Deb, R. Agrawal 1995) with distribution index `eta`."""
    u = rng.random(first.shape)
    spread = np.where(u <= 0.5, 2.0 * u, 0.5 / (1.0 - u)) ** (1.0 / (eta + 1.0))  # beta
    middle, half = 0.5 * (first + second), 0.5 * spread * (second - first)
    return middle - half, middle + half
