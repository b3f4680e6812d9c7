"""Labels beside curves: apart from one another, in order, and moved no more than that takes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evornn.plots.style import spread


def test_labels_that_do_not_touch_stay():
    np.testing.assert_array_equal(spread(np.array([0.9, 0.1, 0.5]), 0.2), [0.9, 0.1, 0.5])


def test_a_pair_is_pushed_apart_evenly():
    np.testing.assert_allclose(spread(np.array([0.50, 0.52]), 0.1), [0.46, 0.56])


def test_a_pushed_pair_takes_its_neighbour_along():
    np.testing.assert_allclose(
        spread(np.array([0.5, 0.5, 0.57]), 0.1), [0.42333333, 0.52333333, 0.62333333]
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_apart_and_in_order(heights):
    heights = np.array(heights)
    placed = spread(heights, 0.1)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(placed[order]) >= 0.1 - 1e-9).all()
    assert placed.min() >= -1e-9
    assert placed.max() <= 1.0 + 1e-9


@given(st.lists(st.floats(0.45, 0.55), min_size=1, max_size=9))
def test_a_group_with_room_is_centred_on_what_it_labels(heights):
    placed = spread(np.array(heights), 0.1)
    np.testing.assert_allclose(placed.mean(), np.mean(heights), atol=1e-9)


def test_a_group_at_the_edge_stays_inside():
    np.testing.assert_allclose(spread(np.array([0.0, 0.01, 0.02]), 0.1), [0.0, 0.1, 0.2])
