"""Real-time recurrent learning: forward mode beside back-propagation, and learning at each step."""

from itertools import pairwise

import numpy as np
import pytest

from evornn.encodings import Bounded
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, OnlineRTRL
from evornn.fitness.plain_steps import PlainStepEngine
from evornn.networks import MTRNN, Bidirectional, Elman, FullyRecurrent, Recursive
from evornn.optimizers import SGD, Adam, Genetic
from evornn.tasks import LogicalFormulas, Sequences


def drawn(fitness, size=2, seed=1):
    return np.random.default_rng(seed).normal(size=(size, fitness.genes), scale=0.7)


def test_the_two_modes_agree_on_all_kinds_of_data(case):
    fitness = Fitness(case.task, case.network, dtype="float64")
    losses, gradients = fitness.value_and_grad(case.population(3))
    found = fitness.value_and_grad(case.population(3), mode="forward")
    np.testing.assert_array_equal(found[0], losses)
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(found[1], gradients, rtol=1e-10, atol=1e-12 * scale)


# The registry is gone through in plain Python, in the contract of networks. Here forward mode is
# compiled, and back-propagation, which others compile, is not.
NETWORKS = [
    FullyRecurrent(inputs=2, hidden=5, outputs=3, readout=True),
    MTRNN(inputs=2, hidden=2, outputs=3, slow=2),
    Bidirectional(inputs=2, hidden=2, outputs=3, network="elman"),
]


def equals_the_tape(task, network, plain_python):
    fitness = Fitness(task, network, dtype="float64")
    population = np.abs(drawn(fitness))
    losses, gradients = fitness.value_and_grad(population, mode="forward")
    plain = plain_python(task, network, dtype="float64").value_and_grad(population)
    np.testing.assert_allclose(losses, plain[0], rtol=1e-12)
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(gradients, plain[1], rtol=1e-10, atol=1e-12 * scale)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: type(network).__name__)
def test_compiled_forward_mode_equals_the_tape(network, plain_python):
    rng = np.random.default_rng(4)
    lengths = (6, 1, 4)
    task = Sequences(
        [rng.normal(size=(n, 2)) for n in lengths],
        [np.eye(3)[rng.integers(0, 3, n)] for n in lengths],
        [rng.choice([0.5, 1.0, 2.0], n) for n in lengths],
        loss_function="softmax_cross_entropy",
    )
    equals_the_tape(task, network, plain_python)


def test_compiled_forward_mode_equals_the_tape_on_trees(plain_python):
    task = LogicalFormulas(formulas=5)
    network = Recursive(inputs=task.input_size, hidden=2, outputs=task.output_size)
    equals_the_tape(task, network, plain_python)


def test_threads_encodings_and_sizes_change_nothing(simple):
    one = Fitness(simple.task, simple.network, Bounded(), threads=1)
    two = Fitness(simple.task, simple.network, Bounded(), threads=2)
    population = np.random.default_rng(0).uniform(-0.9, 0.9, (20, one.genes))
    losses, gradients = one.value_and_grad(population, mode="forward")
    np.testing.assert_array_equal(losses, one(population))
    for genomes in (population, population[:1]):
        found = two.value_and_grad(genomes, mode="forward")
        np.testing.assert_array_equal(found[0], losses[: len(genomes)])
        np.testing.assert_array_equal(found[1], gradients[: len(genomes)])
    reverse = one.value_and_grad(population)[1]
    np.testing.assert_allclose(gradients, reverse, atol=1e-5 * np.abs(reverse).max())


def test_the_plain_twin_agrees(simple, plain_python):
    fitness = Fitness(simple.task, simple.network, dtype="float64")
    slow = plain_python(simple.task, simple.network, dtype="float64")
    losses, gradients = fitness.value_and_grad(drawn(fitness), mode="forward")
    plain_losses, plain_gradients = slow.value_and_grad(drawn(fitness), mode="forward")
    np.testing.assert_allclose(plain_losses, losses, rtol=1e-12)
    np.testing.assert_allclose(plain_gradients, gradients, atol=1e-12)


def test_an_unknown_mode_is_told(simple):
    fitness = Fitness(simple.task, simple.network)
    with pytest.raises(ConfigurationError, match=r"mode must be .*did you mean 'forward'"):
        fitness.value_and_grad(simple.population(1), mode="forwards")


def williams_and_zipser(network, weights, task, rate):
    """Their equations in matrix form: weights and step losses after one pass."""
    n, w, losses = network.hidden, np.array(weights), []
    for inputs, targets in zip(task.inputs, task.targets, strict=True):
        h, P = np.zeros(n), np.zeros((n, len(w)))
        for x, d in zip(inputs, targets, strict=True):
            part = network.named(w)
            unit = np.eye(n)
            direct = np.hstack([np.kron(unit, x), np.kron(unit, h), unit])
            slopes = part["U"] @ P + direct
            h = np.tanh(part["W"] @ x + part["U"] @ h + part["b"])
            P = (1.0 - h**2)[:, np.newaxis] * slopes
            e = h[: network.outputs] - d
            losses.append(np.mean(e**2))
            w -= rate * 2.0 * e @ P[: network.outputs] / network.outputs
    return w, losses


