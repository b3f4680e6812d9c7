"""How much of its training data a network has learnt: a share of the judged steps.

With a tolerance a step is learnt when every output is within it of its target. Without one it is
learnt when it is right (with a cross-entropy: see `accuracy`), or the targets must be classes: two
distinct values of a single output, of which the nearer one is the answer (parity), or one target
per step that is larger than all others, where the largest output is the answer.
"""

from __future__ import annotations

import numpy as np

from evornn.errors import ConfigurationError
from evornn.runs.accuracy import OF_LOGITS
from evornn.tasks.judged import Judged


def learnt_share(outputs: np.ndarray, data: Judged, tolerance: float | None) -> float:
    """Share of the judged steps of `data` that `outputs` (sequence, time, output) have learnt.

    ConfigurationError where `tolerance` is None and the targets are not classes.
    """
    if data.loss_function in OF_LOGITS:
        if tolerance is not None:
            raise ConfigurationError(
                f"tolerance {tolerance:g} says nothing of the logits of a {data.loss_function}: "
                "leave it out, and learnt_share counts the right classes"
            )
        return data.accuracy(outputs)
    answers, wanted = outputs[data.judged > 0], data.targets[data.judged > 0]
    if tolerance is not None:
        return float(np.mean(np.all(np.abs(answers - wanted) <= tolerance, axis=1)))
    return float(np.mean(_classes(answers, wanted) == _classes(wanted, wanted)))


def _classes(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The class of each row of `values` (step, output), as the targets `wanted` define classes.

    A row that is not finite has no class: −1.
    """
    finite = np.all(np.isfinite(values), axis=1)
    if wanted.shape[1] > 1:
        top = np.sort(wanted, axis=1)
        if np.any(top[:, -1] == top[:, -2]):
            raise _no_classes("a step has no single largest target")
        return np.where(finite, np.argmax(values, axis=1), -1)
    levels = np.unique(wanted)
    if levels.size != 2:
        raise _no_classes(f"the targets have {levels.size} distinct values, not 2")
    return np.where(finite, values[:, 0] > levels.mean(), -1)


def _no_classes(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"learnt_share without tolerance needs targets that are classes, but {why}: give tolerance"
    )
