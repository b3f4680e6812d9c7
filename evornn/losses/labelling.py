"""From the outputs of a network to a label sequence, and how wrong it is.

`best_path` takes the most likely label of every step. It is fast, but the most likely labelling may
be another one, whose probability is spread over many paths (Graves et al. 2006, section 3.2).

`prefix_beam_search` adds paths up: it goes from step to step with the `width` most likely
beginnings of a labelling, each with the probability of all paths that mean it, of those that end
in a blank and those that do not (Graves et al. 2006 search the same tree by prefix probabilities;
this order, step by step, is that of Hannun et al. 2014). With a width that leaves nothing out it
finds the most likely labelling.

References
----------
A. Graves, S. Fernández, F. Gomez & J. Schmidhuber 2006, "Connectionist temporal classification:
    labelling unsegmented sequence data with recurrent neural networks", Proceedings of the 23rd
    International Conference on Machine Learning.
A. Y. Hannun, A. L. Maas, D. Jurafsky & A. Y. Ng 2014, "First-pass large vocabulary continuous
    speech recognition using bi-directional recurrent DNNs", arXiv 1408.2873.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.losses.alignments import BLANK, log_softmax

Labels = tuple[int, ...]


def best_path(outputs: np.ndarray) -> Labels:
    """What the most likely label of each step means, for `outputs` (step, label) before a softmax.

    Steps that are not finite say nothing.
    """
    _check_outputs(outputs)
    finite = np.isfinite(outputs).all(axis=1)
    path = np.where(finite, np.argmax(np.where(finite[:, np.newaxis], outputs, 0.0), axis=1), BLANK)
    return collapsed(path)


def collapsed(path: np.ndarray) -> Labels:
    """What a `path` (step,) of labels means: repetitions merged, then blanks taken out."""
    begins = np.ones(len(path), bool)
    begins[1:] = path[1:] != path[:-1]
    return tuple(int(k) for k in path[begins] if k != BLANK)


def prefix_beam_search(outputs: np.ndarray, width: int = 16) -> tuple[Labels, float]:
    """The most likely labelling that a beam finds, and the log probability of its paths in it.

    Parameters
    ----------
    outputs
        (step, label), before a softmax, label 0 the blank. Finite.
    width
        Beginnings that are kept after each step.
    """
    check_size("width", width)
    _check_outputs(outputs)
    if not np.isfinite(outputs).all():
        raise ConfigurationError("outputs must be finite: this network has diverged")
    # log probabilities of the paths of each beginning that end in a blank, and of those that do not
    beam: dict[Labels, tuple[float, float]] = {(): (0.0, -np.inf)}
    for log_y in log_softmax(np.asarray(outputs, np.float64)):
        grown = _one_step_on(beam, log_y)
        # Of equal ones the one that was met first: the order is that of the labels.
        beam = dict(heapq.nlargest(width, grown.items(), key=lambda item: np.logaddexp(*item[1])))
    best = max(beam, key=lambda labels: np.logaddexp(*beam[labels]))
    return best, float(np.logaddexp(*beam[best]))


def _one_step_on(
    beam: dict[Labels, tuple[float, float]], log_y: np.ndarray
) -> dict[Labels, tuple[float, float]]:
    """Every beginning that one more step makes of those of `beam`."""
    grown: dict[Labels, tuple[float, float]] = defaultdict(lambda: (-np.inf, -np.inf))

    def add(labels: Labels, in_blank: float, in_label: float) -> None:
        blank, label = grown[labels]
        grown[labels] = np.logaddexp(blank, in_blank), np.logaddexp(label, in_label)

    for labels, (in_blank, in_label) in beam.items():
        both = np.logaddexp(in_blank, in_label)
        add(labels, both + log_y[BLANK], -np.inf)
        if labels:
            add(labels, -np.inf, in_label + log_y[labels[-1]])
        for k in range(1, len(log_y)):
            # The same label again is a new one only behind a blank.
            before = in_blank if labels and labels[-1] == k else both
            add((*labels, k), -np.inf, before + log_y[k])
    return grown


def edit_distance(one: Sequence[int], other: Sequence[int]) -> int:
    """The fewest insertions, deletions and substitutions that make `other` of `one`."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def label_error_rate(answers: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]) -> float:
    """Edits that `answers` need to become what is `wanted`, all together, per label wanted."""
    if len(answers) != len(wanted):
        raise ConfigurationError(
            f"there are {len(answers)} answers to {len(wanted)} sequences: give one to each"
        )
    edits = sum(edit_distance(one, other) for one, other in zip(answers, wanted, strict=True))
    count = sum(len(labels) for labels in wanted)
    if not count:
        raise ConfigurationError("no sequence has a label, so there is no rate of wrong ones")
    return edits / count


def _check_outputs(outputs: np.ndarray) -> None:
    if np.ndim(outputs) != 2:
        raise ConfigurationError(
            f"outputs must be those of one sequence, (step, label), got shape {np.shape(outputs)}"
        )
