"""Losses against the networks' references, and bit for bit against each other."""

import numpy as np
import pytest

from evornn.fitness import Fitness
from evornn.networks import Elman
from evornn.tasks import Sequences

TOLERANCE = {"float32": 2e-5, "float64": 1e-12}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("size", [1, 7, 8, 9, 15, 16, 17, 37])
def test_any_population_has_the_losses_of_the_reference(size, dtype, case):
    population = case.population(size)
    losses = Fitness(case.task, case.network, dtype=dtype)(population)
    assert losses.dtype == np.float64
    assert losses.shape == (size,)
    np.testing.assert_allclose(losses, case.reference_losses(population), rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("sequences", [1, 2, 15, 16, 17, 37])
def test_any_number_of_sequences_has_the_losses_of_the_reference(sequences, dtype, make_case, axis):
    case = make_case(sequences)
    population = case.population(3)
    losses = Fitness(case.task, case.network, dtype=dtype)(population)
    np.testing.assert_allclose(losses, case.reference_losses(population), rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_loss_depends_on_nothing_but_its_genome(dtype, case):
    population = case.population(1000)
    fitness = Fitness(case.task, case.network, dtype=dtype, threads=1)
    losses = fitness(population)
    order = np.random.default_rng(0).permutation(len(population))
    np.testing.assert_array_equal(fitness(population[order]), losses[order])
    np.testing.assert_array_equal(fitness(population[5:]), losses[5:])
    for threads in (2, 3):
        twin = Fitness(case.task, case.network, dtype=dtype, threads=threads)
        np.testing.assert_array_equal(twin(population), losses)
    alone = [fitness(genome[np.newaxis])[0] for genome in population[:20]]
    np.testing.assert_array_equal(alone, losses[:20])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_both_axes_give_the_same_bits(dtype, case, monkeypatch):
    population = case.population(20)
    fitness = Fitness(case.task, case.network, dtype=dtype)
    results = []
    for genomes_in_lanes in (True, False):
        monkeypatch.setattr(
            type(fitness._engine),
            "_genomes_fill_lanes",
            lambda self, size, chosen=genomes_in_lanes: chosen,
        )
        results.append((fitness(population), *fitness.value_and_grad(population)))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    # Gradients are sums over sequences, which the axes add up in different orders.
    scale = np.abs(results[0][2]).max()
    np.testing.assert_allclose(results[0][2], results[1][2], atol=TOLERANCE[dtype] * scale)


@pytest.mark.parametrize("spoiled", [np.nan, np.inf, -np.inf, 1e300])
def test_a_spoiled_genome_never_touches_its_neighbours(spoiled, case, axis):
    population = case.population(20)
    fitness = Fitness(case.task, case.network)
    losses, gradients = fitness.value_and_grad(population)
    for gene in (0, fitness.genes // 2, fitness.genes - 1):
        changed = population.copy()
        changed[[3, 17], gene] = spoiled
        others = np.setdiff1d(np.arange(20), [3, 17])
        wrong, slopes = fitness.value_and_grad(changed)
        np.testing.assert_array_equal(fitness(changed), wrong)
        np.testing.assert_array_equal(wrong[others], losses[others])
        np.testing.assert_array_equal(slopes[others], gradients[others])


@pytest.mark.parametrize("spoiled", [np.nan, np.inf, -np.inf, 1e300])
def test_a_spoiled_genome_has_no_good_loss(spoiled, case, axis):
    fitness = Fitness(case.task, case.network)
    population = np.full((2, fitness.genes), spoiled)
    assert not np.isfinite(fitness(population)).any()
    assert not np.isfinite(fitness.value_and_grad(population)[0]).any()


def test_a_diverging_network_has_no_good_loss():
    task = Sequences(np.ones((1, 300, 2)), np.zeros((1, 300, 2)))
    network = Elman(inputs=2, hidden=3, outputs=2, activation="identity")
    fitness = Fitness(task, network)
    assert not np.isfinite(fitness(np.full((2, fitness.genes), 2.0))).any()


def test_single_precision_stays_close_over_ten_thousand_steps(axis):
    rng = np.random.default_rng(8)
    task = Sequences(rng.normal(size=(1, 10_000, 2)), rng.normal(size=(1, 10_000, 2)))
    network = Elman(inputs=2, hidden=3, outputs=2)
    # A spectral radius below one: the network forgets its rounding errors.
    population = rng.normal(size=(16, network.weight_count), scale=0.3)
    single = Fitness(task, network, dtype="float32")(population)
    double = Fitness(task, network, dtype="float64")(population)
    np.testing.assert_allclose(single, double, rtol=1e-5)
    assert (single != double).any()


def test_steps_that_nobody_judges_may_overflow():
    # Error² overflows float32 at the first step, which has no weight.
    targets = np.zeros((1, 3, 2))
    targets[0, 0] = 1e30
    task = Sequences(np.ones((1, 3, 2)), targets, judged=[0, 1, 1])
    network = Elman(inputs=2, hidden=3, outputs=2)
    losses, gradients = Fitness(task, network).value_and_grad(np.ones((3, network.weight_count)))
    assert np.isfinite(losses).all()
    assert np.isfinite(gradients).all()


@pytest.mark.parametrize("method", ["__call__", "value_and_grad", "decode"])
def test_arguments_are_never_modified(method, simple):
    population = simple.population(5)
    before = population.copy()
    population.flags.writeable = False
    getattr(Fitness(simple.task, simple.network), method)(population)
    np.testing.assert_array_equal(population, before)


@pytest.mark.parametrize(
    "convert",
    [np.float32, np.asfortranarray, lambda p: p[:, ::-1].copy()[:, ::-1], np.ndarray.tolist],
    ids=["float32", "fortran", "strided", "list"],
)
def test_any_array_of_real_numbers_is_a_population(convert, simple):
    population = simple.population(5).astype(np.float32).astype(np.float64)
    fitness = Fitness(simple.task, simple.network)
    np.testing.assert_array_equal(fitness(convert(population)), fitness(population))


def test_what_a_fitness_says_of_itself(case):
    fitness = Fitness(case.task, case.network)
    assert fitness.genes == case.network.weight_count
    assert fitness.steps == case.task.lengths.sum()
    np.testing.assert_array_equal(fitness.decode(case.population(2)), case.population(2))
