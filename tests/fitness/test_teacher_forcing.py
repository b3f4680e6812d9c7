"""Targets fed back in place of outputs: none, all of them, and some."""

import math

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.fitness.forcing import forcing_schedule
from evornn.networks import Elman
from evornn.tasks import Sequences

LENGTHS, FREE = (9, 5, 12), 3


@pytest.fixture
def task():
    rng = np.random.default_rng(11)
    return Sequences(
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        free_running=FREE,
        feedback=(-1, 0),
    )


NETWORK = Elman(inputs=2, hidden=3, outputs=2)
POPULATION = np.random.default_rng(5).normal(size=(3, NETWORK.weight_count))


def one_step(task):
    """The same data with the targets of the step before as inputs, and nothing fed back."""
    inputs = np.array(task.inputs)
    inputs[:, FREE:, 1] = task.targets[:, FREE - 1 : -1, 0]
    lengths = task.lengths
    return Sequences(
        [u[:n] for u, n in zip(inputs, lengths, strict=True)],
        [d[:n] for d, n in zip(task.targets, lengths, strict=True)],
    )


def test_without_any_target_it_runs_freely(task, axis):
    fitness = Fitness(task, NETWORK, dtype="float64")
    forced = fitness.teacher_forced(0.0, np.random.default_rng(0))
    for found, expected in zip(
        forced.value_and_grad(POPULATION), fitness.value_and_grad(POPULATION), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_with_targets_alone_it_predicts_one_step(task, axis):
    forced = Fitness(task, NETWORK, dtype="float64").teacher_forced(1.0, np.random.default_rng(0))
    expected = Fitness(one_step(task), NETWORK, dtype="float64").value_and_grad(POPULATION)
    found = forced.value_and_grad(POPULATION)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-14)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12, atol=1e-15)
    assert not np.allclose(found[0], Fitness(task, NETWORK)(POPULATION), rtol=1e-3)


def reference_loss(task, forced, genome):
    """In NumPy, by running longer and longer beginnings."""
    outputs = np.zeros(task.targets.shape)
    for q, length in enumerate(task.lengths):
        seen = np.array(task.inputs[q, :length])
        for t in range(FREE, length):
            own = NETWORK.reference(genome, seen[:t])[-1]
            seen[t, 1] = (task.targets[q, t - 1] if forced[q, t] else own)[0]
        outputs[q, :length] = NETWORK.reference(genome, seen)
    return task.loss(outputs)


def test_some_targets_are_those_that_were_drawn(task, axis, plain_python):
    fitness = Fitness(task, NETWORK, dtype="float64")
    forced = fitness.teacher_forced(0.5, np.random.default_rng(3))
    drawn = np.random.default_rng(3).random(task.judged.shape) < 0.5
    np.testing.assert_array_equal(forced.data.fed_back, task.fed_back & ~drawn)
    losses, gradients = forced.value_and_grad(POPULATION)
    expected = [reference_loss(task, drawn, genome) for genome in POPULATION]
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    h = 1e-6 * np.eye(len(POPULATION[0]))
    for genome, gradient in zip(POPULATION, gradients, strict=True):
        slopes = (forced(genome + h) - forced(genome - h)) / 2e-6
        np.testing.assert_allclose(gradient, slopes, atol=1e-7)
    slow = plain_python(task, NETWORK, dtype="float64")
    plain = slow.teacher_forced(0.5, np.random.default_rng(3)).value_and_grad(POPULATION)
    np.testing.assert_allclose(plain[0], losses, rtol=1e-12)
    np.testing.assert_allclose(plain[1], gradients, rtol=1e-10, atol=1e-13)


def test_it_goes_with_some_sequences_and_leaves_the_task_alone(task):
    fitness = Fitness(task, NETWORK, dtype="float64")
    before = fitness(POPULATION)
    some = fitness.on([2, 0]).teacher_forced(0.5, np.random.default_rng(1))
    again = fitness.teacher_forced(1.0, np.random.default_rng(1)).on([2, 0])
    assert some.steps == again.steps == 21
    np.testing.assert_array_equal(again.data.fed_back, np.zeros((2, 12), bool))
    assert np.count_nonzero(some.data.fed_back) > 0
    np.testing.assert_array_equal(fitness(POPULATION), before)


def test_the_schedules_are_those_of_the_paper():
    for g in (0, 1, 7, 5000):
        assert forcing_schedule("constant:0.3")(g) == 0.3
        assert forcing_schedule("linear:0.9,0.1,8")(g) == pytest.approx(max(0.9 - 0.1 * g, 0.1))
    inverse = forcing_schedule("inverse_sigmoid:6")
    for i in (0, 1, 7, 60):
        assert inverse(i) == pytest.approx(6 / (6 + math.exp(i / 6)), rel=1e-12)
    assert inverse(100_000) == 0.0


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("linear:1,0", "write linear:p,q,n"),
        ("constant", "write constant:p"),
        ("constant:x", "write constant:p"),
        ("constant:1.5", "p of teacher forcing .*at most 1"),
        ("inverse_sigmoid:0.5", "k of teacher forcing .*at least 1"),
        ("lineal:1,0,3", "did you mean 'linear'"),
        (0.5, "named by a text such as"),
    ],
)
def test_a_schedule_that_there_is_not_is_told(schedule, message):
    with pytest.raises(ConfigurationError, match=message):
        forcing_schedule(schedule)


def test_where_nothing_is_fed_back_it_is_told(task):
    fitness = Fitness(one_step(task), NETWORK)
    with pytest.raises(ConfigurationError, match="leave teacher forcing out"):
        fitness.teacher_forced(0.5, np.random.default_rng(0))
    with pytest.raises(ConfigurationError, match=r"probability must be .*at most 1"):
        Fitness(task, NETWORK).teacher_forced(2.0, np.random.default_rng(0))
    with pytest.raises(ConfigurationError, match=r"at steps \(3, 12\) of a free run"):
        task.teacher_forced(np.ones((3, 4)))
