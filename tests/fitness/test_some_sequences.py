"""A fitness on some of its sequences is the fitness of these alone, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.fitness import Fitness
from evornn.networks import ESN, Elman
from evornn.tasks import Sequences

RNG = np.random.default_rng(7)
LENGTHS = (9, 4, 12, 1, 7, 7)
RAGGED = Sequences(
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.choice([0.5, 2.0], n) for n in LENGTHS],
)
CASES = {
    "ragged": (RAGGED, Elman(inputs=2, hidden=3, outputs=2)),
    "free run": (
        Sequences(RNG.normal(size=(6, 8, 2)), RNG.normal(size=(6, 8, 2)), free_running=3),
        Elman(inputs=2, hidden=3, outputs=2),
    ),
    "fixed features": (RAGGED, ESN(inputs=2, hidden=7, outputs=2, connections=3, leak=0.6)),
}
SOME = np.array([4, 0, 3])


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def population(fitness, size):
    return np.random.default_rng(2).normal(size=(size, fitness.genes), scale=0.5)


@pytest.mark.parametrize("size", [2, 20])
@pytest.mark.parametrize("threads", [1, 2])
def test_it_is_the_fitness_of_these_alone(case, size, threads):
    task, network = case
    alone = Fitness(task.select(SOME), network, threads=1)
    some = Fitness(task, network, threads=threads).on(SOME)
    genomes = population(some, size)
    np.testing.assert_array_equal(some(genomes), alone(genomes))
    for found, wanted in zip(
        some.value_and_grad(genomes), alone.value_and_grad(genomes), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(some.predict(genomes[0]), alone.predict(genomes[0]))
    assert some.steps == alone.steps == task.lengths[SOME].sum()


def test_the_whole_is_left_as_it_was(case):
    whole = Fitness(*case)
    genomes = population(whole, 3)
    before = whole(genomes), *whole.value_and_grad(genomes)
    some = whole.on(SOME)
    some.value_and_grad(genomes)
    for found, wanted in zip((whole(genomes), *whole.value_and_grad(genomes)), before, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert whole.steps == case[0].lengths.sum()


def test_losses_are_those_of_the_reference(case):
    task, network = case
    some = Fitness(task, network, dtype="float64").on(SOME)
    genome = population(some, 1)
    assert some(genome)[0] == pytest.approx(some.data.loss(some.predict(genome[0])), rel=1e-12)
    if task.free_running is None:
        rows = network.reference(genome[0], task.inputs[0, : task.lengths[0]])
        np.testing.assert_allclose(some.predict(genome[0])[1, : len(rows)], rows, atol=1e-12)


def test_in_plain_python_too(case, plain_python):
    compiled = Fitness(*case, dtype="float64").on(SOME)
    genomes = population(compiled, 2)
    plain = plain_python(*case, dtype="float64").on(SOME)
    np.testing.assert_allclose(plain(genomes), compiled(genomes), rtol=1e-12)
