"""What a rank is worth: published values by hand, and equal losses."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers.shaping import (
    by_rank,
    centred_ranks,
    cma_weights,
    nes_utilities,
    shared_by_rank,
)


def test_utilities_of_four_by_hand():
    # log 3 - log k: 1.0986, 0.4055, 0, 0
    expected = np.array([1.09861229, 0.40546511, 0.0, 0.0]) / 1.50407740 - 0.25
    np.testing.assert_allclose(nes_utilities(4), expected, rtol=1e-7)


def test_weights_of_five_by_hand():
    # log 3 - log k for two of five
    expected = np.array([1.09861229, 0.40546511, 0.0, 0.0, 0.0]) / 1.50407740
    np.testing.assert_allclose(cma_weights(5), expected, rtol=1e-7)


@pytest.mark.parametrize("population", [2, 3, 10, 1001])
def test_sums(population):
    np.testing.assert_allclose(nes_utilities(population).sum(), 0.0, atol=1e-12)
    np.testing.assert_allclose(cma_weights(population).sum(), 1.0)
    np.testing.assert_allclose(centred_ranks(population).sum(), 0.0, atol=1e-12)


def test_the_best_get_the_first_values():
    losses = np.array([3.0, -1.0, np.inf, 2.0])
    values = np.array([8.0, 4.0, 2.0, 1.0])
    np.testing.assert_array_equal(by_rank(values, losses), [2.0, 8.0, 1.0, 4.0])
    np.testing.assert_array_equal(shared_by_rank(values, losses), [2.0, 8.0, 1.0, 4.0])


def test_equal_losses_share_alike():
    losses = np.array([np.inf, 5.0, 0.0, 5.0, np.inf, 5.0])
    values = np.array([10.0, 6.0, 3.0, 0.0, -4.0, -6.0])
    expected = [-5.0, 3.0, 10.0, 3.0, -5.0, 3.0]
    np.testing.assert_array_equal(shared_by_rank(values, losses), expected)
