"""Losses: how wrong an output is. `REGISTRY` names them all, `loss_function` gives one by name."""

from __future__ import annotations

from typing import Any

from evornn.losses.loss import Loss as Loss
from evornn.losses.step_loss import StepLoss as StepLoss
from evornn.registry import Registry

REGISTRY = Registry(
    "loss function",
    {
        "mean_squared_error": "evornn.losses.squared_error:MEAN_SQUARED_ERROR",
        "sum_squared_error": "evornn.losses.squared_error:SUM_SQUARED_ERROR",
        "binary_cross_entropy": "evornn.losses.binary_cross_entropy:BINARY_CROSS_ENTROPY",
        "softmax_cross_entropy": "evornn.losses.softmax_cross_entropy:SOFTMAX_CROSS_ENTROPY",
        "connectionist_temporal_classification": (
            "evornn.losses.ctc:CONNECTIONIST_TEMPORAL_CLASSIFICATION"
        ),
    },
)


def loss_function(name: str) -> Loss:
    """The loss called `name`; ConfigurationError, with the nearest name, where there is none."""
    found: Any = REGISTRY.find(name)
    return found
