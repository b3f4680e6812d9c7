"""The history of a run: one JSON line per generation in ``history.jsonl``.

A line (`entry`) holds, in this order:

======================  ==========================================================================
``generation``          1 for the first
``evaluations``         made so far; one whole gradient counts `GRADIENT_COST` (3) evaluations
``forward_steps``       network steps so far, one per genome, sequence and time step
``backward_steps``      the same for the backward sweeps of gradients (two per forward step)
``best_loss``           lowest finite loss so far, on all of the training data
``fitness``             the text-book fitness 1/`best_loss`; null where that is not a finite number
``best``                lowest finite loss of this generation, on its batch where there are any
``mean``, ``median``    over the finite losses of this generation
``non_finite``          how many losses of this generation were NaN or infinite
``stage``               of a curriculum, 1 for the first: what this generation was judged on
``learnt``              share of the training data that the best genome has learnt, where asked for
``diagnostics``         the optimizer's own figures
``seconds``             wall time so far, over all resumes
``evaluation_seconds``  of these, in the evaluation
``optimizer_seconds``   of these, in the optimizer
======================  ==========================================================================

With minibatches `best_loss` is null until the first epoch has ended, and what the best of an epoch
is judged by on all of the data counts in the line of its last generation. In a curriculum it is
null until the last stage is reached, of which alone it is a loss.

A number that is not finite is written as null: the file is strict JSON. A line reaches the
system at once but is not synced; the checkpoint syncs, so that it is never ahead of the history.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from evornn.errors import StorageError
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.tally import Tally

#: what two runs of the same experiment may differ in
WALL_TIMES = ("seconds", "evaluation_seconds", "optimizer_seconds")

Entry = dict[str, Any]


def entry(tally: Tally, losses: np.ndarray, diagnostics: dict[str, float]) -> Entry:
    """The line of the generation whose `losses` (population,) `tally` has just counted."""
    finite = np.sort(losses[np.isfinite(losses)])
    line: Entry = {
        **_counts(tally),
        "best": float(finite[0]) if finite.size else None,
        "mean": _mean(finite),
        "median": _mean(finite[(finite.size - 1) // 2 : finite.size // 2 + 1]),
        "non_finite": int(losses.size - finite.size),
    }
    if tally.stage is not None:
        line["stage"] = tally.stage
    if tally.learnt is not None:
        line["learnt"] = tally.learnt
    line["diagnostics"] = {name: finite_or_none(value) for name, value in diagnostics.items()}
    return line | _times(tally)


def judged_entry(line: Entry, tally: Tally) -> Entry:
    """The last `line` of a run, once `tally` has counted what was unjudged."""
    learnt = {} if tally.learnt is None else {"learnt": tally.learnt}
    return line | _counts(tally) | learnt | _times(tally)


def _counts(tally: Tally) -> Entry:
    return {
        "generation": tally.generation,
        "evaluations": tally.evaluations,
        "forward_steps": tally.forward_steps,
        "backward_steps": tally.backward_steps,
        "best_loss": finite_or_none(tally.best_loss),
        "fitness": finite_or_none(textbook_fitness(tally.best_loss)),
    }


def _times(tally: Tally) -> Entry:
    return {name: round(getattr(tally, name), 6) for name in WALL_TIMES}


def _mean(values: np.ndarray) -> float | None:
    """Mean of finite `values`, None without any; huge ones may still add up to infinity."""
    with np.errstate(over="ignore"):
        return finite_or_none(values.mean()) if values.size else None


def textbook_fitness(loss: float) -> float:
    """1/MSE, the fitness of the text-books; infinite for a loss of zero."""
    return 1.0 / loss if loss else np.inf


def finite_or_none(value: float) -> float | None:
    """`value` as JSON can hold it."""
    return float(value) if np.isfinite(value) else None


class HistoryFile:
    """``history.jsonl``, open for appending."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with storing(path):
            # Unbuffered: what a full disk refuses must not come up again when the file is closed.
            self._file = path.open("ab", buffering=0)

    def append(self, line: Entry) -> None:
        """Write one line; StorageError where the disk is full or the folder has gone."""
        with storing(self.path):
            if os.fstat(self._file.fileno()).st_nlink == 0:
                raise StorageError(
                    f"{self.path.parent} was deleted while the run was working; nothing is put "
                    "in its place: start a new run"
                )
            self._file.write(to_line(line))

    def sync(self) -> None:
        """Make every line written so far survive a power cut."""
        with storing(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_history(path: Path) -> tuple[list[Entry], int]:
    """The good lines of a history, in rising generations, and how many others were left out.

    Left out are torn, blank and binary lines and those of a generation that is already there.
    """
    entries: list[Entry] = []
    ignored = 0
    for line in path.read_bytes().splitlines() if path.exists() else []:
        found = parse_line(line)
        generation = found.get("generation")
        if isinstance(generation, int) and generation > (
            entries[-1]["generation"] if entries else 0
        ):
            entries.append(found)
        else:
            ignored += 1
    return entries, ignored


def parse_line(line: bytes) -> Entry:
    """The JSON object on `line`, empty where there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def to_line(found: dict[str, Any]) -> bytes:
    """One line of a JSON-lines file."""
    return (json.dumps(found, allow_nan=False) + "\n").encode()


def rewrite_history(path: Path, entries: list[Entry]) -> None:
    """Make `entries` the whole history."""
    write_atomically(path, b"".join(map(to_line, entries)))
