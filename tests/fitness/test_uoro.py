"""Unbiased online recurrent optimization: its mean is the gradient of exact online learning."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, OnlineUORO
from evornn.fitness.plain_steps import PlainStepEngine
from evornn.fitness.uoro import RankOne
from evornn.networks import MTRNN, Elman
from evornn.optimizers import SGD
from evornn.tasks import Sequences

STEPS = 7


@pytest.fixture
def task():
    rng = np.random.default_rng(3)
    shape = (2, STEPS, 2)
    judged = [[1.0, 0.0, 0.5, 2.0, 0.0, 1.0, 1.0]] * 2
    return Sequences(rng.normal(size=shape), rng.normal(size=shape), judged)


@pytest.fixture
def network():
    return Elman(inputs=2, hidden=3, outputs=2)


def weights_of(network):
    return np.random.default_rng(5).normal(size=network.weight_count, scale=0.7)


def test_the_mean_of_many_estimates_is_the_gradient(task, network):
    fitness, w = Fitness(task, network, dtype="float64"), weights_of(network)
    engine, rng = fitness.simulation(), np.random.default_rng(0)
    influence, draws = engine.influence(), 1500
    exact = np.array([engine.advance(influence, w, 0, t)[1] for t in range(STEPS)])
    estimates = np.zeros((draws, STEPS, len(w)))
    for draw in estimates:
        estimate = RankOne(engine, rng)
        draw[:] = [estimate.advance(w, 0, t)[1] for t in range(STEPS)]
    mean, error = estimates.mean(axis=0), estimates.std(axis=0) / np.sqrt(draws)
    assert (np.abs(mean - exact) <= 5.0 * error + 1e-12).all()
    # The test can fail: the errors are small beside what is estimated, and there is noise at all.
    assert 0.0 < np.linalg.norm(error[-1]) < 0.1 * np.linalg.norm(exact[-1])
    # Before anything has been carried from step to step there is nothing to estimate.
    np.testing.assert_allclose(estimates[:, 0], np.broadcast_to(exact[0], estimates[:, 0].shape))


def learner(task, network, rate, seed=0):
    rule = SGD(learning_rate=rate, momentum=0.0)
    return OnlineUORO(task, network, rule, np.random.default_rng(seed), dtype="float64")


def test_it_learns_and_plain_python_learns_the_same(task, network, monkeypatch):
    lesson = learner(task, network, 0.02).learn(weights_of(network), passes=30)
    assert lesson.losses[-1] < 0.7 * lesson.losses[0]
    again = learner(task, network, 0.02).learn(weights_of(network), passes=2)
    np.testing.assert_array_equal(again.losses, lesson.losses[:2])
    other = learner(task, network, 0.02, seed=1).learn(weights_of(network), passes=2)
    assert not np.array_equal(other.losses, lesson.losses[:2])
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    slow = learner(task, network, 0.02)
    assert isinstance(slow._engine, PlainStepEngine)
    plain = slow.learn(weights_of(network), passes=2)
    np.testing.assert_allclose(plain.weights, again.weights, rtol=1e-9)
    np.testing.assert_allclose(plain.step_losses, again.step_losses, rtol=1e-9)


def test_what_it_cannot_follow_is_told(task, network):
    free = Sequences(task.inputs, task.targets, free_running=3)
    with pytest.raises(ConfigurationError, match="leave free_running out, or take OnlineRTRL"):
        learner(free, network, 0.1)
    with pytest.raises(ConfigurationError, match="state begins at zero, and that of MTRNN"):
        learner(task, MTRNN(inputs=2, hidden=2, outputs=2, slow=1), 0.1)
