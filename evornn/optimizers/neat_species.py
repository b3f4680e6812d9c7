"""Species of NEAT: who belongs together, how many offspring each may have, which have stagnated.

    a genome     joins the first species whose representative is nearer than the threshold, or
                 founds a new one; representatives are random genomes of the generation before
    fitness      of a genome is shared by all of its species: f'_i = f_i / size
    offspring    of a species are in proportion to the sum of f'_i, which is the mean of f_i

f_i goes by the rank of the loss: it is the share of the population that is worse, ties counted
half. A species without a better loss for `stagnation` generations has no offspring, unless it holds
the best genome.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.optimizers.neat_genomes import Distances, Genomes


@dataclass(frozen=True)
class Species:
    """The species of a population.

    `of` (genome,) is the species of each genome, one of `names` (species,), which rise. `best`
    (species,) is the least loss that each has had, and `since` (species,) the generations since.
    """

    of: np.ndarray
    names: np.ndarray
    best: np.ndarray
    since: np.ndarray

    @classmethod
    def none(cls) -> Species:
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, np.empty(0), nothing)

    def members(self, name: int, losses: np.ndarray) -> np.ndarray:
        """Indices of the genomes of a species, the best first."""
        members = np.flatnonzero(self.of == name)
        return members[np.argsort(losses[members], kind="stable")]

    def offspring(self, losses: np.ndarray, count: int, stagnation: int, most: int) -> np.ndarray:
        """How many of `count` offspring each has, of whom only the `most` best have any."""
        fitness = ranks(losses)
        shares = np.array([fitness[self.of == name].mean() for name in self.names])
        least = np.array([losses[self.of == name].min() for name in self.names])
        order = np.argsort(least, kind="stable")
        barren = self.since >= stagnation
        barren[order[most:]] = True
        barren[order[0]] = False
        return in_proportion(np.where(barren, 0.0, shares), count)

    def followed_by(self, of: np.ndarray, losses: np.ndarray) -> Species:
        """The species of the next generation, of which `of` tells each genome's."""
        names = np.unique(of)
        now = np.array([losses[of == name].min() for name in names])
        best, since = np.full(len(names), np.inf), np.full(len(names), -1)
        _, here, there = np.intersect1d(names, self.names, return_indices=True)
        best[here], since[here] = self.best[there], self.since[there]
        since = np.where(now < best, 0, since + 1)
        return Species(of, names, np.minimum(best, now), since)


def species_of(
    genomes: Genomes, distances: Distances, founders: Genomes, names: np.ndarray, threshold: float
) -> np.ndarray:
    """The species (genome,) of each of the `genomes`, whose `distances` are given.

    `founders` are the representatives of the species `names`, in the order of both; a new species
    gets a number above all of these.
    """
    species = np.full(len(genomes), -1)
    left = np.arange(len(genomes))
    for row, name in enumerate(names):
        near = distances.to(founders.rows([row]), left) < threshold
        species[left[near]] = name
        left = left[~near]
    name = names.max(initial=-1)
    while len(left):
        name += 1
        near = distances.to(genomes.rows(left[:1]), left) < threshold
        near[0] = True  # also where the threshold is 0
        species[left[near]] = name
        left = left[~near]
    return species


def ranks(losses: np.ndarray) -> np.ndarray:
    """Fitness (genome,) from 0 to 1: the share of genomes that are worse; 0 if not finite."""
    ordered = np.sort(losses)
    better, no_worse = (np.searchsorted(ordered, losses, side) for side in ("left", "right"))
    fitness = 1.0 - (better + no_worse) / (2.0 * len(losses))
    return np.where(np.isfinite(losses), fitness, 0.0)


def in_proportion(shares: np.ndarray, count: int) -> np.ndarray:
    """`count` in whole parts in proportion to `shares`, by the largest remainders."""
    exact = count * shares / shares.sum()
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: count - parts.sum()]] += 1
    return parts
