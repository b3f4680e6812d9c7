"""DCT encoding: genes are the low-frequency cosine coefficients of each weight matrix.

J. Koutník, F. Gomez, J. Schmidhuber (2010), Evolving neural networks in compressed weight space.
GECCO, 619-626. A weight block w of shape (n_1, …, n_d) is the inverse of the orthonormal discrete
cosine transform (type II) of an array of coefficients c, all zero but for the lowest frequencies:

    w = DCT⁻¹(c),   c[k_1, …, k_d] ≠ 0 for the least k_1/n_1 + … + k_d/n_d only

Neighbouring weights are then alike, and far fewer genes than weights may do. As many coefficients
as the stated share of the weights, at least one, are genes, in the order of rising frequency, equal
ones in the order of the weights. Links (elements of blocks with two axes or more) are compressed;
vectors such as biases and time constants have one gene per weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evornn.checks import check_number
from evornn.encodings.encoding import Encoding, WeightMap, links_of, population
from evornn.networks.network import Network


@dataclass(frozen=True)
class DCT(Encoding):
    """Compress the links of every block.

    Parameters
    ----------
    share
        Genes per link, in (0, 1]; 1 only rotates the space of weights.
    """

    share: float = 0.25

    def __post_init__(self) -> None:
        check_number("share", self.share, most=1.0, above=0.0)

    def bind(self, network: Network) -> WeightMap:
        return DCTMap(network, self.share)


class _Block(NamedTuple):
    """Where a block's genes and weights lie; `places` are those of its coefficients, if any."""

    genes: slice
    weights: slice
    shape: tuple[int, ...]
    places: np.ndarray | None


class DCTMap(WeightMap):
    """Genes, block by block in the order of the weights."""

    def __init__(self, network: Network, share: float) -> None:
        self._weight_count = network.weight_count
        self._blocks = list(_blocks(network, share))
        self.genes = self._blocks[-1].genes.stop

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        genes = population(genomes, self.genes)
        weights = np.zeros((len(genes), self._weight_count))
        for block in self._blocks:
            part, own = weights[:, block.weights], genes[:, block.genes]
            if block.places is None:
                part[:] = own
            else:
                part[:, block.places] = own
                part[:] = _transformed(part, block.shape, "idctn")
        return weights

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        back = np.empty((len(gradients), self.genes))
        for block in self._blocks:
            part = gradients[:, block.weights]
            if block.places is not None:
                # The transform is orthonormal: its transpose is its inverse.
                part = _transformed(part, block.shape, "dctn")[:, block.places]
            back[:, block.genes] = part
        return back


def _blocks(network: Network, share: float) -> Iterator[_Block]:
    links, gene, weight = links_of(network), 0, 0
    for name, shape in network.weights.items():
        size = math.prod(shape)
        places = lowest(shape, share) if name in links else None
        genes = size if places is None else len(places)
        yield _Block(slice(gene, gene + genes), slice(weight, weight + size), shape, places)
        gene, weight = gene + genes, weight + size


def lowest(shape: tuple[int, ...], share: float) -> np.ndarray:
    """Flat places of the coefficients of lowest frequency in an array of `shape`, lowest first."""
    frequencies = sum(np.ix_(*(np.arange(n) / n for n in shape)))
    order = np.argsort(np.round(np.ravel(frequencies), 9), kind="stable")
    return order[: max(1, round(share * len(order)))]


def _transformed(rows: np.ndarray, shape: tuple[int, ...], transform: str) -> np.ndarray:
    """The transform of each row, an array of `shape`, over all of its axes."""
    from scipy import fft

    blocks = rows.reshape(len(rows), *shape)
    axes = tuple(range(1, blocks.ndim))
    return getattr(fft, transform)(blocks, axes=axes, norm="ortho").reshape(len(rows), -1)
