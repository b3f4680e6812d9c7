"""What every encoding is: a map from genomes to a network's weights, and back for gradients."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from evornn.errors import ConfigurationError
from evornn.networks.network import Network
from evornn.wiring import Wiring


class Encoding(ABC):
    """Options of an encoding: a frozen dataclass. `bind` binds it to a network."""

    @abstractmethod
    def bind(self, network: Network) -> WeightMap:
        """This encoding for the weights of `network`."""


class WeightMap(ABC):
    """An encoding bound to a network. It changes no argument; results may share their memory."""

    #: length of a genome
    genes: int
    #: which link or unit each gene belongs to, where it belongs to one and a gene of 0 is none
    wiring: Wiring | None = None

    @abstractmethod
    def decode(self, genomes: np.ndarray) -> np.ndarray:
        """Weights (population, weights) of genomes (population, genes), float64.

        ConfigurationError where `genomes` is no such array of real numbers.
        """

    @abstractmethod
    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        """Gene gradients (population, genes) from weight gradients (population, weights)."""


def links_of(network: Network) -> set[str]:
    """Names of the weight blocks that are links between units.

    They have two axes or more; blocks with one axis or none (biases, gains, time constants) and
    blocks on a logarithmic scale, which must stay positive, are none.
    """
    return {
        name
        for name, shape in network.weights.items()
        if len(shape) >= 2 and name not in network.exponential
    }


def population(genomes: object, genes: int) -> np.ndarray:
    """`genomes` as float64 (population, genes), not copied where it is that already.

    ConfigurationError, with the cure, for a wrong shape or dtype. Genes that are not finite pass:
    their losses are not finite either, and the optimizer ranks them worst.
    """
    array = np.asarray(genomes)
    if array.dtype.kind not in "fiu":
        cure = {"c": ": take the real part", "b": ": use .astype(float)"}
        raise ConfigurationError(
            f"a population must hold real numbers, got dtype {array.dtype}"
            f"{cure.get(array.dtype.kind, ': convert it to floats')}"
        )
    if array.ndim != 2 or array.shape[1] != genes or len(array) == 0:
        raise ConfigurationError(
            f"a population must have the shape (population, {genes}), one row of {genes} genes per "
            f"genome; got {array.shape}{_shape_cure(array, genes)}"
        )
    return array.astype(np.float64, copy=False)


def _shape_cure(array: np.ndarray, genes: int) -> str:
    if array.shape == (genes,):
        return ": pass a lone genome as genome[None, :]"
    if array.ndim == 2 and array.shape[0] == genes:
        return ": pass its transpose"
    return ""
