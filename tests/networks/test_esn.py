"""Echo state network: the reservoir that is drawn, and its states as features of a readout."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import ESN
from evornn.tasks import Sequences

NETWORK = ESN(inputs=2, hidden=30, outputs=2, leak=0.6, connections=4, seed=3)


def series(rng, count):
    return rng.normal(size=(25, count))


@pytest.mark.parametrize("hidden", [1, 5, 80, 150, 400])
@pytest.mark.parametrize("connections", [1, 10])
def test_the_reservoir_has_the_spectral_radius_and_connections_asked_for(hidden, connections):
    fixed = ESN(1, hidden, 1, spectral_radius=0.7, connections=connections).reservoir
    W = fixed.recurrent().toarray()
    assert np.all(np.count_nonzero(W, axis=1) == min(connections, hidden))
    assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(0.7, rel=2e-9)


def test_scalings_are_half_widths():
    fixed = ESN(3, 400, 2, input_scaling=0.5, bias_scaling=2.0, feedback_scaling=0.1).reservoir
    for weights, half_width in [(fixed.W_in, 0.5), (fixed.bias, 2.0), (fixed.W_fb, 0.1)]:
        assert 0.98 * half_width < np.abs(weights).max() <= half_width
        assert abs(weights.mean()) < 0.1 * half_width


def test_the_seed_alone_decides_and_no_global_generator_is_touched():
    # Options no other test uses: a cached reservoir would prove nothing.
    network = ESN(1, 211, 1, seed=91)
    state = np.random.get_state()  # noqa: NPY002  the global generator is what is tested
    first = network.reservoir
    after = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(after[1], state[1])
    assert after[2:] == state[2:]
    from evornn.networks.reservoir import draw_reservoir

    draw_reservoir.cache_clear()
    for again, before in zip(network.reservoir, first, strict=True):
        np.testing.assert_array_equal(again, before)
    assert not np.array_equal(ESN(1, 211, 1, seed=92).reservoir.values, first.values)


def test_only_the_readout_is_evolved():
    assert dict(NETWORK.weights) == {"W_out": (2, 33)}


def test_outputs_are_linear_in_the_features(rng):
    u = series(rng, 2)
    W_out = rng.normal(size=(2, 33))
    features = NETWORK.features(u)
    np.testing.assert_array_equal(features[:, :3], np.column_stack([np.ones(25), u]))
    expected = NETWORK.reference(W_out.ravel(), u)
    np.testing.assert_allclose(features @ W_out.T, expected, rtol=1e-12, atol=1e-12)


def test_features_with_feedback_take_the_outputs_before(rng):
    network = dataclasses.replace(NETWORK, feedback_scaling=0.4)
    assert NETWORK.fixed_features
    assert not network.fixed_features
    u = series(rng, 2)
    W_out = 0.1 * rng.normal(size=(2, 33))
    y = network.reference(W_out.ravel(), u)
    features = network.features(u, outputs_before=np.vstack([np.zeros((1, 2)), y[:-1]]))
    np.testing.assert_allclose(features @ W_out.T, y, rtol=1e-11, atol=1e-12)
    with pytest.raises(ConfigurationError, match=r"feedback_scaling 0\.4 .*outputs_before"):
        network.features(u)


def test_the_leak_slows_the_states():
    # Without input and recurrence, x approaches f(bias) as 1 − (1 − a)^t.
    network = ESN(1, 5, 1, leak=0.25, spectral_radius=1e-300, bias_scaling=1.0)
    states = network.features(np.zeros((10, 1)))[:, 2:]
    share = 1.0 - 0.75 ** np.arange(1, 11)
    expected = share[:, None] * np.tanh(network.reservoir.bias)
    np.testing.assert_allclose(states, expected, rtol=1e-12)


def test_old_inputs_are_forgotten(rng):
    u = rng.normal(size=(300, 2))
    other = u.copy()
    other[0] += 5.0
    difference = np.abs(NETWORK.features(u) - NETWORK.features(other)).max(axis=1)
    assert difference[0] > 0.1
    assert difference[-1] < 1e-9


def test_jaegers_leaky_units_of_2001_are_these_with_other_options(rng):
    """x = (1 − δCa) x' + δC f(W_in [1; u] + W x'), followed by hand, with his figures."""
    C, a, radius = 0.44, 0.9, 0.79
    network = ESN(1, 40, 1, leak=C * a, spectral_radius=radius / a, seed=5)
    fixed = dataclasses.replace(network, leak=1.0, spectral_radius=radius).reservoir
    W, u = fixed.recurrent().toarray(), rng.normal(size=(30, 1))
    assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(radius)
    x, states = np.zeros(40), []
    for t in range(30):
        x = (1.0 - C * a) * x + C * np.tanh(fixed.bias + fixed.W_in @ u[t] + W @ x)
        states.append(x)
    # The readout makes up for the factor a.
    np.testing.assert_allclose(network.features(u)[:, 2:] / a, states, rtol=1e-8, atol=1e-12)


def test_a_free_run_is_output_feedback(rng):
    """Input weights that carry the network's own output are feedback weights (Jaeger 2001)."""
    network = ESN(1, 20, 1, spectral_radius=0.5, seed=2)
    given, steps = 6, 20
    task = Sequences(rng.normal(size=(steps, 1)), np.zeros((steps, 1)), free_running=given)
    weights = 0.3 * rng.normal(size=network.weight_count)
    outputs = Fitness(task, network, dtype="float64").predict(weights)[0]
    fixed, W_out = network.reservoir, weights[None]
    x, y = np.zeros(20), 0.0
    for t in range(steps):
        heard = task.inputs[0, t, 0] if t < given else y
        x = np.tanh(fixed.bias + fixed.W_in[:, 0] * heard + fixed.recurrent() @ x)
        y = float(W_out[0] @ np.concatenate([[1.0, heard], x]))
        assert outputs[t, 0] == pytest.approx(y, rel=1e-11)


