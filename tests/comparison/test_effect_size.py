"""A12 against Vargha & Delaney's definition, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from evornn.comparison.effect_size import a12

LOSSES = st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0, np.inf]), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2], [3, 4], 1.0),
        ([3, 4], [1, 2], 0.0),
        ([1, 2, 3], [1, 2, 3], 0.5),
        ([1, 3], [2], 0.5),
        ([1, 2], [2, 3, 4], 5.5 / 6),
        ([np.inf, 1], [np.inf, 2], (1 + 0.5 + 1) / 4),
    ],
)
def test_by_hand(a, b, expected):
    assert a12(a, b) == pytest.approx(expected, abs=1e-15)


@given(LOSSES, LOSSES)
def test_the_two_sides_add_up(a, b):
    assert a12(a, b) + a12(b, a) == pytest.approx(1.0)


@given(LOSSES, LOSSES)
def test_it_is_mann_whitneys_u(a, b):
    u = mannwhitneyu(a, b, method="asymptotic").statistic  # counts a > b
    assert a12(a, b) == pytest.approx(1.0 - u / (len(a) * len(b)))
