"""Direct encoding: one gene per weight link, the whole network one chromosome.

Reference: D. J. Montana & L. Davis 1989, "Training feedforward neural networks using genetic
algorithms", IJCAI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.encodings.encoding import Encoding, WeightMap, population
from evornn.networks.network import Network


@dataclass(frozen=True)
class Direct(Encoding):
    """Gene i is weight i."""

    def bind(self, network: Network) -> WeightMap:
        return DirectMap(network)


class DirectMap(WeightMap):
    """weight = gene."""

    def __init__(self, network: Network) -> None:
        self.genes = network.weight_count
        self.wiring = network.weight_wiring

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        return population(genomes, self.genes)

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        return gradients
