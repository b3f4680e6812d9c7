"""Median and quartiles of losses, some of which may be infinite."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evornn.comparison.outcome import Outcome


def quartiles(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """The three quartiles of `values` along `axis`, as the new first axis.

    By linear interpolation as `numpy.quantile`, but between a finite and an infinite value the
    infinite one is taken, where interpolation would give NaN. NaN where there are no values.
    """
    ordered = np.sort(np.moveaxis(np.asarray(values, np.float64), axis, 0), axis=0)
    count = len(ordered)
    if not count:
        return np.full((3, *ordered.shape[1:]), np.nan)
    places = np.array([0.25, 0.5, 0.75]) * (count - 1)
    below, above = np.floor(places).astype(int), np.ceil(places).astype(int)
    share = (places - below).reshape(-1, *[1] * (ordered.ndim - 1))
    low, high = ordered[below], ordered[above]
    # Only finite neighbours are subtracted from one another: inf - inf is NaN.
    finite = np.isfinite(low) & np.isfinite(high)
    step = np.where(finite, high, 0.0) - np.where(finite, low, 0.0)
    between = np.where(share > 0.0, high, low)
    return np.where(finite, np.where(finite, low, 0.0) + share * step, between)


def convergence_band(outcomes: Sequence[Outcome], cost: str) -> tuple[np.ndarray, np.ndarray]:
    """Best loss so far over a kind of `cost`: grid (x,), quartiles (3, x).

    A run that has ended keeps its last loss; the grid begins where every run has a loss.
    """
    runs = [(outcome.costs[cost], outcome.best_loss) for outcome in outcomes]
    runs = [(x, loss) for x, loss in runs if x.size]
    if not runs:
        return np.empty(0), np.empty((3, 0))
    grid = np.unique(np.concatenate([x for x, _ in runs]))
    grid = grid[grid >= max(x[0] for x, _ in runs)]
    steps = [loss[np.searchsorted(x, grid, side="right") - 1] for x, loss in runs]
    return grid, quartiles(np.array(steps))
