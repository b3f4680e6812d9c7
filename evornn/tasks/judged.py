"""Judged data: targets, a weight for each step (or node) that counts, and the loss that they make.

Sequences and trees are such data. A row is one sequence or one tree, padded behind its end.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np

from evornn.errors import ConfigurationError
from evornn.losses import Loss, loss_function
from evornn.tasks.task import Solved, Task


class Judged(Task):
    """Data with targets, and a task itself: the loss of outputs, in float64, and their accuracy.

    Attributes
    ----------
    kind
        What the data are made of, which says what networks can read them.
    axes
        Names of the axes of `targets`, for messages.
    inputs, targets, judged : float64 arrays (row, step, feature) and (row, step)
        Read-only. `judged` is the weight of each step in the loss, zero where nobody judges.
    lengths : int64 (row,)
    normaliser : float, the sum of `judged`
    loss_function : one of `evornn.losses`
    """

    kind: ClassVar[str]
    axes: ClassVar[str]

    inputs: np.ndarray
    targets: np.ndarray
    judged: np.ndarray
    lengths: np.ndarray
    normaliser: float
    loss_function: str

    @property
    @abstractmethod
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Every array that the data are made of, by its name."""

    def _finish(self, loss: str) -> None:
        """Check the targets against the loss, add the weights up, and lock all arrays."""
        self.loss_function = loss
        if self._loss.judges_steps and not self.judged.any():
            raise ConfigurationError("judged is zero everywhere: judge at least one step")
        self.normaliser = math.fsum(self.judged.ravel())
        self._loss.check(self)
        for array in self.arrays.values():
            array.flags.writeable = False

    @property
    def input_size(self) -> int:
        return self.inputs.shape[2]

    @property
    def output_size(self) -> int:
        return self.targets.shape[2]

    @property
    def train(self) -> Self:
        return self

    @property
    def solved(self) -> Solved | None:
        return None

    @property
    def judged_count(self) -> int:
        """Number of steps with a weight above zero."""
        return int(np.count_nonzero(self.judged))

    @property
    def _loss(self) -> Loss:
        return loss_function(self.loss_function)

    @property
    def divisor(self) -> float:
        """What the sum of the judged errors is divided by."""
        return self._loss.divisor_of(self)

    @property
    def constant_loss(self) -> float:
        """Loss of the best constant answer: for squared errors the weighted variance."""
        return self._loss.of_best_constant(self)

    def select(self, indices: Any) -> Self:
        """The rows with these `indices` (row,), in their order, as data of the same kind.

        ConfigurationError where there is no such row, or none of them has a judged step.
        """
        rows, count = np.asarray(indices), len(self.lengths)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not rows.size:
            raise ConfigurationError(f"indices must be one or more integers, got {indices!r:.80}")
        if rows.min() < 0 or rows.max() >= count:
            raise ConfigurationError(
                f"indices must be from 0 to {count - 1}, got {rows.min()} to {rows.max()}"
            )
        chosen = copy(self)
        for name, array in self.arrays.items():
            setattr(chosen, name, array[rows])
        if self._loss.judges_steps and not chosen.judged.any():
            raise ConfigurationError(f"nobody judges a step of the rows {rows.tolist()!s:.80}")
        chosen._finish(self.loss_function)
        return chosen

    def loss(self, outputs: np.ndarray) -> float:
        """Loss of `outputs` in the shape of `targets`, in float64: the oracle of every fitness.

        NaN where a judged output is NaN; whatever stands at steps that are not judged is ignored.
        """
        return self._loss.of(self._checked_outputs(outputs), self)

    def accuracy(self, outputs: np.ndarray, tolerance: float | None = None) -> float:
        """Share of the judged steps at which `outputs`, in the shape of `targets`, are right.

        Right is the largest output at a target's class (softmax), every logit on its target's side
        (binary cross-entropy), or every |error| within `tolerance` (squared errors; None takes the
        task's own, `Task.tolerance`). Of labels without alignment: 1 − their error rate.
        """
        tolerance = self.tolerance if tolerance is None else tolerance
        return self._loss.accuracy(self._checked_outputs(outputs), self, tolerance)

    def _checked_outputs(self, outputs: np.ndarray) -> np.ndarray:
        if np.shape(outputs) != self.targets.shape:
            raise ConfigurationError(
                f"outputs must be ({self.axes}) = {self.targets.shape}, got shape "
                f"{np.shape(outputs)}"
            )
        return np.asarray(outputs, dtype=np.float64)


def count(number: int, noun: str) -> str:
    """``1 input``, ``2 inputs``: for messages."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
