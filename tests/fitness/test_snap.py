"""SnAp-1: exact where units hear only themselves, the paper's approximation where they do not."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, OnlineRTRL, OnlineSnAp
from evornn.fitness.plain_steps import PlainStepEngine
from evornn.networks import LSTM, MTRNN, Elman, IndRNN
from evornn.optimizers import SGD
from evornn.tasks import Sequences

STEPS = 7
STEEPEST = SGD(learning_rate=0.1, momentum=0.0, clip_norm=None)


@pytest.fixture
def task():
    rng = np.random.default_rng(3)
    shape = (2, STEPS, 2)
    judged = [[1.0, 0.0, 0.5, 2.0, 0.0, 1.0, 1.0]] * 2
    return Sequences(rng.normal(size=shape), rng.normal(size=shape), judged)


def weights_of(network):
    return np.random.default_rng(5).normal(size=network.weight_count, scale=0.7)


def learner(task, network, kind=OnlineSnAp):
    return kind(task, network, STEEPEST, dtype="float64")


def paper(network, weights, inputs, targets, judged):
    """The paper's equations for an Elman network, in matrix form: gradients of all steps."""
    part, n = network.named(weights), network.hidden
    h, P, found = np.zeros(n), np.zeros((n, n * (network.inputs + n + 1))), []
    for x, d, v in zip(inputs, targets, judged, strict=True):
        unit = np.eye(n)
        direct = np.hstack([np.kron(unit, x), np.kron(unit, h), unit])
        h = np.tanh(part["W"] @ x + part["U"] @ h + part["b"])
        D = (1.0 - h**2)[:, np.newaxis] * part["U"]
        now = (1.0 - h**2)[:, np.newaxis] * direct
        pattern = np.hstack([np.kron(unit, np.ones(len(x))), np.kron(unit, np.ones(n)), unit]) != 0
        P = np.where(pattern, now + D @ P, 0.0)
        e = v * 2.0 * (part["V"] @ h + part["c"] - d)
        found.append(np.concatenate([e @ part["V"] @ P, np.outer(e, h).ravel(), e]))
    return np.array(found)


def test_for_units_that_hear_each_other_it_is_that_of_the_paper(task):
    network = Elman(inputs=2, hidden=11, outputs=2)  # more states than lanes
    w, snap = weights_of(network), learner(task, network)
    assert list(network.weights) == ["W", "U", "b", "V", "c"]
    gradients = snap._gradients()
    for q in range(2):
        data = task.inputs[q], task.targets[q], task.judged[q]
        expected = paper(network, w, *data)
        found = np.array([gradients.advance(w, q, t)[1] for t in range(STEPS)])
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)
    exact = learner(task, network, OnlineRTRL)._gradients()
    found = [exact.advance(w, 1, t)[1] for t in range(STEPS)]
    assert np.abs(found - expected).max() > 1e-2 * np.abs(found).max()


@pytest.mark.parametrize("layers", [1, 2])
def test_for_units_that_hear_only_themselves_it_is_exact(layers, task, monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    network = IndRNN(inputs=2, hidden=3, outputs=2, layers=layers)
    w = weights_of(network)
    snap, exact = learner(task, network), learner(task, network, OnlineRTRL)
    found, expected = snap.learn(w, passes=2), exact.learn(w, passes=2)
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-10)
    np.testing.assert_allclose(found.step_losses, expected.step_losses, rtol=1e-10)
    kept = np.count_nonzero(snap._pattern)
    # Of W, u and b each weight acts on one unit; a layer's weights act on all units above, too.
    assert kept == (3 * 4 if layers == 1 else 3 * 4 + 3 * 4 * 3 + 3 * 5)


def test_plain_python_learns_the_same(task, monkeypatch):
    network = Elman(inputs=2, hidden=11, outputs=2)
    w = weights_of(network)
    lesson = learner(task, network).learn(w)
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    slow = learner(task, network)
    assert isinstance(slow._engine, PlainStepEngine)
    plain = slow.learn(w)
    np.testing.assert_allclose(plain.weights, lesson.weights, rtol=1e-10)


def test_what_a_weight_does_to_both_states_of_a_cell_is_kept(task, monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    network = LSTM(inputs=2, hidden=1, outputs=2)
    # An output gate acts on h alone; i, f and g on c and, through it, on h.
    kept = learner(task, network)._pattern
    h, c = kept
    assert np.count_nonzero(h) == 4 * (2 + 1 + 1)
    assert np.count_nonzero(c) == 3 * (2 + 1 + 1)
    assert not (c & ~h).any()


@pytest.mark.parametrize("cells", [1, 3])
def test_through_the_cells_alone_it_is_the_first_lstms_gradient(cells, task, monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    network = LSTM(inputs=2, hidden=cells, outputs=2)
    w = weights_of(network)
    snap = OnlineSnAp(task, network, STEEPEST, dtype="float64", through=("c",))
    fitness, gradients = Fitness(task, network, dtype="float64"), snap._gradients()
    found = sum(gradients.advance(w, q, t)[1] for q, t in np.ndindex(2, STEPS))
    expected = fitness.value_and_grad(w[np.newaxis], mode="through:c")[1][0]
    np.testing.assert_allclose(found / fitness.data.divisor, expected, rtol=1e-10, atol=1e-14)
    whole = fitness.value_and_grad(w[np.newaxis])[1][0]
    assert np.abs(whole - expected).max() > 1e-3 * np.abs(whole).max()
    with pytest.raises(ConfigurationError, match="through must be one of h, c; got 'C'"):
        OnlineSnAp(task, network, STEEPEST, through=("C",))


@pytest.mark.parametrize(
    ("network", "free", "message"),
    [
        (Elman(2, 2, 2), 3, "OnlineSnAp .*leave free_running out, or take OnlineRTRL"),
        (MTRNN(2, 2, 2, slow=1), None, "OnlineSnAp .*state begins at zero, and that of MTRNN"),
    ],
)
def test_what_it_cannot_follow_is_told(network, free, message, task):
    free_task = Sequences(task.inputs, task.targets, free_running=free)
    with pytest.raises(ConfigurationError, match=message):
        learner(free_task, network)
