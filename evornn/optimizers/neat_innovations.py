"""Structural mutation in NEAT, and the numbers by which the same one is known again.

    link   from one unit to another       has the number that this link has already, or the next
    unit   that splits a link             is the one that split this link already, or a new one

The rule holds for as long as a genome of the population has the link or the unit: then what arose
once, in this generation or before, is the same in all. A genome that has the unit of a split
already, and splits the link again, gets another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.optimizers.neat_genomes import ABSENT, Genomes
from evornn.wiring import BIAS, Wiring

CARRIED = ("links", "splits", "next_link", "next_unit")


class Innovations:
    """The links and splits that are known: arrays that a checkpoint can hold.

    `links` (link, 3) are innovation number, source unit and target unit, and `splits` (split, 2)
    the unit and the number of the link that it split; `next_link` and `next_unit` come next.
    """

    def __init__(self, wiring: Wiring, first: Genomes):
        self.wiring = wiring
        places = wiring.units + wiring.inputs + 1  # the bias is the last, where −1 finds it
        self.gene = np.full((places, wiring.units), ABSENT)
        self.gene[wiring.source, wiring.target] = np.arange(wiring.genes)
        self.hidden = np.setdiff1d(np.arange(wiring.units), wiring.outputs)
        here = first.present[0]
        ends = first.unit[0, wiring.source[here]], first.unit[0, wiring.target[here]]
        self.links = np.stack([first.number[0, here], *ends], axis=1)
        self.splits = np.empty((0, 2), dtype=np.int64)
        self.next_link, self.next_unit = int(here.sum()), places

    @property
    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in CARRIED}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        for name in CARRIED:
            setattr(self, name, state[name])

    def forget_all_but(self, genomes: Genomes) -> None:
        """Forget the links and units that none of `genomes` has."""
        self.links = self.links[_among(self.links[:, 0], genomes.number, self.next_link)]
        self.splits = self.splits[_among(self.splits[:, 0], genomes.unit, self.next_unit)]

    def mutate(
        self, genomes: Genomes, units: np.ndarray, links: np.ndarray, weights: np.ndarray,
        rng: np.random.Generator,
    ) -> np.ndarray:  # fmt: skip
        """Add a unit to the genomes `units` and a link of the given weights to the genomes `links`.

        Changes `genomes`, and returns the indices of those where there was room for it.
        """
        self._numbers = {(source, target): n for n, source, target in self.links.tolist()}
        self._units: dict[int, list[int]] = {}
        for unit, link in self.splits.tolist():
            self._units.setdefault(link, []).append(unit)
        grown = [row for row in units if self._add_unit(genomes, row, rng)]
        for row, weight in zip(links, weights, strict=True):
            if self._add_link(genomes, row, weight, rng):
                grown.append(row)
        self.links = np.array([(n, *ends) for ends, n in self._numbers.items()])
        splits = [(unit, link) for link, units in self._units.items() for unit in units]
        self.splits = np.array(splits, dtype=np.int64).reshape(-1, 2)
        return np.array(grown, dtype=np.int64)

    def _add_unit(self, genomes: Genomes, row: int, rng: np.random.Generator) -> bool:
        """Split a link: into the new unit with weight 1, and on with the weight that there was."""
        free = self.hidden[genomes.unit[row, self.hidden] == ABSENT]
        if not len(free):
            return False
        source, target, place = self.wiring.source, self.wiring.target, free[0]
        splittable = genomes.enabled[row] & (source != BIAS)
        splittable &= (self.gene[source, place] >= 0) & (self.gene[place, target] >= 0)
        choices = np.flatnonzero(splittable)
        if not len(choices):
            return False
        split = choices[rng.integers(len(choices))]
        genomes.unit[row, place] = self._unit(int(genomes.number[row, split]), genomes.unit[row])
        genomes.enabled[row, split] = False
        self._put(genomes, row, self.gene[source[split], place], 1.0)
        self._put(genomes, row, self.gene[place, target[split]], genomes.weight[row, split])
        return True

    def _add_link(
        self, genomes: Genomes, row: int, weight: float, rng: np.random.Generator
    ) -> bool:
        """Link two places between which there is no link, of any direction or to itself."""
        source, target = self.wiring.source, self.wiring.target
        both = (genomes.unit[row, source] != ABSENT) & (genomes.unit[row, target] != ABSENT)
        choices = np.flatnonzero(both & (genomes.number[row] == ABSENT))
        if not len(choices):
            return False
        self._put(genomes, row, choices[rng.integers(len(choices))], weight)
        return True

    def _put(self, genomes: Genomes, row: int, gene: int, weight: float) -> None:
        source, target = self.wiring.source[gene], self.wiring.target[gene]
        ends = int(genomes.unit[row, source]), int(genomes.unit[row, target])
        if ends not in self._numbers:
            self._numbers[ends] = self.next_link
            self.next_link += 1
        genomes.number[row, gene] = self._numbers[ends]
        genomes.weight[row, gene], genomes.enabled[row, gene] = weight, True

    def _unit(self, link: int, own: np.ndarray) -> int:
        """The unit that splits `link`, none of the genome's `own`."""
        known = self._units.setdefault(link, [])
        for unit in known:
            if unit not in own:
                return unit
        known.append(self.next_unit)
        self.next_unit += 1
        return known[-1]


def _among(numbers: np.ndarray, values: np.ndarray, bound: int) -> np.ndarray:
    """Which of `numbers` are among `values`, all below `bound` and from −1 on."""
    there = np.zeros(bound + 1, dtype=bool)  # the last is that of −1
    there[values] = True
    return there[numbers]