@pytest.fixture
def online():
    """A small fully recurrent network, and two sequences for it."""
    rng = np.random.default_rng(8)
    task = Sequences(rng.normal(size=(2, 9, 2)), np.tanh(rng.normal(size=(2, 9, 2))))
    network = FullyRecurrent(inputs=2, hidden=4, outputs=2)
    return task, network, rng.normal(size=network.weight_count, scale=0.5)


def steepest(rate):
    return SGD(learning_rate=rate, momentum=0.0, clip_norm=None)


def test_learning_at_each_step_is_that_of_the_paper(online):
    task, network, weights = online
    lesson = OnlineRTRL(task, network, steepest(0.2), dtype="float64").learn(weights)
    expected, losses = williams_and_zipser(network, weights, task, 0.2)
    np.testing.assert_allclose(lesson.weights, expected, rtol=1e-12)
    np.testing.assert_allclose(lesson.step_losses.ravel(), losses, rtol=1e-12)
    np.testing.assert_allclose(lesson.losses, [np.mean(losses)], rtol=1e-12)


def test_for_small_rates_a_pass_is_a_step_of_gradient_descent(online, plain_python):
    task, network, weights = online
    fitness = plain_python(task, network, dtype="float64")
    _, (gradient,) = fitness.value_and_grad(weights[np.newaxis])
    # A pass adds up what the loss is a mean of.
    wanted, errors = -gradient * task.normaliser, []
    for rate in (1e-3, 1e-4, 1e-5):
        learner = OnlineRTRL(task, network, steepest(rate), dtype="float64")
        change = (learner.learn(weights).weights - weights) / rate
        errors.append(np.abs(change - wanted).max() / np.abs(wanted).max())
    assert errors[0] > 0.0
    np.testing.assert_allclose([b / a for a, b in pairwise(errors)], 0.1, rtol=0.1)


def test_it_learns_with_momentum_too(online):
    task, network, weights = online
    learner = OnlineRTRL(task, network, Adam(learning_rate=0.01), dtype="float64")
    lesson = learner.learn(weights, passes=40)
    assert lesson.losses.shape == (40,)
    assert lesson.losses[-1] < 0.5 * lesson.losses[0]
    # What it remembers of gradients begins anew, the weights go on.
    assert learner.learn(lesson.weights).losses[0] < 0.5 * lesson.losses[0]


def test_on_every_kind_of_data_plain_python_learns_the_same(case, monkeypatch):
    weights = case.population(1)[0]
    lesson = OnlineRTRL(case.task, case.network, steepest(0.1), dtype="float64").learn(weights)
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    learner = OnlineRTRL(case.task, case.network, steepest(0.1), dtype="float64")
    assert isinstance(learner._engine, PlainStepEngine)
    plain = learner.learn(weights)
    np.testing.assert_allclose(plain.weights, lesson.weights, rtol=1e-10)
    np.testing.assert_allclose(plain.step_losses, lesson.step_losses, rtol=1e-10)
    assert not lesson.step_losses[:, case.task.judged == 0.0].any()


def test_without_change_the_losses_are_those_of_the_fitness(case):
    weights = case.population(1)[0]
    still = steepest(1e-300)
    lesson = OnlineRTRL(case.task, case.network, still, dtype="float64").learn(weights)
    loss = Fitness(case.task, case.network, dtype="float64")(weights[np.newaxis])
    np.testing.assert_allclose(lesson.losses, loss, rtol=1e-12)


def test_what_is_not_finite_teaches_nothing():
    network = FullyRecurrent(inputs=1, hidden=1, outputs=1, activation="identity")
    loud, quiet = np.full((300, 1), 1e10), np.zeros((5, 1))
    task = Sequences([loud, quiet], [loud, quiet + 1.0], [np.arange(300) > 250, np.ones(5)])
    weights = np.array([1.0, 30.0, 0.5])
    learner = OnlineRTRL(task, network, SGD(learning_rate=0.01), dtype="float64")
    lesson = learner.learn(weights)
    assert not np.isfinite(lesson.losses).any()
    # The second sequence begins anew and teaches.
    assert np.isfinite(lesson.weights).all()
    assert np.isfinite(lesson.step_losses[0, 1]).all()
    assert not np.array_equal(lesson.weights, weights)


@pytest.mark.parametrize(
    ("network", "optimizer", "message"),
    [
        (Bidirectional(2, 2, 2), SGD(), "Bidirectional network does not go from step to step"),
        (Elman(2, 2, 2), SGD(population_size=3), "population_size to 1, got 3"),
        (Elman(2, 2, 2), Genetic(), r"gradient method such as .*SGD\(\), or .*, got Genetic"),
    ],
)
def test_mistakes_are_told(network, optimizer, message, simple):
    with pytest.raises(ConfigurationError, match=message):
        OnlineRTRL(simple.task, network, optimizer)


def test_passes_and_weights_are_counted(online):
    task, network, weights = online
    learner = OnlineRTRL(task, network, SGD(), dtype="float64")
    with pytest.raises(ConfigurationError, match="passes must be at least 1, got 0"):
        learner.learn(weights, passes=0)
    with pytest.raises(ConfigurationError, match=r"has 28 weights, got .*\(27,\)"):
        learner.learn(weights[1:])


def test_weights_may_be_given_by_name(online):
    task, network, weights = online
    learner = OnlineRTRL(task, network, SGD(), dtype="float64")
    by_name = learner.learn(network.named(weights))
    np.testing.assert_array_equal(by_name.weights, learner.learn(weights).weights)
