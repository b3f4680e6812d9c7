"""The loss that a linear model with one step of memory reaches: the bar for one-step predictors.

    y_t = A x_t + B x_{t−1} + c,    A, B, c by (weighted) least squares on the training data

For a series that predicts itself this is the second-order autoregression of Yule 1927. A recurrent
network that does not beat it has learnt neither nonlinearity nor memory.

Reference: G. U. Yule 1927, "On a method of investigating periodicities in disturbed series, with
special reference to Wolfer's sunspot numbers", Phil. Trans. R. Soc. A 226.
"""

from __future__ import annotations

import numpy as np

from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved


def second_order_loss(data: Sequences) -> float:
    """Loss on `data` of the linear model fitted to them; x before the first step counts as 0."""
    previous = np.zeros_like(data.inputs)
    previous[:, 1:] = data.inputs[:, :-1]
    design = np.concatenate([data.inputs, previous, np.ones_like(data.inputs[..., :1])], axis=2)
    counted = data.judged > 0.0
    root = np.sqrt(data.judged[counted])[:, np.newaxis]
    coefficients = np.linalg.lstsq(root * design[counted], root * data.targets[counted])[0]
    return data.loss(design @ coefficients)


def beats_linear(data: Sequences) -> Solved:
    """Solved where the linear model is beaten."""
    return Solved(
        second_order_loss(data),
        "loss of a second-order linear autoregression (Yule 1927), fitted to the training data",
    )
