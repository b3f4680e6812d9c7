"""Networks advanced one step at a time by whoever gives them their inputs, one in each lane: what
controls environments that are not ours. It is the loop of `evornn.fitness.rollout` cut open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import numpy as np

from evornn.fitness.kernel import Kernel
from evornn.fitness.layout import Records, layout_for
from evornn.fitness.packing import lanes_of, put_rows, rows_of
from evornn.fitness.plain import PlainNetwork
from evornn.fitness.rollout import make_beginning
from evornn.networks.network import Network
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.kernels import compiled
from evornn.numerics.lanes import view_lanes
from evornn.numerics.mistakes import COMPILER_ERRORS, explain
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import aligned_zeros, record, size_of


class NetworkStepper(Protocol):
    """Networks with a row of weights each."""

    def advance(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs (network, output) after `inputs` (network, input); the first call begins."""
        ...

    @property
    def states(self) -> np.ndarray:
        """The states (network, number) that the next step goes on from."""
        ...


def network_stepper(network: Network, weights: np.ndarray, dtype: np.dtype) -> NetworkStepper:
    """Networks with `weights` (network, weight): compiled, or in plain Python where nothing is."""
    import numba

    return (PlainNetworks if numba.config.DISABLE_JIT else CompiledNetworks)(
        network, weights, dtype
    )


class CompiledNetworks:
    """A network in each lane."""

    def __init__(self, network: Network, weights: np.ndarray, dtype: np.dtype) -> None:
        self._count, self._dtype, self._begins = len(weights), dtype, True
        self._groups = -(-len(weights) // lanes_of(dtype))
        self._layout = layout_for(network, dtype)
        self._given = [part for part in (network.step, network.start) if part]
        self._kernel = _kernel_of(
            network.step, network.start, Records.of(network), dtype, fingerprint(*self._given)
        )
        self._weights = self._zeros(network.weight_count)
        put_rows(self._weights, weights)
        self._states = self._zeros(size_of(network.state))
        self._following = self._zeros(size_of(network.state))
        self._scratch = self._zeros(size_of(network.scratch))
        self._inputs, self._outputs = self._zeros(network.inputs), self._zeros(network.outputs)
        self._state_size = size_of(network.state)

    def advance(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs (network, output) after `inputs` (network, input); the first call begins."""
        put_rows(self._inputs, inputs)
        try:
            self._kernel(
                self._begins, self._weights, self._layout, self._states, self._following,
                self._scratch, self._inputs, self._outputs,
            )  # fmt: skip
        except COMPILER_ERRORS as error:
            raise explain(error, self._given) from None
        self._begins = False
        return rows_of(self._outputs, self._count).astype(np.float64)

    @property
    def states(self) -> np.ndarray:
        """The states (network, number) that the next step goes on from."""
        return rows_of(self._states, self._count)[:, : self._state_size].astype(np.float64)

    def _zeros(self, size: int) -> np.ndarray:
        return aligned_zeros((self._groups, max(size, 1), lanes_of(self._dtype)), self._dtype)


class PlainNetworks:
    """The same in plain Python."""

    def __init__(self, network: Network, weights: np.ndarray, dtype: np.dtype) -> None:
        self._plain, self._dtype = PlainNetwork(network, dtype), dtype
        self._weights, self._state = self._lanes(weights), None

    def advance(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs (network, output) after `inputs` (network, input); the first call begins."""
        x = self._lanes(inputs)
        before = self._plain.begin(self._weights, x) if self._state is None else self._state
        self._state, y = self._plain.advance(self._weights, x, before)
        return y.storage.T.astype(np.float64)

    @property
    def states(self) -> np.ndarray:
        """The states (network, number) that the next step goes on from."""
        state: Any = self._state or self._plain.zero_state(self._weights)
        fields = [field.storage.reshape(field.size, -1) for field in state]
        return np.concatenate(fields).T.astype(np.float64)

    def _lanes(self, rows: np.ndarray) -> LaneArray:
        return LaneArray(np.ascontiguousarray(rows.T, self._dtype))


def make_network_step(
    step: Callable[..., None], start: Callable[..., None] | None, records: Records
) -> Callable[..., None]:
    """One step of all groups, each array (group, number, lane)."""
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output
    initialise = make_beginning(start, records)

    def network_step(
        begins: bool, weights: Any, layout: Any, states: Any, following: Any, scratch: Any,
        inputs: Any, outputs: Any,
    ) -> None:  # fmt: skip
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        genomes, seen, put = view_lanes(weights), view_lanes(inputs), view_lanes(outputs)
        now, after, space = view_lanes(states), view_lanes(following), view_lanes(scratch)
        for g in range(weights.shape[0]):
            w = record(Weights, layout.weights, genomes[g], 0, genomes[g])
            if begins:
                initialise(w, k, seen[g], layout, now[g])
            s = record(State, layout.state, now[g], 0, space[g])
            s_next = record(Following, layout.following, after[g], 0, space[g])
            y = record(Output, layout.output, put[g], 0, space[g]).y
            step(w, k, seen[g], s, s_next, y)
            for i in range(layout.state_size):
                now[g, i] = after[g, i]

    return network_step


@cache
def _kernel_of(
    step: Callable[..., None],
    start: Callable[..., None] | None,
    records: Records,
    dtype: np.dtype,
    code: str,
) -> Kernel:
    """The kernel of one step; `code` is the fingerprint of its functions."""

    def make(step: Callable[..., None], start: Any = None) -> Callable[..., Any]:
        return make_network_step(step, start, records)

    given = [step, *([start] if start else [])]
    return Kernel(compiled(make, "network-step", *given, layout=records.layouts))
