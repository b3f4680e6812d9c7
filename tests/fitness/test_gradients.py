"""Gradients against finite differences and against the plain tape; the losses beside them."""

import numpy as np
import pytest

from evornn.encodings import Bounded
from evornn.fitness import Fitness
from evornn.fitness.compiled import CompiledEngine
from evornn.fitness.step_tape import make_tape
from evornn.losses.squared_error import squared_error
from evornn.networks import Elman
from evornn.tasks import Sequences


def central_differences(fitness, genome, h=1e-6):
    steps = h * np.eye(len(genome))
    return (fitness(genome + steps) - fitness(genome - steps)) / (2 * h)


@pytest.mark.parametrize("sequences", [1, 3, 17])
def test_gradients_are_those_of_central_differences(sequences, make_case, axis):
    case = make_case(sequences)
    population = case.population(3, scale=0.7)
    fitness = Fitness(case.task, case.network, dtype="float64")
    _, gradients = fitness.value_and_grad(population)
    for genome, gradient in zip(population, gradients, strict=True):
        np.testing.assert_allclose(gradient, central_differences(fitness, genome), atol=1e-7)


def test_single_precision_gradients_are_close_to_double(case, axis):
    population = case.population(20, scale=0.7)
    single = Fitness(case.task, case.network, dtype="float32").value_and_grad(population)[1]
    double = Fitness(case.task, case.network, dtype="float64").value_and_grad(population)[1]
    assert single.dtype == np.float64
    np.testing.assert_allclose(single, double, atol=1e-5 * np.abs(double).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 15, 16, 17, 37])
def test_losses_beside_gradients_are_the_losses(size, dtype, case):
    population = case.population(size)
    fitness = Fitness(case.task, case.network, dtype=dtype)
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(losses, fitness(population))
    assert gradients.shape == population.shape


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_the_same_bits_for_any_threads_order_and_lane(dtype, case):
    population = case.population(40)
    gradients = Fitness(case.task, case.network, dtype=dtype, threads=1).value_and_grad(population)[
        1
    ]
    twin = Fitness(case.task, case.network, dtype=dtype, threads=2)
    np.testing.assert_array_equal(twin.value_and_grad(population)[1], gradients)
    order = np.random.default_rng(0).permutation(40)
    np.testing.assert_array_equal(twin.value_and_grad(population[order])[1], gradients[order])


def test_a_tape_that_turns_out_too_short_is_replaced(simple, monkeypatch, axis):
    wanted = Fitness(simple.task, simple.network).value_and_grad(simple.population(20))
    capacities = []

    def short_at_first(capacity, *sizes):
        # Room for the leaves, and for two of the nodes that the step computes.
        leaves = simple.network.weight_count + 3 + 2
        capacities.append(capacity if capacities else leaves + 2)
        return make_tape(capacities[-1], *sizes)

    monkeypatch.setattr("evornn.fitness.lane_engine.make_tape", short_at_first)
    found = Fitness(simple.task, simple.network, threads=1).value_and_grad(simple.population(20))
    assert capacities[1] > capacities[0]
    np.testing.assert_array_equal(found[0], wanted[0])
    np.testing.assert_array_equal(found[1], wanted[1])


def test_gradients_reach_the_genes_through_an_encoding(simple):
    fitness = Fitness(simple.task, simple.network, Bounded(), dtype="float64")
    genome = np.random.default_rng(0).uniform(-0.9, 0.9, fitness.genes)
    gradient = fitness.value_and_grad(genome[np.newaxis])[1][0]
    np.testing.assert_allclose(gradient, central_differences(fitness, genome), atol=1e-7)


def test_a_long_sequence_needs_no_more_digits(axis):
    # 2000 steps back: the adjoint of a stable network fades, and never turns into rubbish.
    rng = np.random.default_rng(3)
    task = Sequences(
        rng.normal(size=(1, 2000, 2)), rng.normal(size=(1, 2000, 2)), judged=np.arange(2000) == 1999
    )
    network = Elman(inputs=2, hidden=3, outputs=2)
    fitness = Fitness(task, network, dtype="float64")
    genome = rng.normal(size=fitness.genes, scale=0.5)
    gradient = fitness.value_and_grad(genome[np.newaxis])[1][0]
    np.testing.assert_allclose(gradient, central_differences(fitness, genome), atol=1e-7)


def test_the_plain_tape_agrees(case, plain_python):
    population = case.population(3)
    losses, gradients = Fitness(case.task, case.network, dtype="float64").value_and_grad(population)
    slow = plain_python(case.task, case.network, dtype="float64")
    assert not isinstance(slow._engine, CompiledEngine)
    plain_losses, plain_gradients = slow.value_and_grad(population)
    np.testing.assert_allclose(plain_losses, losses, rtol=1e-12)
    np.testing.assert_allclose(plain_gradients, gradients, atol=1e-12)


def test_a_sequence_that_has_ended_spoils_no_gradient():
    """Its lane runs on beside a longer one, and overflows."""
    network = Elman(inputs=1, hidden=2, outputs=1, activation="identity")
    quiet, short = np.zeros((400, 1)), np.ones((3, 1))
    task = Sequences([quiet, short], [quiet, short])
    weights = {name: np.ones(shape) for name, shape in network.weights.items()}
    weights |= {"U": 2.0 * np.eye(2), "b": np.zeros(2), "c": np.zeros(1)}
    genome = np.concatenate([part.ravel() for part in weights.values()])[np.newaxis]
    engine = CompiledEngine(network, squared_error, task, np.dtype(np.float32), 1)
    _, of_genomes = engine._genome_gradients(engine._cast(genome), 1.0)
    _, of_sequences = engine._sequence_gradients(engine._cast(genome), 1.0)
    assert np.isfinite(of_genomes).all()
    np.testing.assert_allclose(of_sequences, of_genomes, rtol=1e-5)
