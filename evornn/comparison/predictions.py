"""Predictions of the best network of a comparison, beside the targets, in ``predictions.csv``.

A line per judged step: ``part`` (a split), ``sequence``, ``step``, then ``target`` and
``prediction`` (numbered from 1 where there are several outputs). Series that a task has normalised
are in their own unit again, and the fourth column, called ``row`` or what the rows of the series
are (``year``), says where in the series the step is; for other tasks it is empty.

Where the targets are labels without alignment there are transcriptions instead: see
`evornn.comparison.transcriptions`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn.comparison.outcome import SPLITS
from evornn.comparison.transcriptions import is_transcribed, write_run_transcriptions
from evornn.runs import Run, load_run
from evornn.runs.atomic import write_atomically
from evornn.runs.run import fitness_of
from evornn.tasks.prediction import Prediction

if TYPE_CHECKING:
    from evornn.comparison.comparison import Comparison

FILE = "predictions.csv"
#: the name that the rest of the package has for each split
_SPLIT = {"training": "train", "validation": "validation", "test": "test"}


def write_predictions(comparison: Comparison, parts: dict[str, Any]) -> None:
    """Write what the best network of `comparison` answers; nothing where every run failed, or the
    task is one of episodes.

    `parts` are those of `Experiment.parts`.
    """
    best = comparison.best
    if best is None or parts["task"].train.kind == "episode":
        return
    plan = comparison.plan
    folder = plan.run_folder(comparison.folder, best.cell)
    run = load_run(folder, **plan.contenders[best.contender].parts(parts))
    write_run_answers(run, plan.splits, comparison.folder)


def write_run_answers(run: Run, splits: list[str], folder: Path) -> None:
    """Write what the best network of `run` answers on `splits`: predictions, or transcriptions."""
    if is_transcribed(run):
        write_run_transcriptions(run, {split: _SPLIT[split] for split in splits}, folder)
    else:
        write_run_predictions(run, splits, folder / FILE)


def write_run_predictions(run: Run, splits: list[str], path: Path) -> None:
    """Write what the best network of `run` answers on `splits`."""
    outputs = run.part("task").output_size
    suffixes = [""] if outputs == 1 else [f"_{k + 1}" for k in range(outputs)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = [f"{name}{suffix}" for name in ("target", "prediction") for suffix in suffixes]
    unit = getattr(run.part("task"), "row_unit", "row")
    writer.writerow(["part", "sequence", "step", unit, *columns])
    for split in splits:
        writer.writerows(_lines(run, split))
    write_atomically(path, text.getvalue().encode())


def _lines(run: Run, split: str) -> Iterator[list[Any]]:
    """The lines of one split."""
    task = run.part("task")
    data = getattr(task, _SPLIT[split])
    fitness = fitness_of(run.configuration, run.part, _SPLIT[split])
    predictions, targets = fitness.predict(run.best_genome), data.targets
    first_row: int | None = None
    if isinstance(task, Prediction):
        undo = task.target_normalisation.undo
        predictions, targets = undo(predictions), undo(targets)
        begins = (task.washout + task.ahead, *task.ends[:2])
        first_row = task.first_row + dict(zip(SPLITS, begins, strict=True))[split]
    for number, (sequence, step) in enumerate(np.argwhere(data.judged > 0)):
        row = "" if first_row is None else first_row + number
        values = np.concatenate([targets[sequence, step], predictions[sequence, step]])
        yield [split, sequence, step, row, *(f"{value:.9g}" for value in values)]
