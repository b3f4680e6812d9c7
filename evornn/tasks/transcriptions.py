"""Sequences whose targets are labels in an order, but at no known steps: what was said, not when.

The loss is connectionist temporal classification (`evornn.losses.ctc`). A network has an output
for each label, from 1 on, and output 0 for the blank, which says none of them.

>>> import numpy as np
>>> data = transcribed([np.zeros((9, 2)), np.zeros((7, 2))], [[1, 3, 3], [2]], label_count=3)
>>> data
Sequences(2 of 7 to 9 steps, 2 inputs, 4 outputs, 4 judged steps)
>>> transcriptions(data)
[(1, 3, 3), (2,)]
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.losses import labelling
from evornn.losses.alignments import Labellings
from evornn.losses.labelling import Labels, best_path, prefix_beam_search
from evornn.tasks.ragged import sequence_list
from evornn.tasks.sequences import Sequences

LOSS = "connectionist_temporal_classification"


def transcribed(inputs: Any, labels: Sequence[Sequence[int]], label_count: int) -> Sequences:
    """Sequences with the `labels` of each, in order.

    Parameters
    ----------
    inputs
        Arrays (time, feature), one per sequence, or (sequence, time, feature).
    labels
        Whole numbers from 1 to `label_count` for each sequence; some sequences may have none.
    label_count
        How many labels there are; the network has one output more.

    Raises
    ------
    ConfigurationError
        Where a sequence has fewer steps than its labels take (one each, and one between equal
        ones): no network could give them.
    """
    check_size("label_count", label_count)
    given = sequence_list("inputs", inputs)
    if len(labels) != len(given):
        raise ConfigurationError(
            f"there are {len(given)} sequences and labels for {len(labels)}: give each its own"
        )
    pairs = [
        _placed(q, len(steps), own, label_count)
        for q, (steps, own) in enumerate(zip(given, labels, strict=True))
    ]
    targets, judged = zip(*pairs, strict=True)
    return Sequences(given, list(targets), list(judged), loss_function=LOSS)


def transcriptions(data: Sequences) -> list[Labels]:
    """The labels of each sequence of `data`."""
    found = Labellings.of(data)
    return [
        tuple(int(label) for label in row[:count])
        for row, count in zip(found.labels, found.counts, strict=True)
    ]


def decoded(data: Sequences, outputs: np.ndarray, width: int | None = None) -> list[Labels]:
    """The labels that `outputs` (sequence, time, output) say for each sequence of `data`.

    Those of the best path, or with a `width` those that a beam of prefixes finds.
    """
    rows = [u[:length] for u, length in zip(outputs, data.lengths, strict=True)]
    if width is None:
        return [best_path(u) for u in rows]
    return [prefix_beam_search(u, width)[0] for u in rows]


def label_error_rate(data: Sequences, outputs: np.ndarray, width: int | None = None) -> float:
    """Edits that the `decoded` labels need to become those of `data`, per label of these."""
    return labelling.label_error_rate(decoded(data, outputs, width), transcriptions(data))


def _placed(q: int, steps: int, labels: Sequence[int], count: int) -> tuple[Any, Any]:
    """Targets (time, output) and judged steps (time,): one label a step, from the first on."""
    for label in labels:
        if isinstance(label, bool) or not isinstance(label, Integral) or not 1 <= label <= count:
            raise ConfigurationError(
                f"labels of sequence {q} must be whole numbers from 1 to {count}, output 0 being "
                f"the blank; got {label!r}"
            )
    if len(labels) > steps:
        raise ConfigurationError(
            f"sequence {q} has {steps} steps, and its {len(labels)} labels take one each at least: "
            "no network could give them, so make it longer or leave it out"
        )
    targets, judged = np.zeros((steps, count + 1)), np.zeros(steps)
    targets[np.arange(len(labels)), list(labels)] = 1.0
    judged[: len(labels)] = 1.0
    return targets, judged
