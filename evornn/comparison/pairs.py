"""Pairs of contenders: effect size and significance of the difference of their final losses.

A row has the names ``a`` and ``b``, ``pairs`` (seeds that both have ended), and for each split its
``<split>_a12`` (see `effect_size`), ``<split>_p`` (Wilcoxon's signed-rank test on paired seeds) and
``<split>_p_holm`` (corrected for all pairs of the same split).

Where networks are crossed with optimizers, the pairs differ in one of the two, which ``differ_in``
names, and the two questions are corrected each by itself. Of a question with more than `MOST` pairs
only those with the first network (or optimizer) of the experiment are tested, as the control of all
others: so many tests would find nothing (many-to-one comparisons, C. W. Dunnett 1955, J. American
Statistical Association 50, 1096–1121). Which pairs are tested never depends on the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from evornn.comparison.effect_size import a12
from evornn.comparison.holm import holm
from evornn.comparison.outcome import Outcome
from evornn.comparison.plan import Plan
from evornn.comparison.signed_rank import signed_rank_p, smallest_p
from evornn.tasks.judged import count

#: significance level of the report
LEVEL = 0.05
#: pairs of one question that a crossed experiment tests at most, those of six contenders
MOST = 15


def pair_rows(plan: Plan, outcomes: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    """A row for each pair, in the order of the plan."""
    if not plan.crossed:
        return _tested(plan, outcomes, combinations(outcomes, 2))
    return [
        {"differ_in": kind} | row
        for kind in ("network", "optimizer")
        for row in _tested(plan, outcomes, _pairs_differing_in(kind, plan))
    ]


def _pairs_differing_in(kind: str, plan: Plan) -> list[tuple[str, str]]:
    """Names of contenders that differ in their ``network``, or ``optimizer``, and only there."""
    labels = {name: contender.columns for name, contender in plan.contenders.items()}
    others = {"network": "optimizer", "optimizer": "network"}
    same = others[kind]
    pairs = [(a, b) for a, b in combinations(labels, 2) if labels[a][same] == labels[b][same]]
    if len(pairs) <= MOST:
        return pairs
    control = next(iter(labels.values()))[kind]
    return [(a, b) for a, b in pairs if labels[a][kind] == control]


def _tested(
    plan: Plan, outcomes: Mapping[str, Sequence[Outcome]], pairs: Iterable[tuple[str, str]]
) -> list[dict[str, Any]]:
    """A row for each of `pairs`, corrected for all of them."""
    rows = [_row(plan, outcomes, a, b) for a, b in pairs]
    for split in plan.splits:
        corrected = holm(np.array([row[f"{split}_p"] for row in rows]))
        for row, p in zip(rows, corrected, strict=True):
            row[f"{split}_p_holm"] = float(p)
    return rows


def _row(plan: Plan, outcomes: Mapping[str, Sequence[Outcome]], a: str, b: str) -> dict[str, Any]:
    runs = [{run.seed: run for run in outcomes[name]} for name in (a, b)]
    seeds = sorted(runs[0].keys() & runs[1].keys())
    row: dict[str, Any] = {"a": a, "b": b, "pairs": len(seeds)}
    for split in plan.splits:
        losses = [np.array([run[seed].losses[split] for seed in seeds]) for run in runs]
        row[f"{split}_a12"] = a12(*losses) if seeds else float("nan")
        row[f"{split}_p"] = signed_rank_p(*losses)
    return row


def can_be_significant(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any test could come out below `LEVEL`, be the losses what they may."""
    return any(smallest_p(row["pairs"]) <= LEVEL for row in rows)


def power_note(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the number of seeds lets the tests say, in plain words; empty where it is enough."""
    pairs = max((row["pairs"] for row in rows), default=0)
    least, tests = smallest_p(pairs), len(rows)
    seeds = count(pairs, "paired seed")
    if least > LEVEL:
        corrected = (
            f", {seeds_for(tests)} also after Holm's correction for {tests} pairs"
            if tests > 1
            else ""
        )
        return (
            f"No test of significance: with {seeds} Wilcoxon's p cannot be below {least:.3g}, "
            f"whatever the losses. {seeds_for(1)} seeds could reach {LEVEL:g}{corrected}."
        )
    if least * tests > LEVEL:
        return (
            f"With {seeds} and {tests} pairs the smallest p cannot be below "
            f"{least * tests:.3g} after Holm's correction: {seeds_for(tests)} seeds could be."
        )
    return ""


def seeds_for(tests: int) -> int:
    """Seeds from which on the smallest of `tests` corrected p can reach `LEVEL`."""
    pairs = 1
    while tests * smallest_p(pairs) > LEVEL:
        pairs += 1
    return pairs
