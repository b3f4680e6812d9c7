"""Causal recursive back-propagation: exact where it is not cut off, and its special cases."""

import numpy as np
import pytest
from scipy.signal import lfilter

from evornn.errors import ConfigurationError
from evornn.fitness import OnlineCRBP, OnlineRTRL
from evornn.fitness.crbp import CausalRecursion
from evornn.networks import IIR, Elman
from evornn.optimizers import SGD, Adam
from evornn.tasks import DelayedRecall, Sequences

STEPS = 9


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def squared(rng, network, steps=STEPS):
    """One sequence, each step of which is judged alike."""
    inputs = rng.normal(size=(1, steps, network.inputs))
    return Sequences(inputs, rng.normal(size=(1, steps, network.outputs)))


def weighted(rng, network):
    """Sequences of several lengths, steps of several weights, and another loss."""
    lengths = (6, 1, STEPS)
    return Sequences(
        [rng.normal(size=(n, network.inputs)) for n in lengths],
        [np.eye(network.outputs)[rng.integers(0, network.outputs, n)] for n in lengths],
        [rng.choice([0.5, 1.0, 2.0, 0.0], n, p=[0.3, 0.3, 0.3, 0.1]) for n in lengths],
        loss_function="softmax_cross_entropy",
    )


def steps_of(gradients, task, weights):
    """Errors and gradients of all steps, one after another, of weights that stay."""
    places = [(q, t) for q, length in enumerate(task.lengths) for t in range(length)]
    errors, slopes = zip(*(gradients.advance(weights, q, t) for q, t in places), strict=True)
    return np.array(errors), np.array(slopes)


def drawn(rng, network):
    return rng.normal(size=network.weight_count, scale=0.6)


NETWORKS = [
    IIR(inputs=2, hidden=3, outputs=2, input_delays=2, output_delays=2),
    IIR(2, (3, 2), 2, input_delays=(1, 0, 2), output_delays=(2, 1, 0), activation="sigmoid"),
    IIR(2, (2, 3, 2), 3, output_activation="tanh"),
    IIR(2, (4, 2), 2, input_delays=0, output_delays=2, activation="relu"),
    IIR(2, (), 3, input_delays=1, output_delays=3),
]


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
@pytest.mark.parametrize("make_task", [squared, weighted])
def test_without_truncation_it_is_back_propagation_through_time(
    network, make_task, rng, plain_python
):
    task, w = make_task(rng, network), drawn(rng, network)
    errors, gradients = steps_of(CausalRecursion(network, task, None), task, w)
    fitness = plain_python(task, network, dtype="float64")
    (loss,), (gradient,) = fitness.value_and_grad(w[np.newaxis])
    np.testing.assert_allclose(errors.sum() / task.divisor, loss, rtol=1e-12)
    scale = np.abs(gradient).max()
    found = gradients.sum(axis=0) / task.divisor
    np.testing.assert_allclose(found, gradient, rtol=1e-10, atol=1e-12 * scale)
    # And each step's own, not only their sum, is that of real-time recurrent learning.
    engine = fitness._engine
    influence = engine.influence()
    for (q, t), one in zip(
        [(q, t) for q, n in enumerate(task.lengths) for t in range(n)], gradients, strict=True
    ):
        expected = engine.advance(influence, w, q, t)[1]
        np.testing.assert_allclose(one, expected, rtol=1e-9, atol=1e-12 * scale * task.divisor)


