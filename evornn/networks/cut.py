"""Networks cut before their linear readout: y(t) = W_out φ(t), with the features φ of the rest.

What lies before the cut is a network of its own, whose outputs are the features. The genome may
then hold its weights alone: the best readout of given features is a linear least-squares problem
(`evornn.fitness.ridge`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from evornn.networks.network import Network


class Cut(NamedTuple):
    """The two sides of a cut.

    `network` gives the features. Its weights are those of the whole network, in their order, but
    for the readout's: its `matrix`, and its `bias` where that is a block of its own. Where it is
    none, the first feature is 1. `feeds_back` says that the features depend on the outputs of the
    step before, which `network` then takes as inputs, after the others.
    """

    network: Network
    matrix: str
    bias: str | None = None
    feeds_back: bool = False

    @property
    def feature_count(self) -> int:
        """Length of φ(t), the leading 1 included."""
        return self.network.outputs + (self.bias is not None)

    def led_by_one(self, outputs: np.ndarray) -> np.ndarray:
        """φ (…, features), whose first is 1, from the outputs of `network`."""
        if self.bias is None:
            return outputs
        return np.concatenate([np.ones((*outputs.shape[:-1], 1)), outputs], axis=-1)

    def joined(self, whole: Network, readouts: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Weights (…, weights) of the `whole` network, in genome order.

        They are made of W_out, `readouts` (…, outputs, features), and the weights `rest` (…,
        weights) of what lies before the cut.
        """
        first = 0 if self.bias is None else 1
        own = {self.matrix: readouts[..., first:]}
        if self.bias is not None:
            own[self.bias] = readouts[..., :1]
        blocks, begin = [], 0
        for name, shape in whole.weights.items():
            if name in own:
                blocks.append(own[name].reshape(*rest.shape[:-1], -1))
                continue
            end = begin + math.prod(shape)
            blocks.append(rest[..., begin:end])
            begin = end
        return np.concatenate(blocks, axis=-1)
