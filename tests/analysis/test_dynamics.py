"""Trajectories, linearised steps, fixed points, Lyapunov exponents: against closed forms."""

import numpy as np
import pytest

from evornn.analysis import (
    Stepper,
    cut_outputs,
    fixed_points,
    lyapunov_exponent,
    spectrum,
    trajectory,
)
from evornn.errors import ConfigurationError
from evornn.networks import CTRNN, LSTM, Bidirectional, Elman, FullyRecurrent


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def recurrent(U, b=0.0):
    """A fully recurrent network without input weights, and its weights."""
    U = np.asarray(U, np.float64)
    n = len(U)
    network = FullyRecurrent(inputs=1, hidden=n, outputs=n)
    return network, {"W": np.zeros((n, 1)), "U": U, "b": np.full(n, b)}


def test_a_trajectory_has_the_outputs_of_the_reference(rng):
    network = LSTM(inputs=2, hidden=3, outputs=1)
    weights, inputs = rng.normal(size=network.weight_count), rng.normal(size=(6, 2))
    found = trajectory(network, weights, inputs)
    np.testing.assert_allclose(found.outputs, network.reference(weights, inputs), rtol=1e-12)
    assert found.states.shape == (6, 6)
    assert found.names == ["h[0]", "h[1]", "h[2]", "c[0]", "c[1]", "c[2]"]


def test_the_jacobian_of_a_tanh_network_is_the_matrix_of_the_text_books(rng):
    network = FullyRecurrent(inputs=2, hidden=4, outputs=1)
    w = network.named(rng.normal(size=network.weight_count))
    h, x = rng.normal(size=4), rng.normal(size=2)
    slope = 1.0 - np.tanh(w["W"] @ x + w["U"] @ h + w["b"]) ** 2
    np.testing.assert_allclose(Stepper(network, w).jacobian(h, x), slope[:, None] * w["U"])


@pytest.mark.parametrize("network", [LSTM(1, 2, 1), CTRNN(1, 3, 1)], ids=["LSTM", "CTRNN"])
def test_jacobians_are_difference_quotients(network, rng):
    stepper = Stepper(network, np.abs(rng.normal(size=network.weight_count)))
    state, x = rng.normal(size=stepper.state_size), rng.normal(size=1)
    h = 1e-6 * np.eye(len(state))
    inputs = np.repeat(x[None], len(state), axis=0)
    after, before = stepper.advance(state + h, inputs)[0], stepper.advance(state - h, inputs)[0]
    np.testing.assert_allclose(stepper.jacobian(state, x), (after - before).T / 2e-6, atol=1e-8)


def test_the_spectrum_at_rest_is_that_of_the_weights(rng):
    network, weights = recurrent(rng.normal(size=(5, 5)))
    found = spectrum(network, weights, np.zeros(5), np.zeros(1))
    expected = np.linalg.eigvals(weights["U"])
    np.testing.assert_allclose(np.abs(found), np.sort(np.abs(expected))[::-1])


def test_a_self_excited_unit_has_three_fixed_points():
    network, weights = recurrent([[2.0]])
    starts = np.linspace(-2.0, 2.0, 21)[:, None]
    low, high, middle = fixed_points(network, weights, np.zeros(1), starts)
    assert low.stable
    assert high.stable
    assert not middle.stable
    np.testing.assert_allclose(middle.eigenvalues, [2.0])
    np.testing.assert_allclose(high.state, np.tanh(2.0 * high.state))
    np.testing.assert_allclose([low.state[0], middle.state[0]], [-high.state[0], 0.0], atol=1e-9)


@pytest.mark.parametrize("gain", [0.5, 0.9])
def test_the_exponent_of_a_network_that_dies_out_is_its_spectral_radius(gain):
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    network, weights = recurrent(gain * turn)
    found = lyapunov_exponent(network, weights, np.zeros((600, 1)), transient=300)
    np.testing.assert_allclose(found, np.log(gain), atol=1e-4)


def test_random_networks_turn_chaotic_as_their_gain_passes_one(rng):
    n, gains = 40, np.array([0.5, 0.8, 2.0, 3.0])
    network = FullyRecurrent(inputs=1, hidden=n, outputs=1)
    U = rng.normal(size=(n, n)) / np.sqrt(n)
    rows = np.concatenate([np.zeros((4, n)), gains[:, None] * U.ravel(), np.zeros((4, n))], axis=1)
    found = lyapunov_exponent(network, rows, np.zeros((300, 1)), transient=100)
    assert (found[:2] < -0.1).all()
    assert (found[2:] > 0.05).all()
    assert found[3] > found[2]


def test_a_network_cut_after_two_steps_is_a_feed_forward_network_of_two_layers(rng):
    network = Elman(inputs=2, hidden=3, outputs=1)
    w = network.named(rng.normal(size=network.weight_count))
    x = rng.normal(size=(5, 2))
    first = np.tanh(x[:-1] @ w["W"].T + w["b"])
    second = np.tanh(x[1:] @ w["W"].T + first @ w["U"].T + w["b"])
    found = cut_outputs(network, w, x, 2)
    np.testing.assert_allclose(found[1:], second @ w["V"].T + w["c"], rtol=1e-12)
    np.testing.assert_allclose(cut_outputs(network, w, x, 9), network.reference(w, x), rtol=1e-12)


def test_what_does_not_go_from_step_to_step_is_refused():
    network = Bidirectional(inputs=1, hidden=2, outputs=1)
    with pytest.raises(ConfigurationError, match=r"Bidirectional .* no state to follow"):
        trajectory(network, np.zeros(network.weight_count), np.zeros((3, 1)))


def test_a_wrong_shape_is_told():
    network = Elman(inputs=2, hidden=3, outputs=1)
    with pytest.raises(ConfigurationError, match=r"\(time, 2\), got the shape \(3, 1\)"):
        trajectory(network, np.zeros(network.weight_count), np.zeros((3, 1)))