def recursive_back_propagation(network, weights, task, horizon):
    """δ(t) ∂s(t)/∂ weights of all steps, (time, weights), as the paper collects them.

    Not causal: e(t) of a layer adds up the errors of the `horizon` steps after t in the layer
    above. Filters, and the derivatives of filters, are SciPy's.
    """
    signals, layers, T = [task.inputs[0]], [], len(task.inputs[0])
    for name, layer in network.parts.items():
        part = network.weights_of(name, weights)
        w, v = part["w"], part.get("v", np.zeros((layer.outputs, layer.inputs, 0)))
        poles = np.concatenate([np.ones((*v.shape[:2], 1)), -v], axis=2)
        slopes = {key: np.zeros((T, *value.shape)) for key, value in part.items()}
        slopes["b"][:] = 1.0
        s, h = np.tile(part["b"], (T, 1)), np.zeros((T, layer.outputs, layer.inputs))
        for n, m in np.ndindex(layer.outputs, layer.inputs):
            x = signals[-1][:, m]
            y = lfilter(w[n, m], poles[n, m], x)
            s[:, n] += y
            h[:, n, m] = lfilter(w[n, m], poles[n, m], np.eye(T)[0])
            for p in range(layer.P + 1):
                slopes["w"][:, n, m, p] = lfilter(np.eye(p + 1)[-1], poles[n, m], x)
            for p in range(layer.Q):
                slopes["v"][:, n, m, p] = lfilter(np.eye(p + 2)[-1], poles[n, m], y)
        signals.append(np.tanh(s) if name != list(network.parts)[-1] else s)
        layers.append((slopes, h))
    gradients, e = {}, 2.0 * (signals[-1] - task.targets[0])
    for level in reversed(range(len(layers))):
        slopes, h = layers[level]
        f_slope = 1.0 if level == len(layers) - 1 else 1.0 - signals[level + 1] ** 2
        delta = e * f_slope
        for key, slope in slopes.items():
            axes = delta.reshape(*delta.shape, *[1] * (slope.ndim - 2))
            gradients[f"layer{level}_{key}"] = axes * slope
        e = np.zeros_like(signals[level])
        for t in range(T):
            for later in range(t, min(t + horizon + 1, T)):
                e[t] += delta[later] @ h[later - t]
    return np.hstack([gradients[key].reshape(T, -1) for key in network.weights])


@pytest.mark.parametrize("horizon", [0, 1, 3, STEPS + 5])
@pytest.mark.parametrize("hidden", [3, (2, 3)])
def test_truncated_it_adds_up_what_the_paper_does(horizon, hidden, rng):
    network = IIR(inputs=2, hidden=hidden, outputs=2, input_delays=2, output_delays=2)
    task, w = squared(rng, network), drawn(rng, network)
    _, gradients = steps_of(CausalRecursion(network, task, horizon), task, w)
    expected = recursive_back_propagation(network, w, task, horizon)
    np.testing.assert_allclose(gradients.sum(axis=0), expected.sum(axis=0), rtol=1e-10, atol=1e-12)
    # Only without a past are the steps the same one by one: that is the rule of Back and Tsoi.
    alike = np.allclose(gradients, expected, rtol=1e-10, atol=1e-12)
    assert alike == (horizon == 0)
    # Further back is closer to the whole.
    exact = recursive_back_propagation(network, w, task, STEPS).sum(axis=0)
    assert np.allclose(expected.sum(axis=0), exact, rtol=1e-10) == (horizon > STEPS)


def test_without_a_past_it_is_the_algorithm_of_back_and_tsoi(rng):
    network = IIR(inputs=1, hidden=1, outputs=1)
    task, w = squared(rng, network), drawn(rng, network)
    _, gradients = steps_of(CausalRecursion(network, task, 0), task, w)
    (w0, w1), v, b, (V0, V1), V, c = np.split(w, [2, 3, 4, 6, 7])
    x1 = h1 = y1 = z1 = 0.0
    dw, dv = np.zeros(4), np.zeros(3)
    for x, d, found in zip(task.inputs[0, :, 0], task.targets[0, :, 0], gradients, strict=True):
        # A synapse, a neuron, a synapse; beside each synapse its derivatives run on.
        y = w0 * x + w1 * x1 + v[0] * y1
        h = np.tanh(y + b[0])
        z = V0 * h + V1 * h1 + V[0] * z1
        dw = np.array([x, x1, y1, 0.0]) + v[0] * dw
        dv = np.array([h, h1, z1]) + V[0] * dv
        e = 2.0 * (z + c[0] - d)
        # The output synapse is taken for its first weight alone.
        delta = e * V0 * (1.0 - h * h)
        expected = [*(delta * dw[:3]), delta, *(e * dv), e]
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-14)
        x1, h1, y1, z1 = x, h, y, z


