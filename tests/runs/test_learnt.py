"""The share of the training data that is learnt."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.runs.learnt import learnt_share
from evornn.tasks import Sequences


def data(targets, judged=None, **options):
    return Sequences(np.zeros((*targets.shape[:2], 1)), targets, judged, **options)


def column(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("judged", "share"), [([1, 1, 1, 1], 0.5), ([0, 1, 2, 0], 1.0), ([1, 0, 0, 0.5], 0.0)]
)
def test_within_a_tolerance_of_judged_steps(judged, share):
    outputs, targets = column(0.0, 1.0, 2.0, 3.0), column(0.5, 1.25, 1.75, 9.0)
    assert learnt_share(outputs, data(targets, [judged]), 0.25) == share


def test_every_output_must_be_within_the_tolerance():
    outputs, targets = np.zeros((1, 2, 3)), np.zeros((1, 2, 3))
    outputs[0, 1, 2] = 1.0
    assert learnt_share(outputs, data(targets), 0.5) == 0.5


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
def test_two_classes_of_one_output(low, high):
    targets = column(low, high, low, high)
    outputs = column(low - 5, high - 0.1, high, np.nan)
    assert learnt_share(outputs, data(targets), None) == 0.5


def test_the_largest_of_several_outputs():
    targets = np.eye(4)[np.newaxis, [0, 1, 2, 3]]
    outputs = 0.1 * np.eye(4)[np.newaxis, [0, 1, 3, 3]]
    outputs[0, 1] = np.nan
    assert learnt_share(outputs, data(targets), None) == 0.5


def test_logits_are_right_on_their_side_of_nought():
    logits = data(column(0.0, 1.0, 0.0, 1.0), loss_function="binary_cross_entropy")
    assert learnt_share(column(-0.1, 0.1, 0.1, 0.4), logits, None) == 0.75
    with pytest.raises(ConfigurationError, match=r"tolerance 0.5 says nothing of the logits"):
        learnt_share(logits.targets, logits, 0.5)


@pytest.mark.parametrize("targets", [column(0.1, 0.2, 0.3, 0.4), np.zeros((1, 4, 2))])
def test_targets_that_are_no_classes_need_a_tolerance(targets):
    with pytest.raises(ConfigurationError, match="give tolerance"):
        learnt_share(targets, data(targets), None)
