"""One network, one step at a time, from any state: what analysis of its dynamics is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.fitness.layout import Records
from evornn.fitness.plain import PlainNetwork
from evornn.networks.network import Network
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import plain_record, size_of


class Stepper:
    """Steps of `network` with `weights` (as `Network.named` takes them), in plain float64.

    States are vectors: all fields of `network.state`, one after another. Many are advanced at once,
    one in each row.
    """

    def __init__(self, network: Network, weights: Any) -> None:
        self.network = network
        self.weights = np.concatenate([w.ravel() for w in network.named(weights).values()])
        self._plain = PlainNetwork(network, np.dtype(np.float64))
        self._record = Records.of(network).state

    @property
    def state_size(self) -> int:
        """Length of a state."""
        return size_of(self.network.state)

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Initial states (row, state) before a first step that sees `inputs` (row, input)."""
        return self._vectors(self._plain.begin(self._weights(len(inputs)), _lanes(inputs)))

    def advance(self, states: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Next states (row, state) and outputs (row, output), after `states` and `inputs`."""
        shapes = list(self.network.state.values())
        s = plain_record(self._record, _lanes(states), None, shapes)
        following, y = self._plain.advance(self._weights(len(states)), _lanes(inputs), s)
        return self._vectors(following), y.storage.T

    def _weights(self, rows: int) -> LaneArray:
        return LaneArray(np.repeat(self.weights[:, np.newaxis], rows, axis=1))

    def _vectors(self, state: Any) -> np.ndarray:
        fields = [field.storage.reshape(field.size, -1) for field in state]
        return np.concatenate(fields).T


def _lanes(rows: np.ndarray) -> LaneArray:
    return LaneArray(np.ascontiguousarray(np.asarray(rows, np.float64).T))
