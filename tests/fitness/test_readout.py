"""Evolved readouts of a fixed reservoir: the triangular factor against the simulation."""

import numpy as np
import pytest

from evornn.fitness import Fitness
from evornn.fitness.features import judged_rows
from evornn.fitness.readout import linear_twin, triangular_factor
from evornn.networks import ESN
from evornn.tasks import Sequences

NETWORK = ESN(inputs=2, hidden=7, outputs=2, connections=3, leak=0.6)
RNG = np.random.default_rng(4)
TASKS = {
    "long": Sequences(RNG.normal(size=(2, 60, 2)), RNG.normal(size=(2, 60, 2))),
    "washout": Sequences(
        RNG.normal(size=(1, 50, 2)), RNG.normal(size=(1, 50, 2)), np.arange(50) >= 20
    ),
    "weighted and ragged": Sequences(
        [RNG.normal(size=(n, 2)) for n in (30, 8, 17)],
        [RNG.normal(size=(n, 2)) for n in (30, 8, 17)],
        [RNG.choice([0.0, 0.5, 2.0], n) for n in (30, 8, 17)],
    ),
    "fewer steps than features": Sequences(RNG.normal(size=(1, 4, 2)), RNG.normal(size=(1, 4, 2))),
}


@pytest.fixture(params=TASKS)
def task(request):
    return TASKS[request.param]


def population(size):
    return np.random.default_rng(9).normal(size=(size, NETWORK.weight_count), scale=0.5)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("size", [1, 20])
def test_losses_are_those_of_the_reference(task, size, dtype, tolerance):
    genomes = population(size)
    losses = Fitness(task, NETWORK, dtype=dtype)(genomes)
    wanted = []
    for genome in genomes:
        outputs = np.zeros(task.targets.shape)
        for q, n in enumerate(task.lengths):
            outputs[q, :n] = NETWORK.reference(genome, task.inputs[q, :n])
        wanted.append(task.loss(outputs))
    np.testing.assert_allclose(losses, wanted, rtol=tolerance)


def test_losses_and_gradients_are_those_of_the_simulation(task):
    fitness, genomes = Fitness(task, NETWORK, dtype="float64"), population(20)
    losses, gradients = fitness.value_and_grad(genomes)
    divisor = task.normaliser * task.output_size
    sums, slow = fitness.simulation().sums_and_gradients(genomes, 1.0 / divisor)
    np.testing.assert_allclose(losses, sums.sum(axis=1) / divisor, rtol=1e-12)
    np.testing.assert_allclose(gradients, slow, atol=1e-12 * np.abs(slow).max())


def test_plain_python_agrees(task, plain_python):
    genomes = population(2)
    fast = Fitness(task, NETWORK, dtype="float64").value_and_grad(genomes)
    slow = plain_python(task, NETWORK, dtype="float64").value_and_grad(genomes)
    np.testing.assert_allclose(slow[0], fast[0], rtol=1e-12)
    np.testing.assert_allclose(slow[1], fast[1], atol=1e-12 * np.abs(fast[1]).max())


def test_other_losses_of_fixed_features_are_those_of_the_simulation():
    rng = np.random.default_rng(3)
    classes = rng.integers(2, size=(3, 30))
    judged = rng.choice([0.0, 0.5, 2.0], (3, 30))
    inputs, loss = rng.normal(size=(3, 30, 2)), "softmax_cross_entropy"
    data = Sequences(inputs, np.eye(2)[classes], judged, loss_function=loss)
    genomes = population(9)
    references = [np.stack([NETWORK.reference(w, u) for u in inputs]) for w in genomes]
    losses = Fitness(data, NETWORK, dtype="float64")(genomes)
    np.testing.assert_allclose(losses, [data.loss(y) for y in references], rtol=1e-12)
    assert linear_twin(NETWORK, data).sequences.inputs.shape == (1, data.judged_count, 10)


def test_the_factor_of_pieces_is_that_of_the_whole(monkeypatch):
    data = TASKS["weighted and ragged"]
    whole = triangular_factor(judged_rows(NETWORK.cut, data))
    monkeypatch.setattr("evornn.fitness.features._FEATURES_AT_ONCE", 500)
    pieces = triangular_factor(judged_rows(NETWORK.cut, data))
    np.testing.assert_allclose(pieces.T @ pieces, whole.T @ whole, rtol=1e-12, atol=1e-12)


def test_the_factor_is_no_longer_than_its_features():
    twin = linear_twin(NETWORK, TASKS["long"])
    features = 1 + NETWORK.inputs + NETWORK.hidden
    assert twin.sequences.inputs.size < 2 * (features + 16) * features


def test_predictions_are_simulated():
    genome = population(1)[0]
    inputs = np.random.default_rng(1).normal(size=(12, 2))
    outputs = Fitness(TASKS["long"], NETWORK, dtype="float64").predict(genome, inputs)
    np.testing.assert_allclose(outputs, NETWORK.reference(genome, inputs), atol=1e-12)


@pytest.mark.parametrize("spoiled", [np.nan, np.inf, 1e300])
def test_a_spoiled_genome_has_no_good_loss_and_no_neighbours(spoiled, task):
    fitness, genomes = Fitness(task, NETWORK), population(20)
    losses = fitness(genomes)
    genomes[7] = spoiled
    changed = fitness(genomes)
    assert not np.isfinite(changed[7])
    np.testing.assert_array_equal(np.delete(changed, 7), np.delete(losses, 7))


@pytest.mark.parametrize(
    ("network", "options"),
    [
        (ESN(inputs=2, hidden=7, outputs=2, feedback_scaling=0.5), {}),
        (NETWORK, {"free_running": 3}),
    ],
    ids=["output feedback", "free running"],
)
def test_states_that_depend_on_the_genome_have_no_twin(network, options):
    data = np.random.default_rng(2).normal(size=(1, 9, 2))
    assert linear_twin(network, Sequences(data, data, **options)) is None


def test_features_that_diverge_have_no_twin_and_no_good_loss():
    data = np.random.default_rng(2).normal(size=(1, 400, 2))
    network = ESN(inputs=2, hidden=7, outputs=2, activation="identity", spectral_radius=20.0)
    with np.errstate(all="ignore"):
        assert linear_twin(network, Sequences(data, data)) is None
        losses = Fitness(Sequences(data, data), network)(population(20))
    assert not np.isfinite(losses).any()
