"""Wiring: which link or unit each number of a vector belongs to.

It is made of plain numbers, so that an optimizer that moves units or links about (`neat`) can be
told without learning what it trains. Places are numbered: the units come first, 0 to units − 1,
then the inputs; `BIAS` stands for the constant 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: the source of a number that belongs to a unit alone: its bias, its time constant, its peephole
BIAS = -1


class Link(NamedTuple):
    """A link that is there: names of its ends (x0 an input, h2 a unit, 1 the bias), its weight."""

    source: str
    target: str
    weight: float


@dataclass(frozen=True, eq=False)
class Wiring:
    """Source and target of every number of a vector.

    Parameters
    ----------
    source, target
        Places (genes,): `target` a unit, `source` a unit, ``units + i`` for input i, or `BIAS`.
        A unit with gates has several numbers for one pair of places.
    units, inputs
        How many there are.
    outputs
        The units whose values are the outputs.
    """

    source: np.ndarray
    target: np.ndarray
    units: int
    inputs: int
    outputs: tuple[int, ...]

    @property
    def genes(self) -> int:
        return len(self.target)

    @property
    def one_for_each(self) -> bool:
        """Whether there is one number at most for each pair of places."""
        return len(set(zip(self.source.tolist(), self.target.tolist(), strict=True))) == self.genes

    def links(self, weights: np.ndarray) -> list[Link]:
        """The links whose weight is not zero, for a vector `weights` (genes,)."""
        return [
            Link(self.name(self.source[gene]), self.name(self.target[gene]), float(weights[gene]))
            for gene in np.flatnonzero(weights)
        ]

    def hidden_units(self, weights: np.ndarray) -> int:
        """How many units that are no output have a link that leads on, for `weights` (genes,)."""
        leads_on = self.source[(np.asarray(weights) != 0.0) & (self.source != self.target)]
        inner = leads_on[(leads_on != BIAS) & (leads_on < self.units)]
        return len(set(inner.tolist()) - set(self.outputs))

    def name(self, place: int) -> str:
        """What `links` calls a place."""
        if place == BIAS:
            return "1"
        return f"h{place}" if place < self.units else f"x{place - self.units}"


def inputs_to_one_unit(genes: int) -> Wiring:
    """The wiring of a vector of which nothing is known: each number links an input to one unit."""
    return Wiring(np.arange(1, genes + 1), np.zeros(genes, np.int64), 1, genes, (0,))
