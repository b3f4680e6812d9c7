"""Adam: momentum over a running root mean square, both corrected for starting at zero.

D. Kingma, J. Ba (2015), Adam: a method for stochastic optimization. ICLR; algorithm 1:

    m <- b1 m + (1 - b1) g             v <- b2 v + (1 - b2) g^2
    x <- x - a (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number
from evornn.optimizers.gradient_descent import GradientDescent, Moments


@dataclass(frozen=True)
class Adam(GradientDescent):
    """Adam."""

    learning_rate: float = 0.001  # a: Kingma & Ba 2015
    beta1: float = 0.9  # Kingma & Ba 2015
    beta2: float = 0.999  # Kingma & Ba 2015
    epsilon: float = 1e-8  # Kingma & Ba 2015

    moments: ClassVar[tuple[str, ...]] = ("mean", "square")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("adam.beta1", self.beta1, 0.0, 0.999999)
        check_number("adam.beta2", self.beta2, 0.0, 0.999999)
        check_number("adam.epsilon", self.epsilon, above=0.0)

    def change(self, gradients: np.ndarray, moments: Moments, t: np.ndarray) -> np.ndarray:
        m, v = moments["mean"], moments["square"]
        m *= self.beta1
        m += (1.0 - self.beta1) * gradients
        v *= self.beta2
        v += (1.0 - self.beta2) * gradients**2
        mean, square = m / (1.0 - self.beta1**t), v / (1.0 - self.beta2**t)
        return -self.learning_rate * mean / (np.sqrt(square) + self.epsilon)
