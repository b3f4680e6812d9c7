"""The share of the training data that is learnt."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.runs.learnt import learnt_share

ALL = np.ones((1, 4))


def column(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("judged", "share"), [([1, 1, 1, 1], 0.5), ([0, 1, 2, 0], 1.0), ([1, 0, 0, 0.5], 0.0)]
)
def test_within_a_tolerance_of_judged_steps(judged, share):
    outputs, targets = column(0.0, 1.0, 2.0, 3.0), column(0.5, 1.25, 1.75, np.inf)
    assert learnt_share(outputs, targets, np.array([judged]), 0.25) == share


def test_every_output_must_be_within_the_tolerance():
    outputs, targets = np.zeros((1, 2, 3)), np.zeros((1, 2, 3))
    outputs[0, 1, 2] = 1.0
    assert learnt_share(outputs, targets, np.ones((1, 2)), 0.5) == 0.5


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0)])
def test_two_classes_of_one_output(low, high):
    targets = column(low, high, low, high)
    outputs = column(low - 5, high - 0.1, high, np.nan)
    assert learnt_share(outputs, targets, ALL, None) == 0.5


def test_the_largest_of_several_outputs():
    targets = np.eye(4)[np.newaxis, [0, 1, 2, 3]]
    outputs = 0.1 * np.eye(4)[np.newaxis, [0, 1, 3, 3]]
    outputs[0, 1] = np.nan
    assert learnt_share(outputs, targets, ALL, None) == 0.5


@pytest.mark.parametrize("targets", [column(0.1, 0.2, 0.3, 0.4), np.zeros((1, 4, 2))])
def test_targets_that_are_no_classes_need_a_tolerance(targets):
    with pytest.raises(ConfigurationError, match="give tolerance"):
        learnt_share(targets, targets, ALL, None)
