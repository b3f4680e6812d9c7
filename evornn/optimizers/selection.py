"""Selection of parents, with the signature of DEAP's: ``select(slots, k)`` returns slots.

A `Slot` is what DEAP's operators need of an individual, its fitness, and the row of the population
matrix where its genome stays. So any of DEAP's selections works on slots too. `tournament` is
DEAP's; the other two are vectorised here, because DEAP has no rank selection, and its roulette is
wrong for minimisation and takes O(k n) steps of Python.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from deap import base, tools

from evornn.errors import ConfigurationError
from evornn.optimizers.fences import lent_to_random


class Minimum(base.Fitness):
    """The fitness of one loss, which is minimised."""

    weights = (-1.0,)


class Slot(NamedTuple):
    """A handle of one individual."""

    row: int
    fitness: Minimum


def slots(losses: np.ndarray) -> list[Slot]:
    """Handles of a population with `losses` (population,)."""
    return [Slot(row, Minimum((loss,))) for row, loss in enumerate(losses.tolist())]


def losses_of(population: list[Slot]) -> np.ndarray:
    return np.array([slot.fitness.values[0] for slot in population])


def tournament(population: list[Slot], k: int, size: int, rng: np.random.Generator) -> list[Slot]:
    """The best of `size` drawn at random, k times (D. E. Goldberg, K. Deb 1991)."""
    with lent_to_random(rng):
        return tools.selTournament(population, k, size)


def rank(population: list[Slot], k: int, pressure: float, rng: np.random.Generator) -> list[Slot]:
    """Linear ranking (J. E. Baker 1985): the best expects `pressure` copies, the worst 2 - it.

    Individuals of equal loss share the mean of their ranks.
    """
    _, inverse, counts = np.unique(losses_of(population), return_inverse=True, return_counts=True)
    better = (np.cumsum(counts) - 0.5 * (counts + 1))[inverse]  # mean rank, 0 is best
    worst = max(len(population) - 1, 1)
    return spin(population, k, pressure - (2.0 * pressure - 2.0) * better / worst, rng)


def roulette(population: list[Slot], k: int, rng: np.random.Generator) -> list[Slot]:
    """In proportion to the text-book fitness 1/MSE (J. Holland 1975); 0 where not finite.

    A loss of exactly 0 has infinite fitness: such individuals share the whole wheel.
    """
    losses = losses_of(population)
    if (losses < 0.0).any():
        raise ConfigurationError(
            f"roulette selection needs losses >= 0, its fitness is 1/loss; got {losses.min():g}: "
            "use selection='tournament' or 'rank'"
        )
    fitness = (losses == 0.0).astype(float)
    if not fitness.any():  # relative to the best, so that the smallest losses do not overflow
        np.divide(losses.min(), losses, out=fitness, where=np.isfinite(losses))
    return spin(population, k, fitness, rng)


def spin(
    population: list[Slot], k: int, fitness: np.ndarray, rng: np.random.Generator
) -> list[Slot]:
    """k independent spins of a wheel whose sectors are `fitness`; equal ones where all are 0."""
    edges = np.cumsum(fitness if fitness.any() else np.ones(len(fitness)))
    rows = np.searchsorted(edges, rng.random(k) * edges[-1], side="right")
    return [population[row] for row in np.minimum(rows, len(population) - 1)]
