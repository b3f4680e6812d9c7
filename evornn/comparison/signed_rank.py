"""Wilcoxon's signed-rank test on paired losses, exact for any number of pairs and with ties.

The differences that are not zero are ranked by size, ties sharing the mean of their ranks. W is the
sum of the ranks of the positive ones. Without a difference between the two, every sign is a fair
coin, so the distribution of W over all 2ⁿ signs is counted out; the two-sided p is twice the
smaller tail, at most 1. With n pairs it cannot come out below 2/2ⁿ.

F. Wilcoxon 1945, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 80–83.
"""

from __future__ import annotations

import numpy as np


def signed_rank_p(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided p of the paired losses `a` and `b` (pair,); 1 where no pair differs.

    An infinite loss differs from every finite one by more than these do from one another.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    unequal = a != b
    differences = a[unequal] - b[unequal]
    # Twice the ranks: ties have mean ranks, and these are whole numbers then.
    ranks = _doubled_ranks(np.abs(differences))
    counts = _sign_counts(ranks)
    positive = int(ranks[differences > 0].sum())
    smaller = min(positive, int(ranks.sum()) - positive)
    return min(1.0, float(2.0 * counts[: smaller + 1].sum() / counts.sum()))


def smallest_p(pairs: int) -> float:
    """The smallest two-sided p that `pairs` pairs can give."""
    return min(1.0, 2.0 / 2.0**pairs)


def _doubled_ranks(sizes: np.ndarray) -> np.ndarray:
    """Twice the rank of each size among them, mean ranks for ties, int64."""
    below = (sizes[:, np.newaxis] > sizes).sum(axis=1)
    not_above = (sizes[:, np.newaxis] >= sizes).sum(axis=1)
    return below + not_above + 1


def _sign_counts(ranks: np.ndarray) -> np.ndarray:
    """How many of the 2ⁿ choices of signs give each sum 0, 1, … of the positive `ranks`."""
    counts = np.zeros(int(ranks.sum()) + 1)
    counts[0] = 1.0
    for rank in ranks:
        with_rank = np.zeros_like(counts)
        with_rank[rank:] = counts[: len(counts) - rank]
        counts += with_rank
    return counts
