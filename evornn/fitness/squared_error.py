"""The squared error of one step, in scalar maths."""

from __future__ import annotations

from typing import Any


def squared_error(y: Any, target: Any) -> Any:
    """Σₒ (y[o] − target[o])²; a task's loss is its mean over judged steps and outputs."""
    d = y[0] - target[0]
    total = d * d
    for o in range(1, y.shape[0]):
        d = y[o] - target[o]
        total = total + d * d
    return total
