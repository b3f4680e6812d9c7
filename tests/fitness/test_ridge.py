"""Ridge regression of readouts: the formula, its λ, and searches over what the readout leaves."""

import dataclasses

import numpy as np
import pytest

from evornn.encodings import Bounded
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, RidgeFitness, fit_readout
from evornn.fitness.features import judged_rows
from evornn.networks import ESN, Elman
from evornn.tasks import DelayedRecall, MackeyGlass, Sequences

RNG = np.random.default_rng(6)
LENGTHS = (40, 9, 25)
TASK = Sequences(
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.normal(size=(n, 2)) for n in LENGTHS],
    [RNG.choice([0.0, 0.5, 2.0], n) for n in LENGTHS],
)
PLAIN = ESN(inputs=2, hidden=12, outputs=2, leak=0.7)
FED_BACK = dataclasses.replace(PLAIN, feedback_scaling=0.5)
EVOLVED = dataclasses.replace(FED_BACK, evolved=("spectral_radius", "leak"))
GENES = {"spectral_radius": np.array([0.8]), "leak": np.array([0.4])}


def teacher_forced(network, weights=None):
    """Features, targets and weights of all judged steps, from the network's NumPy features."""
    rows = []
    for q, n in enumerate(TASK.lengths):
        u, d, v = TASK.inputs[q, :n], TASK.targets[q, :n], TASK.judged[q, :n]
        before = np.vstack([np.zeros((1, 2)), d[:-1]]) if network.feeds_back else None
        phi = network.features(u, weights, before)
        rows.append((phi[v > 0], d[v > 0], v[v > 0]))
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


CASES = pytest.mark.parametrize(
    ("network", "weights"),
    [(PLAIN, None), (FED_BACK, None), (EVOLVED, GENES)],
    ids=["plain", "fed back", "evolved"],
)


