"""Runs that fit readouts: recorded, gone on with to the bit, and loaded with all weights."""

from __future__ import annotations

import numpy as np
import pytest

import evornn
from evornn.comparison.plan import plan_of
from evornn.errors import ConfigurationError
from evornn.fitness import RidgeFitness
from evornn.networks import LSTM, Elman
from evornn.optimizers import Adam, Genetic
from evornn.tasks import SuperimposedSines

TASK = SuperimposedSines(
    sines=2, train_steps=60, validation_steps=20, test_steps=20, washout=15, free_steps=40
)
NETWORK = LSTM(inputs=1, hidden=3, outputs=1)
GENETIC = Genetic(population_size=6)


def short(network=NETWORK, optimizer=GENETIC, **options):
    given = {"generations": 6, "ridge": 1e-6, "dtype": "float64"} | options
    return evornn.train(TASK, network, optimizer, **given)


def test_a_run_searches_what_lies_before_the_readout():
    run = short()
    fitness = RidgeFitness(TASK, NETWORK, regularisation=1e-6, split="train")
    assert run.best_genome.shape == (fitness.genes,)
    best = run.best_genome[np.newaxis]
    assert run.best_loss == fitness(best)[0]
    for split in ("validation", "test"):
        held_out = RidgeFitness(TASK, NETWORK, regularisation=1e-6, split=split)
        assert getattr(run, f"{split}_loss") == held_out(best)[0]
    whole = evornn.Fitness(TASK, NETWORK, dtype="float64")
    weights = np.concatenate([block.ravel() for block in run.best_weights.values()])
    assert whole(weights[np.newaxis])[0] == run.best_loss
    np.testing.assert_array_equal(run.predict(), whole.predict(weights))
    steps = 2 * int(TASK.train.lengths.sum()) * 6
    assert sum(entry["forward_steps"] for entry in run.history[-1:]) == 6 * steps


def test_a_run_that_was_cut_off_ends_with_the_same_bits(tmp_path):
    whole = short()

    def interrupt(status):
        if status.tally.generation == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        short(out=tmp_path, checkpoint_every=0.0, progress=interrupt)
    unfinished = evornn.load_run(tmp_path)
    assert unfinished.configuration.ridge == 1e-6
    assert set(unfinished.best_weights) == set(NETWORK.weights)
    resumed = evornn.resume(tmp_path, threads=1)
    np.testing.assert_array_equal(resumed.best_genome, whole.best_genome)
    assert resumed.best_loss == whole.best_loss
    loaded = evornn.load_run(tmp_path)
    for name, block in whole.best_weights.items():
        np.testing.assert_array_equal(loaded.best_weights[name], block)


def test_without_it_records_are_what_they_were():
    plain = short(ridge=None, dtype="float32").configuration
    assert "ridge" not in plain.identity
    assert short().configuration.identity["ridge"] == 1e-6


def test_an_experiment_counts_the_genes_before_the_readout():
    networks = {"lstm": NETWORK, "elman": Elman(1, 3, 1)}
    experiment = evornn.Experiment(
        "ridge", TASK, networks, ["genetic"], evaluations=100, ridge=0, dtype="float64"
    )
    plan = plan_of(experiment, experiment.seeds, experiment.parts())
    assert plan.ridge == 0.0
    assert plan.genes == {"lstm": NETWORK.weight_count - 4, "elman": 3 + 9 + 3}
    assert plan.configuration(plan.cells[0]).ridge == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ridge": -1.0}, "ridge"),
        ({"dtype": "float32"}, "set dtype='float64'"),
        ({"optimizer": Adam()}, "adam learns from"),
        ({"network": LSTM(1, 3, 1, readout=False)}, "LSTM has no linear readout"),
    ],
)
def test_what_does_not_go_with_it_is_refused_before_anything_is_written(options, message, tmp_path):
    with pytest.raises(ConfigurationError, match=message):
        short(**options, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
