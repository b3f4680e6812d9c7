"""Bidirectional networks in every engine, for sequences of unequal length."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import Bidirectional
from evornn.tasks import Sequences

NETWORK = Bidirectional(inputs=2, hidden=2, outputs=1, network="elman")


@pytest.fixture
def task():
    rng = np.random.default_rng(0)
    lengths = (1, 6, 3, 6, 2)
    judged = [rng.choice([0.0, 1.0, 2.0], t) for t in lengths]
    judged[0][:] = 1.0
    return Sequences(
        [rng.normal(size=(t, 2)) for t in lengths],
        [rng.normal(size=(t, 1)) for t in lengths],
        judged,
    )


def outputs_by_reference(task, genome):
    outputs = np.zeros(task.targets.shape)
    for q, length in enumerate(task.lengths):
        outputs[q, :length] = NETWORK.reference(genome, task.inputs[q, :length])
    return outputs


def check(fitness, task):
    population = np.random.default_rng(1).normal(size=(3, fitness.genes))
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(losses, fitness(population))
    np.testing.assert_allclose(
        fitness.predict(population[0]), outputs_by_reference(task, population[0]), atol=1e-12
    )
    for genome, loss, gradient in zip(population, losses, gradients, strict=True):

        def by_reference(weights):
            return task.loss(outputs_by_reference(task, weights))

        np.testing.assert_allclose(loss, by_reference(genome), rtol=1e-12)
        quotients = [
            (by_reference(genome + d) - by_reference(genome - d)) / 2e-6
            for d in 1e-6 * np.eye(len(genome))
        ]
        np.testing.assert_allclose(gradient, quotients, rtol=1e-6, atol=1e-7)


def test_losses_and_gradients_are_those_of_the_reference(task, axis):
    check(Fitness(task, NETWORK, dtype="float64"), task)


def test_so_are_those_of_plain_python(task, plain_python):
    check(plain_python(task, NETWORK, dtype="float64"), task)


def test_an_output_depends_on_what_is_still_to_come():
    genome = np.random.default_rng(2).normal(size=NETWORK.weight_count)
    inputs = np.zeros((4, 2))
    later = inputs.copy()
    later[3] = 1.0
    outputs = NETWORK.reference(genome, inputs), NETWORK.reference(genome, later)
    assert (outputs[0] != outputs[1]).all()


def test_it_cannot_run_freely():
    task = Sequences(np.zeros((1, 3, 2)), np.zeros((1, 3, 1)), free_running=1, feedback=(0, -1))
    with pytest.raises(ConfigurationError, match=r"Bidirectional .* cannot run freely"):
        Fitness(task, NETWORK)
