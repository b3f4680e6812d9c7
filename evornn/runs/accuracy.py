"""Accuracy: the share of judged steps that a network answers right, where a task says what is.

A task with a cross-entropy does: the right class, or every output on the right side. So does one
with a `tolerance` of its own. For any other the loss tells all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.tasks import Task

if TYPE_CHECKING:
    from evornn.fitness import Fitness

CROSS_ENTROPIES = ("binary_cross_entropy", "softmax_cross_entropy")


def says_what_is_right(task: Task) -> bool:
    """Whether an accuracy on `task` means anything."""
    return task.train.loss_function in CROSS_ENTROPIES or type(task).tolerance is not Task.tolerance


def accuracies(fitnesses: Mapping[str, Fitness], genome: np.ndarray) -> dict[str, float]:
    """The accuracy of `genome` (genes,) on each split, by the fitness that judges there."""
    return {
        split: fitness.data.accuracy(fitness.predict(genome), fitness.task.tolerance)
        for split, fitness in fitnesses.items()
        if says_what_is_right(fitness.task)
    }
