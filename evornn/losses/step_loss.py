"""Losses that judge each step by itself: its error in scalar maths, and in NumPy as its oracle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.losses.loss import Loss, Rows


@dataclass(frozen=True)
class StepLoss(Loss):
    """A loss: the weighted sum of the errors of the judged steps, divided by `divisor`.

    Attributes
    ----------
    error
        ``error(y, target)``: the error of one step, of outputs and targets (outputs,), in scalar
        maths from `evornn.numerics`: compiled with a network's step.
    values
        ``values(outputs, targets)``: the terms of the errors, (step, term), in float64.
    best_constant
        ``best_constant(means)``: the constant outputs (outputs,) with the least loss where the
        weighted mean of the targets is `means`.
    right
        ``right(outputs, targets, tolerance)``: which steps (step,) are answered right; `tolerance`
        is the |error| that squared errors allow.
    check_targets
        Raises ConfigurationError for targets (step, outputs) that the loss is not made for.
    mean_over_steps, mean_over_outputs
        What the loss is a mean over; what it is no mean over it adds up.
    """

    error: Callable[[Any, Any], Any]
    values: Callable[[np.ndarray, np.ndarray], np.ndarray]
    best_constant: Callable[[np.ndarray], np.ndarray]
    right: Callable[[np.ndarray, np.ndarray, float], np.ndarray]
    check_targets: Callable[[np.ndarray], None]
    mean_over_steps: bool = True
    mean_over_outputs: bool = True

    def divisor(self, normaliser: float, outputs: int) -> float:
        """What the sum of errors is divided by; `normaliser` is the sum of the steps' weights."""
        over_steps = normaliser if self.mean_over_steps else 1.0
        return over_steps * outputs if self.mean_over_outputs else over_steps

    def check(self, rows: Rows) -> None:
        self.check_targets(rows.targets[rows.judged > 0.0])

    def divisor_of(self, rows: Rows) -> float:
        return self.divisor(math.fsum(rows.judged.ravel()), rows.targets.shape[-1])

    def of(self, outputs: np.ndarray, rows: Rows) -> float:
        counted = rows.judged > 0.0
        weights = rows.judged[counted][:, np.newaxis]
        with np.errstate(all="ignore"):  # outputs may be infinite
            terms = weights * self.values(outputs[counted], rows.targets[counted])
        # Sums are correctly rounded, so they depend on no order.
        return math.fsum(terms.ravel()) / self.divisor_of(rows)

    def of_best_constant(self, rows: Rows) -> float:
        counted = rows.judged > 0.0
        weights, targets = rows.judged[counted], rows.targets[counted]
        total = math.fsum(weights)
        means = np.array([math.fsum(weights * column) / total for column in targets.T])
        return self.of(np.broadcast_to(self.best_constant(means), rows.targets.shape), rows)

    def accuracy(self, outputs: np.ndarray, rows: Rows, tolerance: float) -> float:
        counted = rows.judged > 0.0
        return float(np.mean(self.right(outputs[counted], rows.targets[counted], tolerance)))


def any_targets(targets: np.ndarray) -> None:
    """No target is wrong."""
