"""Outcomes: what each cell (contender, seed) of an experiment came to, read from its run folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evornn.comparison.progress import Cell
from evornn.runs.folder import RunFolder
from evornn.runs.record import Entry, read_history
from evornn.runs.result import Result, read_result

SPLITS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One run of one contender, finished or failed.

    `costs` holds what it had cost at the end of each generation (generation,), by the names of
    `evornn.comparison.cost`; `best_loss` (generation,) is the lowest training loss by then,
    infinite before there is one. `losses` are those of the best network on each of `SPLITS` where
    the task has it, infinite where the run failed. `accuracy` is the share of steps that it answers
    right, by split, where the task says what is right.
    """

    contender: str
    seed: int
    costs: Mapping[str, np.ndarray]
    best_loss: np.ndarray
    losses: dict[str, float]
    accuracy: dict[str, float]
    evaluation_seconds: float
    optimizer_seconds: float
    stop: str | None

    @property
    def cell(self) -> Cell:
        return Cell(self.contender, self.seed)

    @property
    def failed(self) -> bool:
        return self.stop is None

    @property
    def generations(self) -> int:
        return len(self.best_loss)

    def spent(self, cost: str) -> float:
        """What it has cost to its end, a whole number but for seconds."""
        return self.costs[cost][-1].item() if self.generations else 0


def read_outcome(folder: Path, cell: Cell, splits: Sequence[str]) -> Outcome | None:
    """The outcome of the run in `folder`, with losses on `splits`; None where it has not ended.

    A run that failed (its evaluation raised, or no loss was finite) has ended too, and its
    losses are infinite.
    """
    run = RunFolder(folder)
    result = read_result(run.result)
    if result is None and not run.failure.exists():
        return None
    history, _ = read_history(run.history)
    last = history[-1] if history else {}
    return Outcome(
        contender=cell.contender,
        seed=cell.seed,
        costs=_costs(history),
        best_loss=_column(history, "best_loss"),
        losses=_losses(result, splits),
        accuracy=dict(result.accuracy) if result else {},
        evaluation_seconds=last.get("evaluation_seconds", 0.0),
        optimizer_seconds=last.get("optimizer_seconds", 0.0),
        stop=result.stop.criterion if result else None,
    )


def _costs(history: list[Entry]) -> dict[str, np.ndarray]:
    counted = {
        name: _column(history, name).astype(np.int64)
        for name in ("evaluations", "forward_steps", "backward_steps")
    }
    steps = counted["forward_steps"] + counted["backward_steps"]
    return counted | {"network_steps": steps, "seconds": _column(history, "seconds")}


def _column(history: list[Entry], name: str) -> np.ndarray:
    """One figure of every generation, float64; infinite where the record has none."""
    return np.array(
        [np.inf if line[name] is None else line[name] for line in history], dtype=np.float64
    )


def _losses(result: Result | None, splits: Sequence[str]) -> dict[str, float]:
    if result is None:
        return dict.fromkeys(splits, np.inf)
    losses = dict(
        zip(SPLITS, (result.best_loss, result.validation_loss, result.test_loss), strict=True)
    )
    return {split: _number(losses[split]) for split in splits}


def _number(loss: float | None) -> float:
    return np.inf if loss is None or np.isnan(loss) else loss
