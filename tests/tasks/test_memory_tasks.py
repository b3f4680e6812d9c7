"""Delayed recall, parity and adding: their targets from plain loops, known constant losses."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import Adding, DelayedRecall, Parity


@pytest.mark.parametrize("delay", [1, 3, 12])
def test_recall_is_the_input_of_so_many_steps_ago(delay):
    data = DelayedRecall(delay=delay, length=40).train
    assert set(np.unique(data.inputs)) == {-1.0, 1.0}
    for t in range(40):
        assert (data.judged[:, t] == (t >= delay)).all()
        if t >= delay:
            np.testing.assert_array_equal(data.targets[:, t], data.inputs[:, t - delay])


def test_parity_counts_the_ones():
    data = Parity(length=9).train
    odd = np.cumsum(data.inputs == 1.0, axis=1) % 2 == 1
    np.testing.assert_array_equal(data.targets, np.where(odd, 1.0, -1.0))
    assert data.judged.all()


def test_parity_judged_at_the_end_is_many_to_one():
    judged = Parity(length=9, judged="last").train.judged
    np.testing.assert_array_equal(judged, np.tile(np.arange(9) == 8, (50, 1)))


def test_adding_marks_one_value_of_each_half():
    data = Adding(length=11).train
    values, markers = data.inputs[..., 0], data.inputs[..., 1]
    assert (markers[:, :5].sum(axis=1) == 1.0).all()
    assert (markers[:, 5:].sum(axis=1) == 1.0).all()
    np.testing.assert_allclose(data.targets[:, -1, 0], (values * markers).sum(axis=1), rtol=1e-15)
    np.testing.assert_array_equal(data.judged, np.tile(np.arange(11) == 10, (100, 1)))


def test_the_known_losses_of_constant_answers():
    assert Adding(length=2, sequences=40_000).constant_loss == pytest.approx(1 / 6, rel=0.02)
    assert DelayedRecall(sequences=100).constant_loss == pytest.approx(1.0, abs=0.01)
    assert Parity(sequences=1000).constant_loss == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("task", [DelayedRecall(), Parity()])
def test_a_loss_at_the_solved_mark_leaves_at_most_one_step_in_a_hundred_wrong(task):
    """The worst case: as many answers as possible just on the wrong side, the others perfect."""
    outputs = task.train.targets.copy()
    steps = np.argwhere(task.train.judged > 0)
    for count, (n, t) in enumerate(steps, start=1):
        outputs[n, t] = 0.0
        if task.train.loss(outputs) > task.solved.loss:
            assert count - 1 <= 0.01 * len(steps)
            return
    pytest.fail("the solved mark was never passed")


def test_no_answer_is_not_learnt():
    assert Parity().tolerance < 1.0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: DelayedRecall(delay=0), "delay must be at least 1"),
        (lambda: DelayedRecall(delay=9, length=9), "length must be at least 10"),
        (lambda: Parity(judged="end"), "judged must be one of every, last"),
        (lambda: Parity(length=0), "length must be at least 1"),
        (lambda: Parity(sequences=0), "sequences must be at least 1"),
        (lambda: Adding(length=1), "length must be at least 2"),
        (lambda: Adding(test_sequences=-1), "test_sequences must be at least 0"),
        (lambda: Adding(seed=1.5), "seed must be an integer"),
    ],
)
def test_bad_options_are_named(build, message):
    with pytest.raises(ConfigurationError, match=message):
        build()
