"""Binary cross-entropy of logits, in nats, as a mean over steps and outputs.

    −d log σ(y) − (1 − d) log(1 − σ(y)) = max(y, 0) − d y + log(1 + exp(−|y|))

The targets d are 0 or 1, or probabilities between; the network's outputs y are logits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.losses.step_loss import StepLoss
from evornn.numerics import absolute, exp, log

#: a probability within e^−40 of 0 or 1 has an entropy of nothing
_SURE = 40.0


def binary_cross_entropy(y: Any, target: Any) -> Any:
    """Σₒ of the formula above, which overflows for no logit."""
    total = _of_one(y[0], target[0])
    for o in range(1, y.shape[0]):
        total = total + _of_one(y[o], target[o])
    return total


def _of_one(y: Any, d: Any) -> Any:
    # max(y, 0) as (y + |y|)/2: at a logit of 0 the slopes of |y| cancel, and ½ − d is left.
    size = absolute(y)
    return 0.5 * (y + size) - d * y + log(1.0 + exp(-size))


def _values(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, outputs) - targets * outputs


def _best_constant(means: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.clip(np.log(means) - np.log1p(-means), -_SURE, _SURE)


def _right(outputs: np.ndarray, targets: np.ndarray, tolerance: float) -> np.ndarray:
    # A logit of exactly 0 is on neither side, and NaN is on none.
    return np.all(np.where(targets > 0.5, outputs > 0.0, outputs < 0.0), axis=1)


def _check_targets(targets: np.ndarray) -> None:
    wrong = (targets < 0.0) | (targets > 1.0)
    if wrong.any():
        raise ConfigurationError(
            f"binary_cross_entropy needs targets from 0 to 1, got {targets[wrong][0]:g}"
        )


BINARY_CROSS_ENTROPY = StepLoss(
    binary_cross_entropy, _values, _best_constant, _right, _check_targets
)
