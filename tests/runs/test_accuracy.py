"""The share of steps answered right: told where a task says what is right, and nowhere else."""

from __future__ import annotations

import json

import numpy as np
import pytest

import evornn
from evornn.networks import FullyRecurrent
from evornn.optimizers import Genetic
from evornn.tasks import Parity, Sequences

INPUTS = np.sin(0.9 * np.arange(24.0)).reshape(4, 6, 1)


def trained(task, outputs=1, **options):
    network = FullyRecurrent(1, max(2, outputs), outputs)
    return evornn.train(task, network, Genetic(population_size=5), generations=3, **options)


@pytest.mark.parametrize("held_out", [0, 3])
def test_a_tolerance_of_its_own_says_what_is_right(tmp_path, held_out):
    task = Parity(length=7, sequences=3, validation_sequences=held_out, test_sequences=2)
    run = trained(task, out=tmp_path / "run")
    assert list(run.accuracy) == ["training", *(["validation"] if held_out else []), "test"]
    right = np.sign(run.predict(task.test.inputs)) == task.test.targets
    assert run.accuracy["test"] == right[task.test.judged > 0].mean()
    assert evornn.load_run(tmp_path / "run").accuracy == run.accuracy


def test_a_cross_entropy_says_so_too():
    targets = (INPUTS > 0.0).astype(float)
    run = trained(Sequences(INPUTS, targets, loss_function="binary_cross_entropy"))
    assert run.accuracy == {"training": np.mean((run.predict() > 0.0) == targets)}


def test_otherwise_the_loss_tells_all(tmp_path):
    run = trained(Sequences(INPUTS, INPUTS), out=tmp_path / "run")
    assert run.accuracy == {}
    assert "accuracy" not in json.loads((tmp_path / "run" / "result.json").read_text())


def test_sequences_come_back_with_their_loss(tmp_path):
    targets = np.eye(2)[(INPUTS[:, :, 0] > 0.0).astype(int)]
    data = Sequences(INPUTS, targets, loss_function="softmax_cross_entropy")
    run = trained(data, outputs=2, out=tmp_path / "run")
    again = evornn.load_run(tmp_path / "run").part("task")
    assert again.loss_function == "softmax_cross_entropy"
    assert again.loss(run.predict()) == pytest.approx(run.best_loss, rel=1e-6)
