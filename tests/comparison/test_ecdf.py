"""The distribution of running times, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.comparison.ecdf import ecdf, log_spaced_targets


def test_targets_are_even_on_a_logarithmic_scale(outcome):
    runs = [outcome([0.5, 0.01]), outcome([0.2, 0.1])]
    np.testing.assert_allclose(log_spaced_targets(runs, 1.0, 3), [1.0, 0.1, 0.01])


def test_a_loss_of_zero_is_no_end_of_a_logarithmic_scale(outcome):
    targets = log_spaced_targets([outcome([0.1, 0.01, 0.0])], 1.0, 5)
    assert targets[-1] == pytest.approx(0.01)


@pytest.mark.parametrize("losses", [[2.0, 1.5], [np.inf], []])
def test_no_targets_where_nothing_beats_the_constant_answer(outcome, losses):
    assert log_spaced_targets([outcome(losses)], 1.0).size == 0


def test_shares_of_run_and_target_pairs(outcome):
    runs = [outcome([0.5, 0.1]), outcome([0.5, 0.5])]
    evaluations, shares = ecdf(runs, np.array([1.0, 0.5, 0.1]))
    assert evaluations.tolist() == [10, 20]
    np.testing.assert_allclose(shares, [4 / 6, 5 / 6])

    seconds, same = ecdf(runs, np.array([1.0, 0.5, 0.1]), "seconds")
    assert seconds.tolist() == [0.5, 1.0]
    np.testing.assert_array_equal(same, shares)


def test_nothing_reached(failed):
    evaluations, shares = ecdf([failed()], np.array([1.0, 0.1]))
    assert evaluations.size == shares.size == 0