def test_without_delays_it_is_back_propagation(rng):
    network = IIR(inputs=2, hidden=4, outputs=2, input_delays=0, output_delays=0)
    task, w = squared(rng, network), drawn(rng, network)
    part = network.named(w)
    W, V = part["layer0_w"][..., 0], part["layer1_w"][..., 0]
    for horizon in (0, 4, None):
        _, gradients = steps_of(CausalRecursion(network, task, horizon), task, w)
        for x, d, found in zip(task.inputs[0], task.targets[0], gradients, strict=True):
            h = np.tanh(W @ x + part["layer0_b"])
            e = 2.0 * (V @ h + part["layer1_b"] - d)
            delta = (V.T @ e) * (1.0 - h * h)
            expected = [np.outer(delta, x).ravel(), delta, np.outer(e, h).ravel(), e]
            np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-10, atol=1e-14)


def test_on_tapped_delay_lines_the_delay_is_horizon_enough(rng):
    network = IIR(inputs=2, hidden=(3, 2), outputs=2, input_delays=3, output_delays=0)
    task, w = squared(rng, network, steps=14), drawn(rng, network)
    sums = [
        steps_of(CausalRecursion(network, task, horizon), task, w)[1].sum(axis=0)
        for horizon in (2, 3, None)
    ]
    np.testing.assert_allclose(sums[1], sums[2], rtol=1e-10, atol=1e-13)
    assert np.abs(sums[0] - sums[2]).max() > 1e-3


def test_where_only_the_lowest_layer_remembers_every_horizon_will_do(rng):
    network = IIR(2, (3, 2), 2, input_delays=(1, 0, 0), output_delays=(2, 0, 0))
    task, w = squared(rng, network), drawn(rng, network)
    found = [steps_of(CausalRecursion(network, task, h), task, w)[1] for h in (0, 2, None)]
    np.testing.assert_allclose(found[0], found[2], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(found[1], found[2], rtol=1e-10, atol=1e-13)


def test_one_layer_learns_as_in_real_time_at_any_rate(rng, monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    network = IIR(inputs=2, hidden=(), outputs=2, input_delays=1, output_delays=2)
    task, w = weighted(rng, network), drawn(rng, network)
    rule = SGD(learning_rate=0.2, momentum=0.5)
    exact = OnlineRTRL(task, network, rule, dtype="float64").learn(w, passes=2)
    for horizon in (0, None):
        lesson = OnlineCRBP(task, network, rule, horizon).learn(w, passes=2)
        np.testing.assert_allclose(lesson.weights, exact.weights, rtol=1e-10)
        np.testing.assert_allclose(lesson.step_losses, exact.step_losses, rtol=1e-10)
    assert np.abs(lesson.weights - w).max() > 0.1


def test_it_learns_what_it_heard_some_steps_ago(rng):
    task = DelayedRecall(delay=2, sequences=3)
    network = IIR(inputs=1, hidden=3, outputs=1)
    w = rng.normal(size=network.weight_count, scale=0.3)
    losses = {
        horizon: OnlineCRBP(task, network, Adam(learning_rate=0.02), horizon).learn(w, 6).losses
        for horizon in (0, 6)
    }
    assert losses[6][-1] < 0.5 * losses[6][0]
    # What Back and Tsoi leave out is what matters here.
    assert losses[6][-1] < losses[0][-1]


def test_mistakes_are_told(rng):
    network = IIR(inputs=2, hidden=3, outputs=2)
    task = squared(rng, network)
    with pytest.raises(ConfigurationError, match=r"networks\.IIR\), got a Elman network"):
        OnlineCRBP(task, Elman(2, 3, 2), SGD())
    with pytest.raises(ConfigurationError, match="horizon must be at least 0, got -1"):
        OnlineCRBP(task, network, SGD(), horizon=-1)
    free = Sequences(task.inputs, task.targets, free_running=3)
    with pytest.raises(ConfigurationError, match=r"OnlineCRBP takes the outputs .*free_running"):
        OnlineCRBP(free, network, SGD())
