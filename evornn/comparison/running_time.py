"""Running time to a target: how often an optimizer gets there and what it costs to.

A run reaches a target at the end of the first generation whose best training loss so far is at most
the target. The expected running time counts what the runs that fail cost too:

    ERT = (cost of all runs, each until it reaches the target or ends) / (runs that reach it)

It estimates the cost until the first success if an optimizer is restarted until then: usually in
evaluations, here in each of `evornn.comparison.cost`.

A. Auger & N. Hansen 2005, "Performance evaluation of an advanced local search evolutionary
algorithm", CEC; N. Hansen et al. 2016, "COCO: performance assessment", arXiv:1605.03560.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evornn.comparison.cost import COSTS
from evornn.comparison.outcome import Outcome


def first_hit(outcome: Outcome, target: float) -> int | None:
    """Index of the first generation of `outcome` that is at `target` or below; None if none is."""
    hits = np.flatnonzero(outcome.best_loss <= target)
    return int(hits[0]) if hits.size else None


@dataclass(frozen=True)
class RunningTime:
    """Of `runs` runs, how many reached `target`, and what that took, in each kind of cost.

    `expected` is the ERT, infinite where no run got there; `medians` are over the runs that did,
    NaN where none did.
    """

    target: float
    runs: int
    successes: int
    expected: Mapping[str, float]
    medians: Mapping[str, float]

    @property
    def success_rate(self) -> float:
        return self.successes / self.runs if self.runs else float("nan")


def running_time(outcomes: Sequence[Outcome], target: float) -> RunningTime:
    """The running time of the runs of one optimizer to `target`."""
    hits = [(outcome, first_hit(outcome, target)) for outcome in outcomes]
    reached = [(outcome, hit) for outcome, hit in hits if hit is not None]
    return RunningTime(
        target=target,
        runs=len(outcomes),
        successes=len(reached),
        expected={cost: _expected(hits, cost) for cost in COSTS},
        medians={
            cost: _median([float(outcome.costs[cost][hit]) for outcome, hit in reached])
            for cost in COSTS
        },
    )


def _expected(hits: Sequence[tuple[Outcome, int | None]], cost: str) -> float:
    """The cost of all runs over the number of those that hit."""
    spent = sum(
        outcome.spent(cost) if hit is None else float(outcome.costs[cost][hit])
        for outcome, hit in hits
    )
    successes = sum(hit is not None for _, hit in hits)
    return spent / successes if successes else np.inf


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else float("nan")
