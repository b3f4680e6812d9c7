"""Recall of random patterns, those whose capacity the theory of associative memories tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.tasks.recall import PATTERNS, Recall


@dataclass(frozen=True)
class PatternRecall(Recall):
    """Recall of random patterns, each bit +1 with an even chance.

    Parameters
    ----------
    count, units
        Number of patterns, and of bits in each.
    partner_units
        Bits of each pattern's partner, random too; 0: a pattern calls up itself.
    """

    count: int = 5
    units: int = 50
    partner_units: int = 0

    def check_patterns(self) -> None:
        check_size("count", self.count)
        check_size("units", self.units)
        check_size("partner_units", self.partner_units, least=0)

    @cached_property
    def patterns(self) -> np.ndarray:
        return self._random(0, self.units)

    @cached_property
    def partners(self) -> np.ndarray:
        return self._random(1, self.partner_units) if self.partner_units else self.patterns

    def _random(self, layer: int, units: int) -> np.ndarray:
        rng = np.random.default_rng([self.seed, PATTERNS, layer])
        return rng.choice([-1.0, 1.0], (self.count, units))
