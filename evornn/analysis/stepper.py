"""Networks one step at a time, from any state: what analysis of their dynamics is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness.layout import Records
from evornn.fitness.plain import PlainNetwork
from evornn.networks.network import Network
from evornn.numerics.plain import LaneArray, Number
from evornn.numerics.plain_tape import leaves, sweep_plain
from evornn.numerics.records import plain_record, size_of


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
        s = self._state(_lanes(states))
        following, y = self._plain.advance(self._weights(len(states)), _lanes(inputs), s)
        return self._vectors(following), y.storage.T

    def jacobian(self, state: np.ndarray, x: np.ndarray) -> np.ndarray:
        """∂ next state / ∂ state, (state, state), where the network is at `state` and sees `x`.

        From the tape: one step with as many lanes as there are elements, each lane with the adjoint
        of another element of the next state.
        """
        if self.weights.ndim > 1:
            raise ConfigurationError("a Jacobian is that of one network: give its weights alone")
        n = self.state_size
        tape: list[Any] = []
        variables = leaves(np.repeat(state[:, np.newaxis], n, axis=1), tape)
        weights = _numbers(np.repeat(self.weights[:, np.newaxis], n, axis=1))
        seen = _numbers(np.repeat(np.asarray(x, np.float64)[:, np.newaxis], n, axis=1))
        following, _ = self._plain.advance(weights, seen, self._state(variables))
        results = [number for field in following for number in np.ravel(field)]
        for i, number in enumerate(results):
            if hasattr(number, "adjoint"):
                number.adjoint = number.adjoint + np.eye(n)[i]
        with np.errstate(all="ignore"):
            sweep_plain(tape)
        return np.array([variable.adjoint for variable in variables]).T.reshape(n, n)

    def _state(self, vector: Any) -> Any:
        return plain_record(self._record, vector, None, list(self.network.state.values()))

    def _weights(self, rows: int) -> LaneArray:
        by_row = np.broadcast_to(self.weights, (rows, self.weights.shape[-1]))
        return _lanes(by_row)

    def _vectors(self, state: Any) -> np.ndarray:
        fields = [field.storage.reshape(field.size, -1) for field in state]
        return np.concatenate(fields).T


def _lanes(rows: np.ndarray) -> LaneArray:
    return LaneArray(np.ascontiguousarray(np.asarray(rows, np.float64).T))


def _numbers(values: np.ndarray) -> np.ndarray:
    """An object array of numbers over `values` (element, lane)."""
    out = np.empty(len(values), object)
    out[:] = [Number(row) for row in values]
    return out
