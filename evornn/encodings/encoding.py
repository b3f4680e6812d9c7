"""What every encoding is: a map from genomes to the weights of one network, and back for gradients."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from evornn.networks.network import Network


class Encoding(ABC):
    """Options of an encoding: a frozen dataclass. `bind` binds it to a network."""

    @abstractmethod
    def bind(self, network: Network) -> WeightMap:
        """This encoding for the weights of `network`."""


class WeightMap(ABC):
    """An encoding bound to a network."""

    #: length of a genome
    genes: int

    @abstractmethod
    def decode(self, genomes: np.ndarray) -> np.ndarray:
        """Weights (population, weights) of genomes (population, genes), float64."""

    @abstractmethod
    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        """Gene gradients (population, genes) from weight gradients (population, weights)."""
