"""A comparison: the plan of an experiment and the outcomes of its cells, as their records tell."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evornn.comparison.cost import checked_cost
from evornn.comparison.outcome import Outcome, read_outcome
from evornn.comparison.pairs import pair_rows
from evornn.comparison.plan import Plan, read_plan
from evornn.comparison.progress import Cell
from evornn.comparison.summary import summary_rows
from evornn.comparison.tables import TextTable, text_tables
from evornn.comparison.transcriptions import error_rate_table


@dataclass(frozen=True)
class Comparison:
    """The contenders of an experiment: its optimizers, or its networks with each of these.

    `outcomes` holds the runs of each contender by its name, in rising seeds, those that have ended.
    The name is the optimizer's label, or ``network · optimizer``. `failures` says why cells failed
    in the `compare` that made this; empty where it is loaded.
    """

    folder: Path
    plan: Plan
    outcomes: dict[str, list[Outcome]] = field(repr=False)
    failures: dict[Cell, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[dict[str, Any]]:
        """A row per contender: see `evornn.comparison.summary`."""
        return summary_rows(self.plan, self.outcomes)

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """A row per pair of contenders: see `evornn.comparison.pairs`."""
        return pair_rows(self.plan, self.outcomes)

    @property
    def tables(self) -> list[TextTable]:
        """The tables of the report, as text."""
        return text_tables(self.plan, self.summary, self.pairs) + error_rate_table(self.folder)

    @property
    def missing(self) -> list[Cell]:
        """Cells without an outcome: not run yet, or cut off."""
        there = {run.cell for runs in self.outcomes.values() for run in runs}
        cells = [Cell(name, seed) for name in self.outcomes for seed in self.plan.seeds]
        return [cell for cell in cells if cell not in there]

    @property
    def best(self) -> Outcome | None:
        """The run of the lowest validation loss, or training loss where there is no other."""
        split = "validation" if "validation" in self.plan.splits else "training"
        runs = [run for runs in self.outcomes.values() for run in runs if not run.failed]
        return min(runs, key=lambda run: run.losses.get(split, np.inf), default=None)

    def against(self, cost: str) -> Comparison:
        """The same, with its report set against another of `evornn.comparison.cost.COSTS`."""
        plan = self.plan.model_copy(update={"against": checked_cost(cost)})
        return dataclasses.replace(self, plan=plan)

    def write_report(self) -> None:
        """Write tables and figures into `folder`: see `evornn.comparison.report`."""
        from evornn.comparison.report import write_report

        write_report(self)


def load_comparison(path: str | Path) -> Comparison:
    """The comparison in the folder `path`, from its records alone.

    ConfigurationError where there is none.
    """
    folder = Path(path)
    plan = read_plan(folder)
    return Comparison(folder, plan, {name: _read(folder, plan, name) for name in plan.contenders})


def _read(folder: Path, plan: Plan, name: str) -> list[Outcome]:
    cells = [Cell(name, seed) for seed in plan.seeds]
    found = [read_outcome(plan.run_folder(folder, cell), cell, plan.splits) for cell in cells]
    return [outcome for outcome in found if outcome is not None]
