"""Sparse mask: a stated share of the links is fixed at zero, the others have one gene each.

A link is an element of a weight block with two axes or more (a matrix between units). Blocks with
one axis or none (biases, gains, time constants) and blocks on a logarithmic scale, which must stay
positive, are kept whole. Exactly round(share · links) links are cut, drawn from `seed` over all
blocks together, so that a genome holds the links that are there and nothing else.

Reference: R. K. Belew, J. McInerney & N. N. Schraudolph 1991, "Evolving networks: using the genetic
algorithm with connectionist learning" (sparse connection masks beside weights).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.encodings.encoding import Encoding, WeightMap, links_of, population
from evornn.networks.network import Network


@dataclass(frozen=True)
class SparseMask(Encoding):
    """Cut a share of the links.

    Parameters
    ----------
    share
        Share of the links that are fixed at zero, in [0, 1).
    seed
        Of the choice; the same seed cuts the same links of the same network.
    """

    share: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        check_number("share", self.share, least=0.0, below=1.0)
        check_size("seed", self.seed, least=0)

    def bind(self, network: Network) -> WeightMap:
        links = np.flatnonzero(_is_link(network))
        rng = np.random.default_rng(self.seed)
        cut = rng.choice(links, round(self.share * len(links)), replace=False)
        return MaskedMap(np.delete(np.arange(network.weight_count), cut), network.weight_count)


def _is_link(network: Network) -> np.ndarray:
    """Whether each weight (weights,) is a link that may be cut."""
    links = links_of(network)
    return np.concatenate(
        [np.full(math.prod(shape), name in links) for name, shape in network.weights.items()]
    )


class MaskedMap(WeightMap):
    """Gene i is weight `kept`[i]; the other weights are zero."""

    def __init__(self, kept: np.ndarray, weights: int) -> None:
        self.kept = kept
        self.genes = len(kept)
        self._weights = weights

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        genes = population(genomes, self.genes)
        weights = np.zeros((len(genes), self._weights))
        weights[:, self.kept] = genes
        return weights

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        return gradients[:, self.kept]
