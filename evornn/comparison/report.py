"""The report of a comparison: tables and figures beside the run folders.

=======================  ========================================================================
``report.md``            the tables as text, and the figures
``summary.csv``          a row per contender: see `summary`
``pairs.csv``            a row per pair of contenders: see `pairs`
``runs.csv``             a row per run
``comparison.json``      all of these, with the plan
``convergence.png``      best loss against cost (evaluations, where no other is asked for), and
                         against seconds
``targets.png``          share of targets reached against cost
``losses.png``           final losses, every seed
``prediction.png``       prediction against target of the best network
``transcription.png``    labels over time, instead, where these have no alignment
``overview.png``         these four in one
=======================  ========================================================================

Everything follows from the records, to the byte.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn.comparison.cost import COSTS
from evornn.comparison.figures import write_figures
from evornn.comparison.markdown import markdown
from evornn.comparison.outcome import Outcome
from evornn.comparison.plan import Plan
from evornn.comparison.summary import accurate_splits
from evornn.runs.atomic import write_atomically

if TYPE_CHECKING:
    from evornn.comparison.comparison import Comparison


def write_report(comparison: Comparison) -> None:
    """Write every file of the report into the comparison's folder."""
    folder = comparison.folder
    tables = {
        "summary": comparison.summary,
        "pairs": comparison.pairs,
        "runs": _run_rows(comparison.plan, comparison.outcomes),
    }
    for name, rows in tables.items():
        write_atomically(folder / f"{name}.csv", csv_text(rows).encode())
    plan = comparison.plan.model_dump(mode="json")
    text = json.dumps({"plan": plan, **_strict(tables)}, indent=2, allow_nan=False)
    write_atomically(folder / "comparison.json", (text + "\n").encode())
    figures = write_figures(comparison, folder)
    write_atomically(folder / "report.md", markdown(comparison, figures).encode())


def csv_text(rows: Sequence[dict[str, Any]]) -> str:
    """`rows` as CSV, with the columns of the first one; numbers with every digit."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _run_rows(plan: Plan, outcomes: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    accurate = accurate_splits(plan, outcomes)
    return [
        plan.contenders[name].columns | _run_row(run, accurate)
        for name, runs in outcomes.items()
        for run in runs
    ]


def _run_row(run: Outcome, accurate: Sequence[str]) -> dict[str, Any]:
    return {
        "seed": run.seed,
        "stop": run.stop or "failed",
        **run.losses,
        **{f"{split}_accuracy": run.accuracy.get(split, 0.0) for split in accurate},
        "generations": run.generations,
        **{cost: run.spent(cost) for cost in COSTS},
        "evaluation_seconds": run.evaluation_seconds,
        "optimizer_seconds": run.optimizer_seconds,
    }


def _strict(value: Any) -> Any:
    """`value` in strict JSON: NaN is null, infinity the string "inf"."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_strict(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None if np.isnan(value) else "inf"
    return value
