"""The tables of a report as text: what stands in each cell, for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.comparison.contender import Contender
from evornn.comparison.cost import in_words
from evornn.comparison.pairs import can_be_significant, power_note
from evornn.comparison.plan import Plan
from evornn.tasks.transcriptions import LOSS

Row = Mapping[str, Any]

#: what an accuracy is, where it is not a share of steps
_WHAT_IS_RIGHT = {LOSS: "1 − the label error rate of the best path, and 0 at least."}


@dataclass(frozen=True)
class TextTable:
    """A title, headings, rows of cells as text (the first column names the row), and a note."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def text_tables(plan: Plan, summary: Sequence[Row], pairs: Sequence[Row]) -> list[TextTable]:
    """The tables of a report that have something to say."""
    tables = [_losses(plan, summary)]
    if any(f"{split}_accuracy_median" in row for row in summary for split in plan.splits):
        tables.append(_accuracies(plan, summary))
    if plan.target is not None:
        tables.append(_target(plan, summary))
    tables.append(_effort(plan, summary))
    kinds = ("network", "optimizer") if plan.crossed else (None,)
    for kind in kinds:
        rows = [row for row in pairs if row.get("differ_in") == kind]
        if rows:
            tables.append(_pairs(plan, kind, rows))
    return tables


def _name(row: Row) -> str:
    """The contender that a row of the summary is about."""
    return str(Contender(row["optimizer"], row.get("network")))


def _heading(plan: Plan) -> str:
    return "network · optimizer" if plan.crossed else "optimizer"


def _losses(plan: Plan, summary: Sequence[Row]) -> TextTable:
    rows = [
        (
            _name(row),
            f"{row['runs'] - row['failed']}/{len(plan.seeds)}",
            *(_quartiles(row, split, figures) for split in plan.splits),
        )
        for row in _by_loss(summary)
    ]
    return TextTable(
        "Final loss of the best network: median [quartiles]",
        (_heading(plan), "runs", *plan.splits),
        rows,
        f"{_of_what(plan)} The search sees the training data only.",
    )


def _of_what(plan: Plan) -> str:
    """What the loss is, and what a trivial answer gets."""
    trivial = f"training loss of {figures(plan.constant_loss)}."
    if plan.loss_function == "episode":
        return f"Loss of the trials. Where nothing is achieved they have a {trivial}"
    loss = plan.loss_function.replace("_", " ").capitalize()
    return f"{loss}. The best constant answer has a {trivial}"


def _accuracies(plan: Plan, summary: Sequence[Row]) -> TextTable:
    splits = [split for split in plan.splits if f"{split}_accuracy_median" in summary[0]]
    rows = [
        (_name(row), *(_quartiles(row, f"{split}_accuracy", tenths) for split in splits))
        for row in _by_loss(summary)
    ]
    return TextTable(
        "Accuracy of the best network: median [quartiles]",
        (_heading(plan), *splits),
        rows,
        _WHAT_IS_RIGHT.get(
            plan.loss_function, "Share of the judged steps that are answered right."
        ),
    )


def _target(plan: Plan, summary: Sequence[Row]) -> TextTable:
    columns = dict.fromkeys(
        [("expected", plan.against), ("target", plan.against), ("target", "seconds")]
    )
    rows = [
        (
            _name(row),
            f"{row['successes']}/{row['runs']}",
            *(
                (seconds if cost == "seconds" else count)(row[f"{kind}_{cost}"])
                for kind, cost in columns
            ),
        )
        for row in sorted(summary, key=lambda row: row[f"expected_{plan.against}"])
    ]
    told = in_words(plan.against)
    assert plan.target is not None
    return TextTable(
        f"Time to a training loss of {figures(plan.target)}",
        (_heading(plan), "reached", f"expected {told}", *(in_words(c) for _, c in [*columns][1:])),
        rows,
        f"Target: {plan.target_source}. Expected {told} (ERT): those of all runs, until they "
        "reach the target or end, divided by the runs that reach it. The other columns are medians "
        "over the runs that do.",
    )


def _effort(plan: Plan, summary: Sequence[Row]) -> TextTable:
    rows = [
        (
            _name(row),
            *(count(row[cost]) for cost in ("evaluations", "forward_steps", "backward_steps")),
            seconds(row["seconds"]),
            percent(row["evaluation_share"]),
            percent(row["optimizer_share"]),
        )
        for row in summary
    ]
    usual = ", ".join(name for name in plan.gradient_based if name not in plan.gradient)
    cost = f" One gradient counts as 3 evaluations ({usual})." if usual else ""
    others = ", ".join(f"{name}: {mode}" for name, mode in plan.gradient.items())
    if others:
        cost += f" One in another mode counts as the network steps that it takes ({others})."
    return TextTable(
        "Effort of a run",
        (
            _heading(plan),
            "evaluations",
            "forward steps",
            "backward steps",
            "seconds",
            "evaluating",
            "optimizer",
        ),
        rows,
        f"Medians over the seeds, and shares of the wall time. Steps are those of networks.{cost}",
    )


def _pairs(plan: Plan, kind: str | None, pairs: Sequence[Row]) -> TextTable:
    """A12 of training and the last held-out split, with p where it can say anything."""
    splits = list(dict.fromkeys((plan.splits[0], plan.splits[-1])))
    tested = can_be_significant(pairs)
    kinds = ("a12", "p_holm") if tested else ("a12",)
    headings = [f"{split} {'A12' if kind == 'a12' else 'p'}" for split in splits for kind in kinds]
    rows = [
        (
            f"{row['a']} : {row['b']}",
            *(_two_digits(row[f"{split}_{kind}"], kind) for split in splits for kind in kinds),
        )
        for row in pairs
    ]
    test = " p: Wilcoxon's signed-rank test on paired seeds, Holm's correction." if tested else ""
    titles = {
        "network": "Pairs of networks, trained by the same optimizer",
        "optimizer": "Pairs of optimizers, of the same network",
    }
    return TextTable(
        titles[kind] if kind else "Pairs of optimizers",
        ("first : second", *headings),
        rows,
        "A12: how often a run of the first ends with a lower loss than one of the second; 0.5 is "
        f"no difference, 0.71 and 0.29 are large ones.{test} {power_note(pairs)}".rstrip(),
    )


def _by_loss(summary: Sequence[Row]) -> list[Row]:
    """The lowest training loss first."""
    return sorted(summary, key=lambda row: _last_if_nan(row["training_median"]))


def _quartiles(row: Row, name: str, text: Callable[[float], str]) -> str:
    low, middle, high = (text(row[f"{name}_{part}"]) for part in ("q1", "median", "q3"))
    return f"{middle} [{low}–{high}]"


def _two_digits(value: float, kind: str) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.2f}" if kind == "a12" or value >= 0.01 else f"{value:.1e}"


def _last_if_nan(value: float) -> float:
    return np.inf if np.isnan(value) else value


def figures(value: float) -> str:
    """A loss with three significant figures."""
    if not np.isfinite(value):
        return "–" if np.isnan(value) else "∞"
    return f"{value:#.3g}" if 1e-3 <= abs(value) < 1e3 else f"{value:.2e}"


def count(value: float) -> str:
    """A number of evaluations or steps, digits in groups of three."""
    return f"{value:,.0f}" if np.isfinite(value) else "–" if np.isnan(value) else "∞"


def seconds(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"


def tenths(value: float) -> str:
    """A share in per cent, with one digit after the point."""
    return f"{value:.1%}" if np.isfinite(value) else "–"


def percent(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "–"
