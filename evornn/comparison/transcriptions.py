"""What the best network transcribes, where the targets are labels without alignment.

``transcriptions.csv`` has a line per sequence: ``part`` (a split), ``sequence``, the ``labels``
that it should say, those of its ``best_path``, and those of a ``beam`` of prefixes.
``probabilities.csv`` has the softmax of the outputs at every step of one sequence of each split,
the first of those with the most labels: ``part``, ``sequence``, ``step``, ``blank``, ``label_1``
and so on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evornn.comparison.tables import TextTable
from evornn.losses.alignments import log_softmax
from evornn.losses.labelling import Labels, label_error_rate
from evornn.runs import Run
from evornn.runs.atomic import write_atomically
from evornn.runs.run import fitness_of
from evornn.tasks.transcriptions import LOSS, decoded, transcriptions

FILE, PROBABILITIES = "transcriptions.csv", "probabilities.csv"
#: prefixes that the beam keeps
WIDTH = 16


class Transcription(NamedTuple):
    """What a sequence says, and what the network makes of it."""

    labels: Labels
    best_path: Labels
    beam: Labels


def is_transcribed(run: Run) -> bool:
    """Whether the task of `run` has labels without alignment."""
    return bool(run.part("task").train.loss_function == LOSS)


def write_run_transcriptions(run: Run, splits: dict[str, str], folder: Path) -> None:
    """Write both files for the best network of `run`; `splits` are the task's names by part."""
    lines: list[Any] = [["part", "sequence", *Transcription._fields]]
    outputs = run.part("task").output_size
    steps: list[Any] = [
        ["part", "sequence", "step", "blank", *(f"label_{k}" for k in range(1, outputs))]
    ]
    for part, split in splits.items():
        data = getattr(run.part("task"), split)
        found = fitness_of(run.configuration, run.part, split).predict(run.best_genome)
        found = np.where(np.isfinite(found), found, 0.0)  # a diverged network says nothing
        wanted, beam = transcriptions(data), decoded(data, found, WIDTH)
        said = zip(wanted, decoded(data, found), beam, strict=True)
        for q, row in enumerate(said):
            lines.append([part, q, *(" ".join(map(str, labels)) for labels in row)])
        shown = int(np.argmax([len(labels) for labels in wanted]))
        y = np.exp(log_softmax(found[shown, : data.lengths[shown]]))
        steps += [[part, shown, t, *(f"{p:.6g}" for p in row)] for t, row in enumerate(y)]
    write_atomically(folder / FILE, _text(lines))
    write_atomically(folder / PROBABILITIES, _text(steps))


def _text(lines: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def read_transcriptions(folder: Path) -> dict[str, dict[int, Transcription]]:
    """The transcriptions in `folder`, by part and sequence; none where it has no such file."""
    found: dict[str, dict[int, Transcription]] = {}
    if not (folder / FILE).exists():
        return found
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        for part, sequence, *said in list(csv.reader(file))[1:]:
            labels = (tuple(map(int, one.split())) for one in said)
            found.setdefault(part, {})[int(sequence)] = Transcription(*labels)
    return found


def read_probabilities(folder: Path) -> dict[str, tuple[int, np.ndarray]]:
    """By part the sequence that is shown, and its probabilities (step, label)."""
    with (folder / PROBABILITIES).open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    parts = dict.fromkeys(line[0] for line in lines)
    own = {part: [line for line in lines if line[0] == part] for part in parts}
    return {
        part: (int(rows[0][1]), np.array([row[3:] for row in rows], dtype=np.float64))
        for part, rows in own.items()
    }


def error_rates(said: Iterable[Transcription]) -> tuple[float, float]:
    """Label error rates of the best paths, and of the beam."""
    labels, paths, beams = zip(*said, strict=True)
    return label_error_rate(paths, labels), label_error_rate(beams, labels)


def error_rate_table(folder: Path) -> list[TextTable]:
    """The label error rates in `folder` as a table; none where there are no transcriptions."""
    found = read_transcriptions(folder)
    rows = [
        (part, *(f"{rate:.2%}" for rate in error_rates(said.values())))
        for part, said in found.items()
    ]
    title = "Label error rates of the best network"
    headings = ("part", "best path", f"beam of {WIDTH} prefixes")
    note = "Insertions, deletions and substitutions, all together, per label that should be said."
    return [TextTable(title, headings, rows, note)] if rows else []
