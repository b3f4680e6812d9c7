"""Holm's correction, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evornn.comparison.holm import holm


def test_by_hand():
    # In rising order .005 * 4, .01 * 3, .03 * 2, .04 * 1, and never falling.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_never_above_one():
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]


def test_nothing_to_correct():
    assert holm([0.03]).tolist() == [0.03]
    assert holm([]).size == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_keeps_the_order_and_lies_between_p_and_bonferroni(p):
    corrected = holm(p)
    assert (corrected >= p).all()
    assert (corrected <= np.minimum(1.0, len(p) * np.array(p)) + 1e-15).all()
    assert (np.diff(corrected[np.argsort(p, kind="stable")]) >= 0).all()
    assert corrected.min() == pytest.approx(min(1.0, len(p) * min(p)))
