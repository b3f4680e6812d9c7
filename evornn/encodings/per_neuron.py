"""Per-neuron encoding: one gene per weight, those of a neuron side by side.

A neuron owns the links that lead to it, its bias, and its links to output units that only read out;
an output unit owns the rest of its own. Crossover at one or two points then takes neurons apart
rarely, and passes on what a neuron has learnt as a whole (the functional units of D. J. Montana &
L. Davis 1989, Training feedforward neural networks using genetic algorithms, IJCAI).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.encodings.encoding import Encoding, WeightMap, population, wiring_of
from evornn.networks.network import Network
from evornn.wiring import Wiring


@dataclass(frozen=True)
class PerNeuron(Encoding):
    """Genes in the order of the neurons, and for each in the order of the weights."""

    def bind(self, network: Network) -> WeightMap:
        return PerNeuronMap(wiring_of(network, "per_neuron"))


class PerNeuronMap(WeightMap):
    """Gene i is weight `order`[i]."""

    def __init__(self, wiring: Wiring) -> None:
        self.order = np.argsort(wiring.neurons, kind="stable")
        self.genes, self.wiring = wiring.genes, wiring.taken(self.order)

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        genes = population(genomes, self.genes)
        weights = np.empty_like(genes)
        weights[:, self.order] = genes
        return weights

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        return gradients[:, self.order]
