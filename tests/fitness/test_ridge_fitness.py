"""Searches over what lies before a readout, which least squares finds for each genome (Evolino)."""

import numpy as np
import pytest

from evornn.encodings import Bounded
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, RidgeFitness, fit_readout
from evornn.networks import CTRNN, ESN, GRU, LSTM, Elman, FullyRecurrent, IndRNN, SecondOrder
from evornn.tasks import MackeyGlass, Sequences

RNG = np.random.default_rng(7)
LENGTHS = (30, 11, 22)
TASK = Sequences(
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.choice([0.0, 0.5, 2.0], n) for n in LENGTHS],
)
SIZES = {"inputs": 2, "hidden": 4, "outputs": 2}
NETWORKS = [
    LSTM(**SIZES, peepholes=True),
    GRU(**SIZES),
    Elman(**SIZES),
    FullyRecurrent(**SIZES, readout=True),
    IndRNN(**SIZES, layers=2),
    CTRNN(**SIZES, readout=True),
    SecondOrder(**SIZES, response="readout"),
    ESN(**SIZES, connections=2, feedback_scaling=0.5, evolved=("leak", "spectral_radius")),
]
SERIES = MackeyGlass(
    train_steps=150, validation_steps=40, test_steps=40, washout=30,
    evaluation="free_running", free_steps=60,
)  # fmt: skip
SMALL = LSTM(inputs=1, hidden=5, outputs=1)

each_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda one: type(one).__name__)


def genomes(fitness, count):
    return 0.5 * np.random.default_rng(3).normal(size=(count, fitness.genes))


def pseudo_inverse(network, weights):
    """W_out (outputs, features) by NumPy, from the network's own reference."""
    cut, rows = network.cut, []
    for q, n in enumerate(TASK.lengths):
        u, d, v = TASK.inputs[q, :n], TASK.targets[q, :n], TASK.judged[q, :n]
        before = np.vstack([np.zeros((1, 2)), d[:-1]])
        outputs = cut.network.reference(weights, np.hstack([u, before]) if cut.feeds_back else u)
        root = np.sqrt(v)[:, np.newaxis]
        rows.append((root * cut.led_by_one(outputs), root * d))
    features, targets = (np.concatenate(part) for part in zip(*rows, strict=True))
    return (np.linalg.pinv(features) @ targets).T


@each_network
def test_every_genome_gets_the_pseudo_inverse(network):
    fitness = RidgeFitness(TASK, network, regularisation=0.0, split="train")
    population = genomes(fitness, 11)
    found = fitness.decode(population)
    for genome, weights in zip(population, found, strict=True):
        expected = network.cut.joined(network, pseudo_inverse(network, genome), genome)
        np.testing.assert_allclose(weights, expected, rtol=1e-7, atol=1e-9)
        np.testing.assert_array_equal(
            weights, fit_readout(network, TASK, 0.0, weights=genome, threads=1)
        )


@each_network
def test_losses_are_those_of_the_whole_network(network):
    fitness = RidgeFitness(TASK, network, split="train")
    population = genomes(fitness, 9)
    whole = Fitness(TASK, network, dtype="float64")
    np.testing.assert_array_equal(fitness(population), whole(fitness.decode(population)))


def test_a_fitted_readout_is_better_than_those_around_it():
    fitness = RidgeFitness(TASK, NETWORKS[0], regularisation=0.0, split="train")
    genome = genomes(fitness, 1)
    weights = fitness.decode(genome)
    around = np.repeat(weights, 40, axis=0)
    readout = 2 * (4 + 1)
    around[:, -readout:] += 1e-3 * np.random.default_rng(1).normal(size=(40, readout))
    whole = Fitness(TASK, NETWORKS[0], dtype="float64")
    assert whole(around).min() > fitness(genome)[0]


def test_neither_neighbours_nor_threads_change_a_bit():
    alone = RidgeFitness(SERIES, SMALL, regularisation=0.0, split="train", threads=1)
    together = RidgeFitness(SERIES, SMALL, regularisation=0.0, split="train", threads=2)
    population = genomes(alone, 21)
    losses, weights = together(population), together.decode(population)
    order = np.random.default_rng(2).permutation(21)
    np.testing.assert_array_equal(alone(population), losses)
    np.testing.assert_array_equal(together(population[order]), losses[order])
    np.testing.assert_array_equal(together.decode(population[order]), weights[order])
    np.testing.assert_array_equal([alone(genome[None])[0] for genome in population], losses)


