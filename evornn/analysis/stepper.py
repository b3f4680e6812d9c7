"""Networks one step at a time, from any state: what analysis of their dynamics is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness.plain import PlainNetwork, elements
from evornn.networks.network import Network
from evornn.numerics.plain import LaneArray, numbers
from evornn.numerics.plain_dual import seeds, tangent_of
from evornn.numerics.records import size_of


class Stepper:
    """Steps of `network` with `weights`, in plain float64.

    States are vectors: all fields of `network.state`, one after another. Many are advanced at once,
    one in each row. `weights` are those of one network, as `Network.named` takes them, or one
    network's in each row, (row, weight).
    """

    def __init__(self, network: Network, weights: Any) -> None:
        if network.data == "tree" or network.directions[1] is not None:
            raise ConfigurationError(
                f"a {type(network).__name__} network does not go from step to step: there is no "
                "state to follow"
            )
        self.network = network
        if isinstance(weights, Mapping) or np.ndim(weights) == 1:
            self.weights = np.concatenate([w.ravel() for w in network.named(weights).values()])
        else:
            self.weights = np.array(weights, np.float64)
            network.named(self.weights[0])
        self._plain = PlainNetwork(network, np.dtype(np.float64))

    @property
    def state_size(self) -> int:
        """Length of a state."""
        return size_of(self.network.state)

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Initial states (row, state) before a first step that sees `inputs` (row, input)."""
        return self._vectors(self._plain.begin(self._weights(len(inputs)), _lanes(inputs)))

    def advance(self, states: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Next states (row, state) and outputs (row, output), after `states` and `inputs`."""
        s = self._plain.state_of(_lanes(states))
        following, y = self._plain.advance(self._weights(len(states)), _lanes(inputs), s)
        return self._vectors(following), y.storage.T

    def jacobian(self, state: np.ndarray, x: np.ndarray) -> np.ndarray:
        """∂ next state / ∂ state, (state, state), where the network is at `state` and sees `x`.

        By forward mode: the state on duals, each element with a direction of its own.
        """
        if self.weights.ndim > 1:
            raise ConfigurationError("a Jacobian is that of one network: give its weights alone")
        weights = numbers(self.weights[:, np.newaxis])
        seen = numbers(np.asarray(x, np.float64)[:, np.newaxis])
        duals = seeds(np.asarray(state, np.float64)[:, np.newaxis])
        following, _ = self._plain.advance(weights, seen, self._plain.state_of(duals))
        rows = [tangent_of(number, self.state_size)[:, 0] for number in elements(following)]
        return np.array(rows).reshape(self.state_size, self.state_size)

    def _weights(self, rows: int) -> LaneArray:
        by_row = np.broadcast_to(self.weights, (rows, self.weights.shape[-1]))
        return _lanes(by_row)

    def _vectors(self, state: Any) -> np.ndarray:
        fields = [field.storage.reshape(field.size, -1) for field in state]
        return np.concatenate(fields).T


def _lanes(rows: np.ndarray) -> LaneArray:
    return LaneArray(np.ascontiguousarray(np.asarray(rows, np.float64).T))
