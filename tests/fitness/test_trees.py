"""Trees: losses, gradients and outputs beside the reference, and beside sequences for a chain."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError, StepError
from evornn.fitness import Fitness
from evornn.fitness.plain import PlainEngine
from evornn.fitness.plain_tree import PlainTreeEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import Elman, Recursive
from evornn.tasks import Sequences, Trees

#: left and right children: a leaf, a chain, two children, a comb, children in any order
SHAPES = [
    ([-1], [-1]),
    ([-1, 0, -1, 2], [-1, -1, 1, -1]),
    ([-1, -1, 0], [-1, -1, 1]),
    ([-1, -1, 1, -1, 3, -1, 5], [-1, -1, 0, -1, 2, -1, 4]),
    ([-1, -1, -1, 2, 3, 1], [-1, -1, -1, 0, -1, 4]),
]
NETWORK = Recursive(inputs=2, hidden=3, outputs=2, leaf="embedded")


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(8)
    sizes = [len(left) for left, _ in SHAPES]
    inputs, targets = ([rng.normal(size=(n, 2)) for n in sizes] for _ in range(2))
    judged = [rng.choice([0.0, 0.25, 3.0], n) for n in sizes]
    judged[0][-1] = 1.0
    for target, weight in zip(targets, judged, strict=True):
        target[weight == 0.0] = np.nan  # nobody knows it, nobody asks
    left, right = zip(*SHAPES, strict=True)
    return Trees(inputs, left, right, targets, judged)


@pytest.fixture(scope="module")
def population():
    return np.random.default_rng(9).normal(size=(11, NETWORK.weight_count), scale=0.7)


@pytest.fixture(scope="module")
def fitness(task):
    return Fitness(task, NETWORK, dtype="float64")


def reference_outputs(task, genome):
    outputs = np.zeros(task.targets.shape)
    for q, n in enumerate(task.lengths):
        tree = (array[q, :n] for array in (task.inputs, task.left, task.right))
        outputs[q, :n] = NETWORK.reference(genome, *tree)
    return outputs


def test_losses_and_outputs_are_those_of_the_reference(task, fitness, population):
    expected = [reference_outputs(task, genome) for genome in population]
    np.testing.assert_allclose(
        fitness(population), [task.loss(outputs) for outputs in expected], rtol=1e-12
    )
    np.testing.assert_allclose(fitness.predict(population[3]), expected[3], atol=1e-12)
    assert fitness.steps == task.lengths.sum()


def test_gradients_are_difference_quotients_and_come_with_the_same_losses(fitness, population):
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(losses, fitness(population))
    for row in (0, 10):
        h = 1e-6 * np.eye(fitness.genes)
        quotients = (fitness(population[row] + h) - fitness(population[row] - h)) / 2e-6
        np.testing.assert_allclose(gradients[row], quotients, atol=1e-8)


def test_the_plain_twin_agrees(task, fitness, population, plain_python):
    slow = plain_python(task, NETWORK, dtype="float64")
    assert isinstance(slow._engine, PlainTreeEngine)
    np.testing.assert_allclose(slow(population), fitness(population), rtol=1e-12)
    np.testing.assert_allclose(
        slow.value_and_grad(population[:3])[1],
        fitness.value_and_grad(population[:3])[1],
        atol=1e-12,
    )
    np.testing.assert_allclose(slow.predict(population[0]), fitness.predict(population[0]))


def test_a_genome_with_nan_hurts_nobody_else(fitness, population):
    broken = population.copy()
    broken[4] = np.nan
    losses, gradients = fitness.value_and_grad(population)
    found = fitness.value_and_grad(broken)
    assert np.isnan(found[0][4])
    np.testing.assert_array_equal(np.delete(found[0], 4), np.delete(losses, 4))
    np.testing.assert_array_equal(np.delete(found[1], 4, axis=0), np.delete(gradients, 4, axis=0))


def test_neither_threads_nor_order_nor_neighbours_change_a_bit(task, fitness, population):
    losses = fitness(population)
    np.testing.assert_array_equal(
        Fitness(task, NETWORK, dtype="float64", threads=3)(population), losses
    )
    np.testing.assert_array_equal(fitness(population[::-1])[::-1], losses)
    np.testing.assert_array_equal(fitness(population[6:7]), losses[6:7])


def test_trees_do_not_see_each_other(task, fitness, population):
    for rows in ([3], [4, 0, 1]):
        chosen = task.select(rows)
        expected = Fitness(chosen, NETWORK, dtype="float64").value_and_grad(population)
        found = fitness.on(rows).value_and_grad(population)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])
        np.testing.assert_array_equal(
            fitness.predict(population[0], chosen), fitness.predict(population[0])[rows]
        )


def chain_and_sequences(rng):
    lengths = (6, 1, 9)
    inputs, targets = ([rng.normal(size=(n, 2)) for n in lengths] for _ in range(2))
    left, right = [np.arange(n) - 1 for n in lengths], [np.full(n, -1) for n in lengths]
    return Trees(inputs, left, right, targets), Sequences(inputs, targets)


def same_network_twice(rng, count):
    """Weights of a recursive network and of the Elman network that it is on a chain."""
    recursive = Recursive(inputs=2, hidden=3, outputs=2)
    weights = rng.normal(size=(count, recursive.weight_count))
    parts = [recursive.named(row) for row in weights]
    names = {"W": "L", "b": "b", "V": "W_s", "c": "b_s"}
    elman = Elman(inputs=2, hidden=3, outputs=2)
    of_elman = [
        np.concatenate(
            [
                (part["W"][:, :3] if name == "U" else part[names[name]]).ravel()
                for name in elman.weights
            ]
        )
        for part in parts
    ]
    return recursive, weights, elman, np.array(of_elman)


def test_a_chain_is_the_recurrent_network_to_the_bit():
    rng = np.random.default_rng(10)
    trees, sequences = chain_and_sequences(rng)
    recursive, weights, elman, of_elman = same_network_twice(rng, 17)
    losses = Fitness(trees, recursive)(weights)
    np.testing.assert_array_equal(losses, Fitness(sequences, elman)(of_elman))
    # The right half of W has nothing to read.
    weights[:, 2 * 3 + 3 : 2 * 3 + 6] += 1.0
    np.testing.assert_array_equal(Fitness(trees, recursive)(weights), losses)


def test_gradients_of_a_chain_are_those_of_the_recurrent_network():
    rng = np.random.default_rng(10)
    trees, sequences = chain_and_sequences(rng)
    recursive, weights, elman, of_elman = same_network_twice(rng, 2)
    double = np.dtype(np.float64)
    gradients = PlainTreeEngine(recursive, squared_error, trees, double).sums_and_gradients(
        weights, 1.0
    )[1]
    expected = PlainEngine(elman, squared_error, sequences, double).sums_and_gradients(
        of_elman, 1.0
    )[1]
    for found, wanted in zip(gradients, expected, strict=True):
        found, wanted = recursive.named(found), elman.named(wanted)
        np.testing.assert_allclose(found["W"][:, :3], wanted["U"], atol=1e-12)
        np.testing.assert_allclose(found["L"], wanted["W"], atol=1e-12)
        assert not found["W"][:, 3:].any()


def test_what_does_not_fit_is_refused(task, fitness, population):
    sequences = Sequences(np.zeros((1, 4, 2)), np.zeros((1, 4, 2)))
    with pytest.raises(ConfigurationError, match="data are sequences, and Recursive reads trees"):
        Fitness(sequences, NETWORK)
    with pytest.raises(ConfigurationError, match="data are trees, and Elman reads sequences"):
        Fitness(task, Elman(inputs=2, hidden=3, outputs=2))
    with pytest.raises(ConfigurationError, match=r"inputs must be evornn\.tasks\.Trees with 2"):
        fitness.predict(population[0], np.zeros((1, 4, 2)))


class Forgetful(Recursive):
    @property
    def step(self):
        return forgetful_step


def forgetful_step(w, k, x, left, right, s_next, y):
    for i in range(left.h.shape[0] - 1):
        s_next.h[i] = left.h[i] + right.h[i]
    for o in range(y.shape[0]):
        y[o] = x[o]


def test_a_mistaken_step_is_told_before_it_is_compiled(task):
    with pytest.raises(StepError, match=r"leaves elements of s_next\.h unwritten"):
        Fitness(task, Forgetful(inputs=2, hidden=3, outputs=2))