def test_genomes_that_fit_memory_only_one_by_one_give_the_same_bits(monkeypatch):
    fitness = RidgeFitness(TASK, NETWORKS[0], split="train")
    population = genomes(fitness, 9)
    losses = fitness(population)
    monkeypatch.setattr("evornn.fitness.features._FEATURES_AT_ONCE", TASK.judged.size * 5 * 2)
    np.testing.assert_array_equal(fitness(population), losses)


def test_a_broken_genome_hurts_nobody_else():
    fitness = RidgeFitness(SERIES, SMALL, regularisation=0.0, split="train")
    population = genomes(fitness, 10)
    losses = fitness(population)
    broken = population.copy()
    broken[3], broken[7, 2] = np.nan, np.inf
    found = fitness(broken)
    assert np.isnan(found[3])
    sound = np.isin(np.arange(10), [3, 7], invert=True)
    np.testing.assert_array_equal(found[sound], losses[sound])
    assert np.isnan(fitness(np.full((2, fitness.genes), np.nan))).all()


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_free_runs_are_judged_where_fits_are_teacher_forced(split):
    fitness = RidgeFitness(SERIES, SMALL, regularisation=0.0, split=split)
    population = genomes(fitness, 4)
    weights = fitness.decode(population)
    forced = Sequences(SERIES.train.inputs, SERIES.train.targets, SERIES.train.judged)
    np.testing.assert_array_equal(
        weights, RidgeFitness(forced, SMALL, regularisation=0.0, split="train").decode(population)
    )
    whole = Fitness(SERIES, SMALL, dtype="float64", split=split)
    np.testing.assert_array_equal(fitness(population), whole(weights))
    np.testing.assert_array_equal(fitness.predict(population[0]), whole.predict(weights[0]))
    assert getattr(SERIES, split).free_running == 31


def test_batches_are_fitted_and_judged_alone():
    fitness = RidgeFitness(TASK, NETWORKS[0], split="train").on([0, 2])
    few = Sequences(
        [TASK.inputs[q, : LENGTHS[q]] for q in (0, 2)],
        [TASK.targets[q, : LENGTHS[q]] for q in (0, 2)],
        [TASK.judged[q, : LENGTHS[q]] for q in (0, 2)],
    )
    expected = RidgeFitness(few, NETWORKS[0], split="train")
    population = genomes(fitness, 3)
    np.testing.assert_array_equal(fitness(population), expected(population))
    assert fitness.steps == expected.steps == 2 * (30 + 22)


def test_encodings_map_the_genes_before_the_readout():
    network = CTRNN(**SIZES, readout=True)
    fitness = RidgeFitness(TASK, network, Bounded(), split="train")
    named = network.named(fitness.decode(np.full((1, fitness.genes), -1.0))[0])
    low, high = network.ranges["tau"]
    assert fitness.genes == network.cut.network.weight_count
    assert (named["tau"] >= low).all()
    assert (named["tau"] <= high).all()


def test_without_a_compiler_the_losses_are_the_same(monkeypatch):
    population = genomes(RidgeFitness(TASK, NETWORKS[0], split="train"), 3)
    compiled = RidgeFitness(TASK, NETWORKS[0], split="train")(population)
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    plain = RidgeFitness(TASK, NETWORKS[0], split="train")(population)
    np.testing.assert_allclose(plain, compiled, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RidgeFitness(TASK, LSTM(2, 4, 2, readout=False)), "LSTM has no linear readout"),
        (lambda: RidgeFitness(TASK, LSTM(2, 4, 2)), "no validation data"),
        (lambda: RidgeFitness(SERIES, SMALL, split="tests"), "'tests'"),
        (lambda: RidgeFitness(SERIES, SMALL)(np.zeros((2, 3))), "shape"),
        (lambda: RidgeFitness(SERIES, SMALL).predict(np.zeros(3)), "one genome of shape"),
        (lambda: RidgeFitness(SERIES, SMALL).value_and_grad(np.zeros((1, 3))), "without a grad"),
        (
            lambda: RidgeFitness(
                SERIES, Elman(1, 3, 1, output_activation="tanh")
            ),
            "Elman has no linear readout",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_named(call, message):
    with pytest.raises(ConfigurationError, match=message):
        call()
