"""The summary of a comparison: one row per contender.

==========================  ======================================================================
``optimizer``               its label; where networks are crossed, ``network`` before it
``runs``, ``failed``        how many ended, and of these failed: their losses are infinite
``<split>_median``          of the final loss, ``<split>_q1`` and ``<split>_q3`` its quartiles;
                            `<split>` is ``training``, ``validation`` and ``test``
``<split>_accuracy_median`` of the share of steps answered right, and its quartiles, where the
                            task says what is right
``target``                  the training loss that times are measured to
``successes``               runs that reached it, and ``success_rate``
``expected_<cost>``         expected running time to the target: see `running_time`; `<cost>` is
                            each of those of `evornn.comparison.cost`
``target_<cost>``           median over the successes
``<cost>``                  median of a whole run
``evaluation_share``        share of the time spent in evaluating networks, over all runs
``optimizer_share``         the same in the optimizer; the rest is records and checkpoints
==========================  ======================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evornn.comparison.cost import COSTS
from evornn.comparison.outcome import Outcome
from evornn.comparison.plan import Plan
from evornn.comparison.quartiles import quartiles
from evornn.comparison.running_time import running_time


def summary_rows(plan: Plan, outcomes: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    """A row for each contender, in the order of the plan."""
    accurate = accurate_splits(plan, outcomes)
    return [
        plan.contenders[name].columns
        | {"runs": len(runs), "failed": sum(run.failed for run in runs)}
        | _final_losses(plan, runs)
        | _accuracies(accurate, runs)
        | _target(plan, runs)
        | _effort(runs)
        for name, runs in outcomes.items()
    ]


def accurate_splits(plan: Plan, outcomes: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """The splits on which the runs tell an accuracy."""
    return [
        split
        for split in plan.splits
        if any(split in run.accuracy for runs in outcomes.values() for run in runs)
    ]


def _final_losses(plan: Plan, runs: Sequence[Outcome]) -> dict[str, float]:
    row: dict[str, float] = {}
    for split in plan.splits:
        row |= _quartiles(split, [run.losses[split] for run in runs])
    return row


def _accuracies(splits: Sequence[str], runs: Sequence[Outcome]) -> dict[str, float]:
    """Over the runs; one that failed has answered nothing right."""
    row: dict[str, float] = {}
    for split in splits:
        row |= _quartiles(f"{split}_accuracy", [run.accuracy.get(split, 0.0) for run in runs])
    return row


def _quartiles(name: str, values: list[float]) -> dict[str, float]:
    low, middle, high = (float(value) for value in quartiles(np.array(values)))
    return {f"{name}_median": middle, f"{name}_q1": low, f"{name}_q3": high}


def _target(plan: Plan, runs: Sequence[Outcome]) -> dict[str, Any]:
    if plan.target is None:
        return {}
    time = running_time(runs, plan.target)
    return {
        "target": time.target,
        "successes": time.successes,
        "success_rate": time.success_rate,
        **{f"expected_{cost}": time.expected[cost] for cost in COSTS},
        **{f"target_{cost}": time.medians[cost] for cost in COSTS},
    }


def _effort(runs: Sequence[Outcome]) -> dict[str, float]:
    made = [run for run in runs if run.generations]
    total = sum(run.spent("seconds") for run in made) or float("nan")
    return {
        **{cost: _median([run.spent(cost) for run in made]) for cost in COSTS},
        "evaluation_share": sum(run.evaluation_seconds for run in made) / total,
        "optimizer_share": sum(run.optimizer_seconds for run in made) / total,
    }


def _median(values: list[float]) -> float:
    return float(quartiles(np.array(values))[1])
