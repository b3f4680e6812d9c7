"""Empirical distribution of running times: the share of (run, target) pairs reached by a cost.

The targets are spaced evenly on a logarithmic scale from the loss of the best constant answer down
to the lowest loss that any run reached, so the curves show the whole way down.

N. Hansen et al. 2016, "COCO: performance assessment", arXiv:1605.03560.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evornn.comparison.outcome import Outcome
from evornn.comparison.running_time import first_hit

TARGETS = 51


def log_spaced_targets(
    outcomes: Sequence[Outcome], constant_loss: float, count: int = TARGETS
) -> np.ndarray:
    """Targets (count,), falling, from `constant_loss` to the lowest loss of `outcomes`.

    Empty where no run got below the constant loss. A lowest loss of zero has no logarithm: the
    smallest loss above zero takes its place.
    """
    losses = np.concatenate([outcome.best_loss for outcome in outcomes])
    losses = losses[losses > 0.0]
    if not losses.size or losses.min() >= constant_loss:
        return np.empty(0)
    return np.geomspace(constant_loss, losses.min(), count)


def ecdf(
    outcomes: Sequence[Outcome], targets: np.ndarray, cost: str = "evaluations"
) -> tuple[np.ndarray, np.ndarray]:
    """Costs at which a pair is reached, rising, and the share of pairs reached by then."""
    hits = [(outcome, first_hit(outcome, target)) for outcome in outcomes for target in targets]
    reached = [outcome.costs[cost][hit] for outcome, hit in hits if hit is not None]
    costs, counts = np.unique(np.array(reached, np.float64), return_counts=True)
    return costs, np.cumsum(counts) / max(len(hits), 1)
