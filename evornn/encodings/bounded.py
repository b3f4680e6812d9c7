"""Bounded encoding: genes in [−1, 1], mapped to a range of weights per named block.

With r the gene folded into [−1, 1], and [a, b] the range of its block:

    linear       w = (a + b) / 2 + r (b − a) / 2
    exponential  w = √(a b) · (b / a)^(r / 2)        (time constants: equal steps are equal ratios)

A gene outside [−1, 1] is reflected at the end it has passed: 1.2 acts as 0.8. Clipping would leave
a plateau there, on which a search drifts and a gradient is zero; a squashing function would bend
the map inside the range too. Reflection keeps the map linear inside, every weight within its range
and |dr/dgene| = 1 everywhere (the sign changes at each end; at the ends themselves the derivative
is that from inside).

The range of a block is, in this order, that of the option `ranges`, that of the network (a CTRNN
knows those of its time constants), or the option `range`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evornn.checks import Range, checked_range
from evornn.encodings.encoding import Encoding, WeightMap, population
from evornn.errors import ConfigurationError
from evornn.networks.network import Network
from evornn.registry import suggestion


@dataclass(frozen=True)
class Bounded(Encoding):
    """Keep every weight within a range.

    Parameters
    ----------
    range
        Lowest and highest weight of blocks without a range of their own. A weight of 5 saturates a
        tanh unit by one input of 1 (tanh 5 = 0.9999): larger ones add little.
    ranges
        Range by block name, before that of the network.
    """

    range: Range = (-5.0, 5.0)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "range", checked_range("range", self.range))
        if not isinstance(self.ranges, Mapping):
            raise ConfigurationError(
                f"ranges must map block names to (lowest, highest), got {self.ranges!r}"
            )
        own = {name: checked_range(f"ranges[{name!r}]", r) for name, r in self.ranges.items()}
        object.__setattr__(self, "ranges", own)

    def bind(self, network: Network) -> WeightMap:
        for name in self.ranges:
            if name not in network.weights:
                raise ConfigurationError(
                    f"ranges names the block {name!r}, which {type(network).__name__} does not "
                    f"have{suggestion(name, network.weights)}; blocks: {', '.join(network.weights)}"
                )
        spans = {**dict.fromkeys(network.weights, self.range), **network.ranges, **self.ranges}
        for name in network.exponential:
            if spans[name][0] <= 0.0:
                raise ConfigurationError(
                    f"block {name!r} is on a logarithmic scale and needs a range above 0, got "
                    f"{spans[name]}: give one in ranges"
                )
        return BoundedMap(network, spans)


class BoundedMap(WeightMap):
    """weight = middle + half · r, or its exponential; `low`, `high` (weights,) are the ranges."""

    def __init__(self, network: Network, spans: Mapping[str, Range]) -> None:
        sizes = [math.prod(shape) for shape in network.weights.values()]
        names = np.repeat(list(network.weights), sizes)
        self.low, self.high = np.array([spans[name] for name in names]).T
        self.exponential = np.isin(names, list(network.exponential))
        self.genes = len(names)
        low, high = self.low.copy(), self.high.copy()
        low[self.exponential] = np.log(low[self.exponential])
        high[self.exponential] = np.log(high[self.exponential])
        self._middle, self._half = low / 2.0 + high / 2.0, high / 2.0 - low / 2.0

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        folded, _ = fold(population(genomes, self.genes))
        weights = self._middle + self._half * folded
        weights[:, self.exponential] = np.exp(weights[:, self.exponential])
        return np.clip(weights, self.low, self.high)  # rounding may step over an end

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        folded, slope = fold(population(genomes, self.genes))
        slope = slope * self._half
        exponent = self._middle + self._half * folded
        slope[:, self.exponential] *= np.exp(exponent[:, self.exponential])
        return gradients * slope


def fold(genes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Genes reflected into [−1, 1], and the slope ±1 of that; NaN for genes that are not finite."""
    outside = np.abs(genes) > 1.0
    with np.errstate(invalid="ignore"):  # inf has no remainder
        phase = np.mod(genes[outside] + 1.0, 4.0)
    folded, slope = genes.copy(), np.ones_like(genes)
    folded[outside] = 1.0 - np.abs(phase - 2.0)
    slope[outside] = np.where(phase < 2.0, 1.0, -1.0)
    return folded, slope
