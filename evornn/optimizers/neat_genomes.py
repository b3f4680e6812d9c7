"""Genomes of NEAT as arrays: what links there are, how two genomes differ, how they cross.

A genome lies in the vector of a network of as many units as it may ever have (`Wiring`). Each gene
is the place of one link, and a link that is not there has weight 0. A place says nothing about
descent: the link's innovation number does, and the number of the unit at each of its ends. So genes
are matched by their numbers, wherever they lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.wiring import BIAS, Wiring

ABSENT = -1


@dataclass
class Genomes:
    """A population of networks.

    `weight` (genome, gene); `number` (genome, gene), the innovation number of a link or `ABSENT`;
    `enabled` (genome, gene); `unit` (genome, place), the number of what is at a place of the
    wiring, the bias the last, or `ABSENT` where a hidden unit has not come in yet.
    """

    weight: np.ndarray
    number: np.ndarray
    enabled: np.ndarray
    unit: np.ndarray

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def present(self) -> np.ndarray:
        return self.number != ABSENT

    @property
    def vectors(self) -> np.ndarray:
        """The weights of the networks, 0 where a link is disabled or not there."""
        return np.where(self.enabled, self.weight, 0.0)

    def rows(self, rows: Any) -> Genomes:
        """Copies of the genomes `rows`, an array of their indices."""
        return Genomes(*(array[rows] for array in vars(self).values()))


def first_genomes(wiring: Wiring, weights: np.ndarray) -> Genomes:
    """Networks without hidden units in which inputs and bias are linked to all outputs.

    `weights` (genome, gene) has a number for every place, of which those of these links count.
    """
    direct = (wiring.source == BIAS) | (wiring.source >= wiring.units)
    present = direct & np.isin(wiring.target, wiring.outputs)
    number = np.where(present, np.cumsum(present) - 1, ABSENT)
    unit = np.arange(wiring.units + wiring.inputs + 1)
    unit[np.setdiff1d(unit[: wiring.units], wiring.outputs)] = ABSENT
    count = len(weights)
    return Genomes(
        np.where(present, weights, 0.0),
        np.tile(number, (count, 1)),
        np.tile(present, (count, 1)),
        np.tile(unit, (count, 1)),
    )


class Distances:
    """Compatibility distances δ = c₁ E/N + c₂ D/N + c₃ W̄ of `genomes` to one after the other.

    E and D are the numbers of excess and disjoint genes, N that of the genes of the larger genome,
    or 1 where both have fewer than 20, and W̄ the mean absolute difference of matching weights, in
    units of `scale`. `factors` are the c.
    """

    def __init__(self, genomes: Genomes, scale: float, factors: tuple[float, float, float]):
        self.scale, self.factors = scale, factors
        present = genomes.present
        self.row, gene = np.nonzero(present)
        self.number = genomes.number[self.row, gene]
        self.weight = genomes.weight[self.row, gene]
        self.sizes = present.sum(axis=1)
        self.newest = genomes.number.max(axis=1)

    def to(self, other: Genomes, left: np.ndarray) -> np.ndarray:
        """Distances of the genomes `left` (their indices) to the only genome in `other`."""
        position = np.full(len(self.sizes), -1)
        position[left] = np.arange(len(left))
        chosen = position[self.row] >= 0
        row, number = position[self.row[chosen]], self.number[chosen]
        numbers, weights = other.number[other.present], other.weight[other.present]
        table = np.full(max(self.newest.max(), numbers.max()) + 1, np.nan)
        table[numbers] = weights
        away = np.abs(table[number] - self.weight[chosen])
        matching = ~np.isnan(away)
        matches = np.bincount(row[matching], minlength=len(left))
        apart = np.bincount(row[matching], away[matching], minlength=len(left))
        excess = np.bincount(row[number > numbers.max()], minlength=len(left))
        excess += (numbers > self.newest[left, None]).sum(axis=1)
        sizes = self.sizes[left]
        disjoint = sizes + len(numbers) - 2 * matches - excess
        larger = np.maximum(sizes, len(numbers))
        c_excess, c_disjoint, c_weight = self.factors
        structural = (c_excess * excess + c_disjoint * disjoint) / np.where(larger < 20, 1, larger)
        return structural + c_weight / self.scale * apart / np.maximum(matches, 1)


def cross(
    genomes: Genomes,
    rows: np.ndarray,
    fathers: Genomes,
    stays_disabled: float,
    rng: np.random.Generator,
) -> None:
    """Make the genomes `rows` the children of what they are, their mothers, and of their `fathers`.

    Disjoint and excess genes are the mother's, and the weight of a matching gene is that of either.
    A gene that is disabled in a parent is disabled in the child with probability `stays_disabled`.
    """
    numbers = genomes.number[rows]
    child, gene = np.nonzero(numbers != ABSENT)
    twin = matching_genes(numbers, fathers.number)[child, gene]
    matched, row = twin != ABSENT, rows[child]
    taken = matched & (rng.random(len(row)) < 0.5)
    genomes.weight[row[taken], gene[taken]] = fathers.weight[child[taken], twin[taken]]
    disabled = ~genomes.enabled[row, gene] | (matched & ~fathers.enabled[child, twin])
    disabled &= rng.random(len(row)) < stays_disabled
    genomes.enabled[row, gene] = ~disabled


def matching_genes(mothers: np.ndarray, fathers: np.ndarray) -> np.ndarray:
    """The gene of the father that matches each gene (pair, gene) of the mother, or `ABSENT`.

    Both are innovation numbers (pair, gene).
    """
    same = (mothers == fathers) & (mothers != ABSENT)
    found = np.where(same, np.arange(mothers.shape[1]), ABSENT)
    # The rest, if any, lies at other places. A key is the pair and the number in one integer.
    row, gene = np.nonzero((mothers != ABSENT) & ~same)
    other_row, other_gene = np.nonzero((fathers != ABSENT) & ~same)
    if len(row) and len(other_row):
        keys = (row << 40) + mothers[row, gene]
        others = (other_row << 40) + fathers[other_row, other_gene]
        order = np.argsort(others)
        at = np.minimum(np.searchsorted(others[order], keys), len(others) - 1)
        hit = others[order[at]] == keys
        found[row[hit], gene[hit]] = other_gene[order[at[hit]]]
    return found


def checked_wiring(wiring: Wiring | None) -> Wiring:
    """`wiring`, refused where networks cannot grow in it link by link."""
    cure = "take fully_recurrent with readout=False, and the direct encoding"
    if wiring is None:
        raise ConfigurationError(
            "neat grows networks link by link, and this network or its encoding does not tell "
            f"which gene is which link: {cure}"
        )
    if not wiring.one_for_each:
        raise ConfigurationError(
            "neat grows networks of one weight for each link and one bias for each unit, and this "
            f"network has units with more: {cure}"
        )
    if not set(wiring.outputs) <= set(wiring.target[wiring.source >= wiring.units].tolist()):
        raise ConfigurationError(
            "neat begins with inputs linked to outputs, and this network has no links from one to "
            f"the other: {cure}"
        )
    return wiring
