"""Cross-entropy of the softmax of logits, in nats, as a mean over steps.

    −Σₖ dₖ log softmax(y)ₖ = log Σₖ exp(yₖ) − Σₖ dₖ yₖ

The targets d of a step are a distribution: one class (one-hot), or several that are legal. The
network's outputs y are logits, one per class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.losses.step_loss import StepLoss
from evornn.numerics import exp, log, maximum

#: the logit of a class that never occurs, far enough below the others to count for nothing
_NEVER = -80.0
#: how far from 1 a distribution may add up to
_SLACK = 1e-6


def softmax_cross_entropy(y: Any, target: Any) -> Any:
    """The formula above; the largest logit is taken out of the sum, so nothing overflows."""
    largest = y[0]
    for k in range(1, y.shape[0]):
        largest = maximum(largest, y[k])
    total = exp(y[0] - largest)
    expected = target[0] * (y[0] - largest)
    for k in range(1, y.shape[0]):
        total = total + exp(y[k] - largest)
        expected = expected + target[k] * (y[k] - largest)
    return log(total) - expected


def _values(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    logits = outputs - outputs.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return total - (targets * logits).sum(axis=1, keepdims=True)


def _best_constant(means: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(means), _NEVER)


def _right(outputs: np.ndarray, targets: np.ndarray, tolerance: float) -> np.ndarray:
    """The most likely class is the target, or one of those that are legal."""
    answers = np.argmax(outputs, axis=1)
    legal = np.take_along_axis(targets, answers[:, np.newaxis], axis=1)[:, 0] > 0.0
    return legal & np.isfinite(outputs).all(axis=1)


def _check_targets(targets: np.ndarray) -> None:
    sums = targets.sum(axis=1)
    wrong = (np.abs(sums - 1.0) > _SLACK) | (targets < 0.0).any(axis=1)
    if wrong.any():
        raise ConfigurationError(
            "softmax_cross_entropy needs a distribution (one-hot, say) as the target of each "
            f"judged step, got {targets[wrong][0].tolist()}"
        )


SOFTMAX_CROSS_ENTROPY = StepLoss(
    softmax_cross_entropy, _values, _best_constant, _right, _check_targets, mean_over_outputs=False
)
