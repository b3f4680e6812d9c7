"""The gradient of any function of the outputs, against losses that are known, and differences."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import Bidirectional, Elman, Recursive
from evornn.tasks import LogicalFormulas, Sequences

NETWORK = Elman(inputs=2, hidden=3, outputs=2)


def cotangents_of_squares(task, outputs):
    """∂loss/∂y of the weighted mean squared error, for outputs (population, sequence, …)."""
    errors = np.where(task.judged[..., np.newaxis] > 0.0, outputs - task.targets, 0.0)
    return 2.0 * task.judged[..., np.newaxis] * errors / task.divisor


def test_the_derivatives_of_a_loss_give_its_gradient(case):
    fitness = Fitness(case.task, case.network, dtype="float64")
    population = case.population(9)
    outputs = fitness.outputs(population)
    for genome, found in zip(population, outputs, strict=True):
        np.testing.assert_allclose(found, case.reference_outputs(genome), rtol=1e-12, atol=1e-14)
    found = fitness.pull_back(population, cotangents_of_squares(case.task, outputs))
    wanted = fitness.value_and_grad(population)[1]
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-14)


def test_plain_python_pulls_back_the_same(case, plain_python):
    population = case.population(2)
    fitness = plain_python(case.task, case.network, dtype="float64")
    cotangents = cotangents_of_squares(case.task, fitness.outputs(population))
    wanted = fitness.value_and_grad(population)[1]
    np.testing.assert_allclose(
        fitness.pull_back(population, cotangents), wanted, rtol=1e-12, atol=1e-14
    )


def test_a_function_of_all_outputs_has_the_gradient_of_its_differences(plain_python):
    rng = np.random.default_rng(0)
    lengths = (5, 1, 3)
    inputs = [rng.normal(size=(length, 2)) for length in lengths]
    data = Sequences(inputs, [np.zeros((length, 2)) for length in lengths])
    network = Bidirectional(inputs=2, hidden=2, outputs=2, network="elman")
    fitness = plain_python(data, network, dtype="float64")
    genome = rng.normal(size=fitness.genes)

    def product(genomes):
        """Of sequences, the sum of squares of each: of no use to anybody, and no sum of errors."""
        return np.prod((fitness.outputs(genomes) ** 2).sum(axis=(2, 3)), axis=1)

    outputs = fitness.outputs(genome[np.newaxis])
    others = product(genome[np.newaxis]) / (outputs**2).sum(axis=(2, 3))
    cotangents = 2.0 * outputs * others[..., np.newaxis, np.newaxis]
    found = fitness.pull_back(genome[np.newaxis], cotangents)[0]
    steps = 1e-6 * np.eye(len(genome))
    quotients = (product(genome + steps) - product(genome - steps)) / 2e-6
    np.testing.assert_allclose(found, quotients, rtol=1e-6, atol=1e-6 * np.abs(found).max())


@pytest.mark.parametrize("size", [1, 9])
def test_both_axes_give_the_same_and_ignore_what_stands_behind_the_end(axis, size, plain_python):
    rng = np.random.default_rng(1)
    inputs = [rng.normal(size=(length, 2)) for length in (4, 2)]
    given = Sequences(inputs, [np.zeros((len(u), 2)) for u in inputs]), NETWORK
    fitness = Fitness(*given, dtype="float64")
    population = rng.normal(size=(size, fitness.genes))
    cotangents = rng.normal(size=(size, 2, 4, 2))
    wanted = fitness.pull_back(population, cotangents)
    plain = plain_python(*given, dtype="float64").pull_back(population, cotangents)
    np.testing.assert_allclose(wanted, plain, rtol=1e-11, atol=1e-14)
    cotangents[:, 1, 2:] = np.nan
    np.testing.assert_array_equal(fitness.pull_back(population, cotangents), wanted)


def test_bad_shapes_and_trees_are_told():
    data = Sequences(np.zeros((1, 4, 2)), np.zeros((1, 4, 2)))
    fitness = Fitness(data, NETWORK)
    with pytest.raises(ConfigurationError, match=r"\(1, 1, 4, 2\), got \(1, 4, 2\)"):
        fitness.pull_back(np.zeros((1, fitness.genes)), np.zeros((1, 4, 2)))
    task = LogicalFormulas(formulas=2)
    trees = Fitness(task, Recursive(task.input_size, 2, task.output_size))
    with pytest.raises(ConfigurationError, match="these data are trees"):
        trees.outputs(np.zeros((1, trees.genes)))
