"""Surroundings: the answers, and the best that can be said without the future."""

import numpy as np

from evornn.tasks import Surroundings
from evornn.tasks.surroundings import CAUSAL_LOSS


def test_an_answer_is_the_mean_of_both_sides():
    task = Surroundings(reach=2)
    u, d, judged = task.train.inputs, task.train.targets, task.train.judged
    np.testing.assert_array_equal(d[:, 2:-2], (u[:, :-4] + u[:, 4:]) / 2.0)
    assert judged[:, 2:-2].all()
    assert not judged[:, :2].any()
    assert not judged[:, -2:].any()


def test_the_best_causal_answer_has_the_stated_loss():
    task = Surroundings(sequences=400)
    past = np.roll(task.train.inputs, task.reach, axis=1)
    np.testing.assert_allclose(task.train.loss(past / 2.0), CAUSAL_LOSS, rtol=1e-12)
    np.testing.assert_allclose(task.constant_loss, 2.0 * CAUSAL_LOSS, rtol=0.03)
    # No other multiple of it, and no answer that ignores it, does better.
    losses = [task.train.loss(share * past) for share in np.linspace(0.0, 1.0, 21)]
    assert int(np.argmin(losses)) == 10
