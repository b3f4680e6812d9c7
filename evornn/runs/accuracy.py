"""Accuracy: the share of judged steps that a network answers right, where a task says what is.

A task with a cross-entropy does: the right class, or every output on the right side. Where labels
are not aligned with steps it is the share of right labels, 1 − the label error rate of the best
path. A task with a `tolerance` of its own says it, too. For any other the loss tells all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.tasks import Task

if TYPE_CHECKING:
    from evornn.fitness import Fitness

#: losses whose outputs are logits
OF_LOGITS = (
    "binary_cross_entropy",
    "softmax_cross_entropy",
    "connectionist_temporal_classification",
)


def says_what_is_right(task: Task) -> bool:
    """Whether an accuracy on `task` means anything."""
    judged = task.course[-1]
    return judged.train.loss_function in OF_LOGITS or type(judged).tolerance is not Task.tolerance


def accuracies(fitnesses: Mapping[str, Fitness], genome: np.ndarray) -> dict[str, float]:
    """The accuracy of `genome` (genes,) on each split, by the fitness that judges there."""
    return {
        split: fitness.data.accuracy(fitness.predict(genome), fitness.task.tolerance)
        for split, fitness in fitnesses.items()
        if says_what_is_right(fitness.task)
    }