@CASES
def test_simulated_features_are_those_of_numpy(network, weights, monkeypatch):
    flat = None if weights is None else np.concatenate(list(weights.values()))
    monkeypatch.setattr("evornn.fitness.features._FEATURES_AT_ONCE", 1500)
    pieces = list(judged_rows(network.cut, TASK, flat))
    assert len(pieces) > 1
    rows = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
    for found, expected in zip(rows, teacher_forced(network, weights), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_without_a_compiler_the_features_are_the_same(monkeypatch):
    compiled = np.concatenate([part.features for part in judged_rows(FED_BACK.cut, TASK)])
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    plain = np.concatenate([part.features for part in judged_rows(FED_BACK.cut, TASK)])
    np.testing.assert_allclose(plain, compiled, rtol=1e-12, atol=1e-12)


@CASES
@pytest.mark.parametrize("regularisation", [1e-3, 10.0])
def test_the_readout_is_that_of_the_formula(network, weights, regularisation):
    phi, d, v = teacher_forced(network, weights)
    gram = phi.T @ (v[:, None] * phi) + regularisation * np.eye(phi.shape[1])
    expected = np.linalg.solve(gram, phi.T @ (v[:, None] * d)).T
    fitted = network.named(fit_readout(network, TASK, regularisation, weights=weights))
    np.testing.assert_allclose(fitted["W_out"], expected, rtol=1e-8, atol=1e-10)
    for name, value in (weights or {}).items():
        np.testing.assert_array_equal(fitted[name], value)


def test_without_a_penalty_it_is_the_pseudo_inverse_also_of_more_features_than_steps():
    wide = dataclasses.replace(PLAIN, hidden=90)
    few = Sequences(TASK.inputs[:, :9], TASK.targets[:, :9])
    phi = np.concatenate([wide.features(u[:9]) for u in TASK.inputs])
    expected = (np.linalg.pinv(phi) @ few.targets.reshape(-1, 2)).T
    fitted = wide.named(fit_readout(wide, few, 0.0))["W_out"]
    np.testing.assert_allclose(fitted, expected, rtol=1e-6, atol=1e-9)


def test_no_other_readout_has_a_lower_penalised_loss():
    best = fit_readout(PLAIN, TASK, 0.5)
    around = best + 1e-3 * np.random.default_rng(1).normal(size=(50, len(best)))
    fitness = Fitness(TASK, PLAIN, dtype="float64")

    def penalised(weights):
        return fitness(weights) * TASK.divisor + 0.5 * (weights**2).sum(axis=1)

    assert penalised(around).min() > penalised(best[None])[0]


def test_normal_equations_lose_what_the_singular_values_keep():
    """Nearly collinear features: the residual of the formula in float64 is far from the least."""
    network = ESN(inputs=1, hidden=60, outputs=1, activation="identity", bias_scaling=0.0)
    u = np.random.default_rng(3).normal(size=(400, 1))
    d = np.roll(u, 12, axis=0)
    data = Sequences(u, d, np.arange(400) >= 60)
    phi = network.features(u)[60:]
    formula = np.linalg.solve(phi.T @ phi + 1e-14 * np.eye(phi.shape[1]), phi.T @ d[60:]).T
    fitness = Fitness(data, network, dtype="float64")
    mine, theirs = fitness(np.array([fit_readout(network, data, 0.0), formula.ravel()]))
    assert np.linalg.cond(phi) > 1e9
    assert mine < 1e-3 * theirs


def test_validation_chooses_the_penalty():
    task = DelayedRecall(delay=4, length=30, sequences=2)
    network = ESN(inputs=1, hidden=40, outputs=1)
    choices = (0.0, 1e-2, 1.0, 1e6)
    chosen = fit_readout(network, task, choices)
    each = np.array([fit_readout(network, task, value) for value in choices])
    losses = Fitness(task, network, dtype="float64", split="validation")(each)
    assert 0 < np.argmin(losses) < 3
    np.testing.assert_array_equal(chosen, each[np.argmin(losses)])


def test_a_ridge_fitness_is_the_loss_of_the_fitted_readout():
    task = MackeyGlass(train_steps=200, validation_steps=90, evaluation="free_running", washout=20)
    network = ESN(inputs=1, hidden=20, outputs=1, evolved=("spectral_radius", "leak"))
    fitness = RidgeFitness(task, network, regularisation=(1e-6, 1e-3))
    genomes = np.array([[0.8, 1.0], [1.2, 0.3], [np.nan, 1.0]])
    losses, weights = fitness(genomes), fitness.decode(genomes)
    assert fitness.genes == 2
    for genome, loss, found in zip(genomes[:2], losses, weights, strict=False):
        named = {"spectral_radius": genome[:1], "leak": genome[1:]}
        expected = fit_readout(network, task, (1e-6, 1e-3), weights=named)
        np.testing.assert_array_equal(found, expected)
        held_out = Fitness(task, network, dtype="float64", split="validation")
        assert loss == held_out(expected[None])[0]
    assert np.isnan(losses[2])
    alone = fitness(genomes[:2])
    np.testing.assert_array_equal(alone, losses[:2])


def test_encodings_map_the_genes_of_the_reservoir():
    task = DelayedRecall(delay=2, length=20, sequences=2)
    network = ESN(inputs=1, hidden=10, outputs=1, evolved=("spectral_radius", "leak"))
    bounded = Bounded(ranges={"leak": (0.25, 1.0)})
    fitness = RidgeFitness(task, network, bounded)
    weights = network.named(fitness.decode(np.array([[0.0, -1.0]]))[0])
    np.testing.assert_allclose(weights["spectral_radius"], np.sqrt(0.1 * 2.0))
    np.testing.assert_allclose(weights["leak"], 0.25)
    assert network.cut.network.ranges == network.ranges


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_readout(Elman(2, 3, 2, readout=False), TASK), "Elman has no linear readout"),
        (lambda: fit_readout(PLAIN, TASK, -1.0), "regularisation must be at least 0"),
        (lambda: fit_readout(PLAIN, TASK, (0.1, 1.0)), "validation data"),
        (lambda: fit_readout(EVOLVED, TASK), "spectral_radius, leak"),
        (lambda: RidgeFitness(DelayedRecall(), ESN(1, 5, 1)), "no weights but its readout"),
        (
            lambda: RidgeFitness(
                DelayedRecall(),
                ESN(1, 5, 1, evolved=["leak"]),
                regularisation=(1, 2),
                split="train",
            ),
            "several where there are validation data",
        ),
    ],
)
def test_what_cannot_be_fitted_is_named(call, message):
    with pytest.raises(ConfigurationError, match=message):
        call()
