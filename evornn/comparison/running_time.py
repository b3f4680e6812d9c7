"""Running time to a target: how often an optimizer gets there and what it costs to.

A run reaches a target at the end of the first generation whose best training loss so far is at most
the target. The expected running time counts what the runs that fail cost too:

    ERT = (evaluations of all runs, each until it reaches the target or ends) / (runs that reach it)

It estimates the evaluations until the first success if an optimizer is restarted until then.

A. Auger & N. Hansen 2005, "Performance evaluation of an advanced local search evolutionary
algorithm", CEC; N. Hansen et al. 2016, "COCO: performance assessment", arXiv:1605.03560.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evornn.comparison.outcome import Outcome


def first_hit(outcome: Outcome, target: float) -> int | None:
    """Index of the first generation of `outcome` that is at `target` or below; None if none is."""
    hits = np.flatnonzero(outcome.best_loss <= target)
    return int(hits[0]) if hits.size else None


@dataclass(frozen=True)
class RunningTime:
    """Of `runs` runs, how many reached `target`, and what that took.

    `expected` is the ERT in evaluations, infinite where no run got there; `evaluations` and
    `seconds` are medians over the runs that did, NaN where none did.
    """

    target: float
    runs: int
    successes: int
    expected: float
    evaluations: float
    seconds: float

    @property
    def success_rate(self) -> float:
        return self.successes / self.runs if self.runs else float("nan")


def running_time(outcomes: Sequence[Outcome], target: float) -> RunningTime:
    """The running time of the runs of one optimizer to `target`."""
    hits = [(outcome, first_hit(outcome, target)) for outcome in outcomes]
    reached = [(outcome, hit) for outcome, hit in hits if hit is not None]
    spent = sum(
        int(outcome.evaluations[-1 if hit is None else hit])
        for outcome, hit in hits
        if outcome.evaluations.size
    )
    return RunningTime(
        target=target,
        runs=len(outcomes),
        successes=len(reached),
        expected=spent / len(reached) if reached else np.inf,
        evaluations=_median([int(outcome.evaluations[hit]) for outcome, hit in reached]),
        seconds=_median([float(outcome.seconds[hit]) for outcome, hit in reached]),
    )


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else float("nan")
