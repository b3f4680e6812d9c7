"""Squared errors: (y − d)², as a mean over steps and outputs, or as a sum."""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.losses.step_loss import StepLoss, any_targets


def squared_error(y: Any, target: Any) -> Any:
    """Σₒ (y[o] − target[o])²."""
    d = y[0] - target[0]
    total = d * d
    for o in range(1, y.shape[0]):
        d = y[o] - target[o]
        total = total + d * d
    return total


def _values(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return (outputs - targets) ** 2


def _best_constant(means: np.ndarray) -> np.ndarray:
    return means


def _right(outputs: np.ndarray, targets: np.ndarray, tolerance: float) -> np.ndarray:
    return np.all(np.abs(outputs - targets) <= tolerance, axis=1)


MEAN_SQUARED_ERROR = StepLoss(squared_error, _values, _best_constant, _right, any_targets)
SUM_SQUARED_ERROR = StepLoss(
    squared_error,
    _values,
    _best_constant,
    _right,
    any_targets,
    mean_over_steps=False,
    mean_over_outputs=False,
)
