"""Mutation of whole populations: ``mutate(genomes)`` returns mutants (population, genes).

Every gene mutates on its own with a set probability. The arguments are left as they are.
"""

from __future__ import annotations

import numpy as np


def gaussian(
    genomes: np.ndarray, scale: float, probability: float, rng: np.random.Generator
) -> np.ndarray:
    """Add N(0, scale^2) (H.-P. Schwefel 1981)."""
    mutants, genes = genomes.copy(), chosen(genomes, probability, rng)
    mutants.flat[genes] += scale * rng.standard_normal(len(genes))
    return mutants


def polynomial(
    genomes: np.ndarray, scale: float, eta: float, probability: float, rng: np.random.Generator
) -> np.ndarray:
    """Polynomial mutation (K. Deb, M. Goyal 1996) of reach `scale` and distribution index `eta`.

    With u ~ U(0, 1) the change is ``scale * delta``, for weights without bounds:

        delta = (2u)^(1/(eta+1)) - 1          where u < 1/2
                1 - (2(1-u))^(1/(eta+1))      elsewhere
    """
    mutants, genes = genomes.copy(), chosen(genomes, probability, rng)
    u = rng.random(len(genes))
    tail = 1.0 - (2.0 * np.minimum(u, 1.0 - u)) ** (1.0 / (eta + 1.0))
    mutants.flat[genes] += scale * np.where(u < 0.5, -tail, tail)
    return mutants


def chosen(genomes: np.ndarray, probability: float, rng: np.random.Generator) -> np.ndarray:
    """Flat indices of the genes that mutate, each with `probability`."""
    return np.flatnonzero(rng.random(genomes.size, dtype=np.float32) < probability)
