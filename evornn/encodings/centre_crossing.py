"""Centre-crossing encoding: the biases of a CTRNN counted from where its dynamics are richest.

B. Mathayomchan & R. D. Beer (2002), Center-crossing recurrent neural networks for the evolution of
rhythmic behavior, Neural Computation 14. A neuron's steepest response lies at the mean of what it
is given if θ_i = −Σ_j w_ij / 2. Another encoding gives all parameters, of which the biases θ° are
only how far θ lies from there:

    θ_i = −Σ_j w_ij / 2 + share · θ°_i

so that a start near θ° = 0 is one of centre-crossing networks, and every network can be reached.
In the form "neat" of the network the sum is scaled by the neuron's gain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evornn.checks import check_number
from evornn.encodings import REGISTRY
from evornn.encodings.encoding import Encoding, WeightMap
from evornn.errors import ConfigurationError
from evornn.networks.ctrnn import CTRNN
from evornn.networks.network import Network


@dataclass(frozen=True)
class CentreCrossing(Encoding):
    """Biases from the centre.

    Parameters
    ----------
    encoding
        What gives the parameters: an encoding, its name, or name and options.
    share
        How far off the centre a bias may lie, as a share of what `encoding` gives for it; 0 keeps
        all networks centre-crossing. An eighth of the ±16 of a bounded bias is ±2.
    """

    encoding: Any = field(default="bounded", metadata={"part": "encoding"})
    share: float = 0.125

    def __post_init__(self) -> None:
        inner = REGISTRY.inner("centre_crossing.encoding", self.encoding, Encoding)
        object.__setattr__(self, "encoding", inner)
        check_number("centre_crossing.share", self.share, least=0.0)

    def bind(self, network: Network) -> WeightMap:
        if not isinstance(network, CTRNN):
            raise ConfigurationError(
                "the encoding centre_crossing is for CTRNN networks, whose dynamics it knows, got "
                f"{type(network).__name__}"
            )
        return CentreCrossingMap(network, self.encoding.bind(network), self.share)


class CentreCrossingMap(WeightMap):
    """θ = centre(w) + share · θ°, on top of what `inner` decodes."""

    def __init__(self, network: CTRNN, inner: WeightMap, share: float) -> None:
        self.genes = inner.genes
        self._inner, self._network, self._share = inner, network, share

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        weights = self._inner.decode(genomes).copy()
        blocks = self._network.blocks(weights)
        biases = blocks[self._network.bias]
        biases[:] = self._network.centre(blocks) + self._share * biases
        return weights

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        gradients = gradients.copy()
        slopes = self._network.blocks(gradients)
        blocks = self._network.blocks(self._inner.decode(genomes))
        of_bias = slopes[self._network.bias].copy()
        gain = self._network.centre_gain(blocks)
        slopes["w"][:] -= (gain * of_bias / 2.0)[..., np.newaxis]
        if self._network.gains and self._network.form == "neat":
            slopes["g"][:] -= blocks["w"].sum(axis=-1) * of_bias / 2.0
        slopes[self._network.bias][:] = self._share * of_bias
        return self._inner.pull_back(genomes, gradients)
