"""RMSProp: every gene's gradient divided by its running root mean square.

T. Tieleman, G. Hinton (2012), Lecture 6.5, Neural networks for machine learning; with eps as in
torch.optim.RMSprop:

    v <- r v + (1 - r) g^2
    x <- x - a g / (sqrt(v) + eps)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number
from evornn.optimizers.gradient_descent import GradientDescent, Moments


@dataclass(frozen=True)
class RMSProp(GradientDescent):
    """RMSProp."""

    learning_rate: float = 0.001  # a: Tieleman & Hinton 2012
    decay: float = 0.9  # r: Tieleman & Hinton 2012
    epsilon: float = 1e-8  # torch.optim.RMSprop

    moments: ClassVar[tuple[str, ...]] = ("square",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("rmsprop.decay", self.decay, 0.0, 0.999999)
        check_number("rmsprop.epsilon", self.epsilon, above=0.0)

    def change(self, gradients: np.ndarray, moments: Moments, t: np.ndarray) -> np.ndarray:
        v = moments["square"]
        v *= self.decay
        v += (1.0 - self.decay) * gradients**2
        return -self.learning_rate * gradients / (np.sqrt(v) + self.epsilon)
