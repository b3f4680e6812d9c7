"""Runs whose data are trees: recorded, loaded and compared like any other."""

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError
from evornn.networks import Recursive
from evornn.runs.parts import fingerprint
from evornn.tasks import LogicalFormulas, Trees

TASK = LogicalFormulas(depth=2, test_depth=3, formulas=12, validation_formulas=8, test_formulas=8)
NETWORK = Recursive(inputs=5, hidden=2, outputs=1)


def trees(mirrored=False):
    rng = np.random.default_rng(0)
    sizes = (3, 1, 4)
    children = [[-1, -1, 0], [-1], [-1, 0, -1, 2]], [[-1, -1, 1], [-1], [-1, -1, -1, 1]]
    return Trees(
        [rng.normal(size=(n, 5)) for n in sizes],
        *(reversed(children) if mirrored else children),
        [rng.integers(2, size=(n, 1)) for n in sizes],
        [[0.0, 0.5, 1.0], [1.0], [1.0, 1.0, 0.0, 2.0]],
        loss_function="binary_cross_entropy",
    )


def test_a_registered_task_of_trees_is_trained_and_loaded(tmp_path):
    run = evornn.train(TASK, NETWORK, "genetic", generations=2, out=tmp_path / "run")
    loaded = evornn.load_run(tmp_path / "run")
    outputs = loaded.predict()
    assert outputs.shape == TASK.train.targets.shape
    assert loaded.part("task") == TASK
    assert run.best_loss == pytest.approx(TASK.train.loss(outputs), rel=1e-5)
    assert loaded.test_loss == pytest.approx(TASK.test.loss(loaded.predict(TASK.test)), rel=1e-5)


def test_plain_trees_are_kept_in_the_folder(tmp_path):
    task = trees()
    run = evornn.train(task, NETWORK, "genetic", generations=2, out=tmp_path / "run")
    loaded = evornn.load_run(tmp_path / "run")
    again = loaded.part("task")
    assert isinstance(again, Trees)
    assert again.loss_function == "binary_cross_entropy"
    for name, array in task.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)
    np.testing.assert_array_equal(loaded.predict(), run.predict())


def test_another_shape_is_another_task():
    assert fingerprint(trees()) == fingerprint(trees())
    assert fingerprint(trees()) != fingerprint(trees(mirrored=True))


def test_minibatches_of_trees():
    run = evornn.train(TASK, NETWORK, "genetic", generations=3, batch=5)
    assert np.isfinite(run.best_loss)


def test_a_network_for_sequences_is_refused():
    elman = evornn.networks.Elman(inputs=5, hidden=2, outputs=1)
    with pytest.raises(ConfigurationError, match="data are trees"):
        evornn.train(TASK, elman, "genetic", generations=1)