def test_evolved_hyperparameters_are_those_of_the_options(rng):
    options = {
        "spectral_radius": 0.7, "leak": 0.4, "input_scaling": 0.6, "bias_scaling": 0.3,
        "feedback_scaling": 0.2,
    }  # fmt: skip
    fixed = ESN(2, 25, 2, seed=8, **options)
    evolved = ESN(2, 25, 2, seed=8, evolved=tuple(options))
    W_out, u = 0.2 * rng.normal(size=(2, 28)), series(rng, 2)
    genes = {"W_out": W_out, **{name: [value] for name, value in options.items()}}
    assert list(evolved.weights) == list(genes)
    expected = fixed.reference(W_out.ravel(), u)
    np.testing.assert_allclose(evolved.reference(genes, u), expected, rtol=1e-8)
    assert evolved.exponential == set(options)


@pytest.mark.parametrize(("gene", "acts_as"), [(-3.0, 0.0), (7.0, 1.0)])
def test_a_leak_outside_its_range_acts_as_the_nearer_end(gene, acts_as, plain_outputs, rng):
    network = ESN(1, 5, 1, evolved="leak")
    weights = np.concatenate([rng.normal(size=7), [gene]])
    clipped = np.concatenate([weights[:7], [acts_as]])
    u = rng.normal(size=(10, 1))
    outside, inside = plain_outputs(network, np.array([weights, clipped]), u)
    np.testing.assert_array_equal(outside, inside)
    np.testing.assert_array_equal(network.reference(weights, u), network.reference(clipped, u))


def test_features_that_depend_on_genes_need_them(rng):
    network = ESN(2, 5, 1, evolved=["leak", "spectral_radius"])
    assert not network.fixed_features
    with pytest.raises(ConfigurationError, match=r"evolves spectral_radius, leak .*give weights"):
        network.features(series(rng, 2))
