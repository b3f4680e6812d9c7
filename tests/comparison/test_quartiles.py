"""Quartiles as NumPy's where all is finite, and sound where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evornn.comparison.quartiles import convergence_band, quartiles


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.floats(-1e6, 1e6)
    )
)
def test_numpy_agrees_on_finite_values(values):
    expected = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    np.testing.assert_allclose(quartiles(values), expected, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0, np.inf], [1.5, 2.0, np.inf]),
        ([1.0, np.inf, np.inf], [np.inf] * 3),
        ([1.0, 2.0, 3.0, 4.0, np.inf], [2.0, 3.0, 4.0]),
        ([np.inf, np.inf], [np.inf] * 3),
        ([], [np.nan] * 3),
    ],
)
def test_infinite_losses(values, expected):
    np.testing.assert_array_equal(quartiles(np.array(values)), expected)


def test_a_band_over_runs_of_unequal_length(outcome):
    runs = [outcome([0.8, 0.4, 0.2]), outcome([0.6])]
    evaluations, (low, middle, high) = convergence_band(runs, "evaluations")
    assert evaluations.tolist() == [10, 20, 30]
    np.testing.assert_allclose(middle, [0.7, 0.5, 0.4])
    np.testing.assert_allclose(low, [0.65, 0.45, 0.3])
    np.testing.assert_allclose(high, [0.75, 0.55, 0.5])


def test_a_band_begins_where_every_run_has_a_loss(outcome):
    late = outcome([0.5, 0.3], costs={"seconds": np.array([3.0, 4.0])})
    seconds, _ = convergence_band([outcome([0.8, 0.4]), late], "seconds")
    assert seconds.tolist() == [3.0, 4.0]


def test_no_band_without_generations(outcome):
    grid, found = convergence_band([outcome([])], "evaluations")
    assert grid.size == found.size == 0
