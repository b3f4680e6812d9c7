"""Gradient descent with momentum; "stochastic" only by the name it has kept.

B. Polyak (1964), Some methods of speeding up the convergence of iteration methods; Nesterov's form
as I. Sutskever et al. (2013), On the importance of initialization and momentum in deep learning,
and torch.optim.SGD write it. With gradient g, momentum m and rate a:

    v <- m v + g
    x <- x - a v                 or, with Nesterov's look ahead, x <- x - a (g + m v)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number, check_switch
from evornn.errors import ConfigurationError
from evornn.optimizers.gradient_descent import GradientDescent, Moments


@dataclass(frozen=True)
class SGD(GradientDescent):
    """Gradient descent with momentum."""

    learning_rate: float = 0.01  # Sutskever et al. 2013 search 0.05 to 0.0001
    momentum: float = 0.9  # Sutskever et al. 2013
    nesterov: bool = False

    moments: ClassVar[tuple[str, ...]] = ("velocity",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("sgd.momentum", self.momentum, 0.0, 1.0)
        check_switch("sgd.nesterov", self.nesterov)
        if self.nesterov and self.momentum == 0.0:
            raise ConfigurationError(
                "sgd.nesterov needs momentum, got momentum 0: set it, or leave nesterov out"
            )

    def change(self, gradients: np.ndarray, moments: Moments, t: np.ndarray) -> np.ndarray:
        velocity = moments["velocity"]
        velocity *= self.momentum
        velocity += gradients
        ahead = gradients + self.momentum * velocity if self.nesterov else velocity
        return -self.learning_rate * ahead
