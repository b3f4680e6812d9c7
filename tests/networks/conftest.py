"""Running a network's `step` in plain Python, on memory that shows every forgotten write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evornn.fitness.layout import Records, layout_for, split_constants
from evornn.networks import Network
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import plain_record, size_of


def read_only(values: np.ndarray) -> LaneArray:
    """Numbers (element, lane) that a step must not write to."""
    values = values.copy()
    values.flags.writeable = False
    return LaneArray(values)


def unwritten(count: int, lanes: int) -> LaneArray:
    """NaN, so that an element that a step forgets, or reads too early, cannot pass unseen."""
    return LaneArray(np.full((count, lanes), np.nan))


def simulate(network: Network, weights: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Outputs (genome, time, output) of plain steps, for weights (genome, weight)."""
    forwards, ahead = network.directions
    if ahead is None:
        return simulate_forwards(network, weights, inputs)
    own, behind = np.split(weights, [forwards.weight_count], axis=1)
    read_ahead = simulate_forwards(ahead, behind, inputs[::-1])[:, ::-1]
    return simulate_forwards(forwards, own, inputs) + read_ahead


def simulate_forwards(network: Network, weights: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    records, lanes = Records.of(network), len(weights)
    floats, integers = split_constants(network)
    layout = layout_for(network, np.dtype(np.float64))
    for values in (layout.floats, layout.integers):
        values.flags.writeable = False
    shapes = [value.shape for value in (*floats.values(), *integers.values())]
    k = plain_record(records.constants, layout.floats, layout.integers, shapes)
    genomes = read_only(weights.T)
    w = plain_record(records.weights, genomes, genomes, list(network.weights.values()))
    state = np.zeros((size_of(network.state), lanes))
    if network.start is not None:
        state[:] = np.nan
        s = plain_record(records.state, LaneArray(state), None, list(network.state.values()))
        network.start(w, k, read_only(np.repeat(inputs[0][:, None], lanes, axis=1)), s)
        assert not np.isnan(state).any(), "the start left elements of s unwritten"
    outputs, nothing = [], read_only(np.zeros_like(state))
    for x in inputs:
        s = plain_record(records.state, read_only(state), None, list(network.state.values()))
        following = unwritten(len(state), lanes)
        scratch = unwritten(size_of(network.scratch), lanes)
        next_shapes = [*network.state.values(), *network.scratch.values()]
        s_next = plain_record(records.following, following, scratch, next_shapes)
        y = unwritten(network.outputs, lanes)
        # Of a tree this is the chain: one child, and zeros for the others.
        none = plain_record(records.state, nothing, None, list(network.state.values()))
        states = [s, *[none] * (network.predecessors - 1)]
        network.step(w, k, read_only(np.repeat(x[:, None], lanes, axis=1)), *states, s_next, y)
        state = following.storage
        assert not np.isnan(state).any(), "the step left elements of s_next unwritten"
        outputs.append(y.storage)
    return np.moveaxis(np.array(outputs), 2, 0)


@pytest.fixture
def plain_outputs() -> Callable[[Network, np.ndarray, np.ndarray], np.ndarray]:
    return simulate


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2024)


@pytest.fixture
def difference_quotients() -> Callable[..., np.ndarray]:
    """Central differences of ``loss(weights)``, as accurate as float64 allows (about 1e-9)."""

    def quotients(loss: Callable[[np.ndarray], float], weights: np.ndarray) -> np.ndarray:
        h = 1e-5 * np.eye(len(weights))
        return np.array([(loss(weights + d) - loss(weights - d)) / 2e-5 for d in h])

    return quotients


@pytest.fixture(scope="session")
def reference_outputs() -> Callable[[Any, Network, np.ndarray], np.ndarray]:
    """Outputs of `network.reference` in the shape of a task's targets."""

    def outputs(task: Any, network: Network, weights: np.ndarray) -> np.ndarray:
        children = (task.left, task.right) if task.kind == "tree" else ()
        rows = zip(task.inputs, *children, strict=True)
        return np.stack([network.reference(weights, *row) for row in rows])

    return outputs


@pytest.fixture
def reference_loss(
    reference_outputs: Callable[..., np.ndarray],
) -> Callable[[Any, Network], Callable[[np.ndarray], float]]:
    """The loss of `network.reference` on the data of a task."""

    def make(task: Any, network: Network) -> Callable[[np.ndarray], float]:
        return lambda weights: task.loss(reference_outputs(task, network, weights))

    return make
