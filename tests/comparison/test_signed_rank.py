"""Wilcoxon's test against scipy where it is exact, and against all signs where it is not."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from evornn.comparison.signed_rank import signed_rank_p, smallest_p


def by_all_signs(a, b):
    """p by counting every choice of signs, as the definition says."""
    differences = np.array([x - y for x, y in zip(a, b, strict=True) if x != y])
    ranks = rankdata(np.abs(differences))
    sums = [
        sum(r for r, s in zip(ranks, signs, strict=True) if s)
        for signs in product([0, 1], repeat=len(ranks))
    ]
    found = ranks[differences > 0].sum()
    smaller = min(found, ranks.sum() - found)
    return min(1.0, 2.0 * np.mean([s <= smaller for s in sums]))


def test_all_of_five_pairs_on_one_side():
    assert signed_rank_p([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]) == 2 / 32


def test_by_hand():
    # Differences 1, -2, 3: W = 4 of 6; sums of 0, 1, 2 at most 2 are 3 of 8 signs.
    assert signed_rank_p([2, 1, 6], [1, 3, 3]) == pytest.approx(2 * 3 / 8)


@pytest.mark.parametrize("pairs", [1, 2, 6, 10, 25, 45])
def test_scipy_agrees_without_ties(pairs):
    rng = np.random.default_rng(pairs)
    a, b = rng.normal(size=(2, pairs))
    assert signed_rank_p(a, b) == pytest.approx(wilcoxon(a, b, method="exact").pvalue, rel=1e-10)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9))
def test_ties_and_zeros_are_counted_out(pairs):
    a, b = zip(*pairs, strict=True)
    assert signed_rank_p(a, b) == pytest.approx(by_all_signs(a, b))


def test_the_sides_do_not_matter():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 12))
    assert signed_rank_p(a, b) == signed_rank_p(b, a)


def test_equal_losses_say_nothing():
    assert signed_rank_p([1.0, np.inf, 2.0], [1.0, np.inf, 2.0]) == 1.0


def test_a_failed_run_is_the_largest_difference():
    finite = signed_rank_p([1.0, 2.0, 9.0], [1.1, 2.2, 3.0])
    assert signed_rank_p([1.0, 2.0, np.inf], [1.1, 2.2, 3.0]) == finite


@pytest.mark.parametrize("pairs", [1, 2, 5, 6, 10])
def test_the_smallest_p_is_reached_and_never_passed(pairs):
    a = np.arange(1.0, pairs + 1)
    assert signed_rank_p(a, np.zeros(pairs)) == smallest_p(pairs)
    assert smallest_p(5) == 0.0625
