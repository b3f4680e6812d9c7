"""Independently recurrent networks: units that hear themselves only, within their bound."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.encodings import Bounded
from evornn.networks import FullyRecurrent, IndRNN


def test_one_layer_is_a_fully_recurrent_network_with_a_diagonal_matrix(rng):
    network = IndRNN(inputs=2, hidden=4, outputs=3, activation="tanh", readout=False)
    full = FullyRecurrent(inputs=2, hidden=4, outputs=3)
    w = network.named(rng.normal(size=network.weight_count))
    inputs = rng.normal(size=(10, 2))
    expected = full.reference({"W": w["W"], "U": np.diag(w["u"][0]), "b": w["b"][0]}, inputs)
    np.testing.assert_allclose(network.reference(w, inputs), expected, rtol=1e-12)


@pytest.mark.parametrize("u", [0.5, 1.5, -3.0, 40.0])
def test_over_the_horizon_no_state_grows_more_than_twofold(u, plain_outputs):
    network = IndRNN(1, 1, 1, horizon=30, activation="identity", readout=False)
    impulse = np.eye(31, 1)
    outputs = plain_outputs(network, np.array([[1.0, u, 0.0]]), impulse)[0, :, 0]
    effective = np.clip(u, -(2.0 ** (1 / 30)), 2.0 ** (1 / 30))
    np.testing.assert_allclose(outputs, effective ** np.arange(31), rtol=1e-12)
    assert np.abs(outputs).max() <= 2.0 + 1e-12


def test_the_self_weight_is_added_to_the_topmost_u(rng):
    offset = IndRNN(2, 3, 1, layers=2, horizon=9, self_weight=0.75)
    bare = IndRNN(2, 3, 1, layers=2, horizon=9)
    w, inputs = bare.named(rng.normal(size=bare.weight_count)), rng.normal(size=(8, 2))
    expected = offset.reference(w, inputs)
    w["u"][1] += 0.75
    np.testing.assert_allclose(bare.reference(w, inputs), expected, rtol=1e-12)


def test_layers_of_zero_weight_are_skipped_by_the_residual(rng):
    deep, flat = IndRNN(2, 3, 1, layers=3, residual=True), IndRNN(2, 3, 1)
    w = deep.named(rng.normal(size=deep.weight_count))
    for name in ("W_above", "u", "b"):
        w[name][-2:] = 0.0
    lowest = {"W": w["W"], "u": w["u"][:1], "b": w["b"][:1], "V": w["V"], "c": w["c"]}
    inputs = rng.normal(size=(8, 2))
    np.testing.assert_allclose(deep.reference(w, inputs), flat.reference(lowest, inputs))


@pytest.mark.parametrize("self_weight", [0.0, 1.0, -0.5])
def test_the_range_of_u_is_what_acts(self_weight, rng):
    network = IndRNN(2, 3, 1, layers=1, horizon=10, self_weight=self_weight)
    low, high = network.ranges["u"]
    assert (low + self_weight, high + self_weight) == pytest.approx((-network.bound, network.bound))
    assert network.bound == pytest.approx(2.0 ** (1 / 10))
    genes = rng.uniform(-1.0, 1.0, (50, network.weight_count))
    weights = Bounded().bind(network).decode(genes)
    u = np.array([network.named(w)["u"] for w in weights])
    assert np.all((low <= u) & (u <= high))
    assert "u" not in IndRNN(2, 3, 1).ranges
