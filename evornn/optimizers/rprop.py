"""Rprop: only the sign of each gradient counts, with a step size for every gene.

M. Riedmiller, H. Braun (1993), A direct adaptive method for faster backpropagation learning: the
RPROP algorithm; in the variant iRprop- of C. Igel, M. Huesken (2000), which torch.optim.Rprop is:

    D <- min(eta+ D, D_max)   where g g_before > 0
         max(eta- D, D_min)   where g g_before < 0, and g <- 0 there
    x <- x - sign(g) D
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number
from evornn.errors import ConfigurationError
from evornn.optimizers.gradient_descent import GradientDescent, Moments


@dataclass(frozen=True)
class Rprop(GradientDescent):
    """iRprop-; `learning_rate` is the first step size. Clipping a norm leaves signs as they are."""

    learning_rate: float = 0.1  # D_0: Riedmiller & Braun 1993
    increase: float = 1.2  # eta+: Riedmiller & Braun 1993
    decrease: float = 0.5  # eta-: Riedmiller & Braun 1993
    smallest_step: float = 1e-6  # D_min: Riedmiller & Braun 1993
    largest_step: float = 50.0  # D_max: Riedmiller & Braun 1993

    moments: ClassVar[tuple[str, ...]] = ("before", "step")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("rprop.increase", self.increase, least=1.0)
        check_number("rprop.decrease", self.decrease, most=1.0, above=0.0)
        check_number("rprop.smallest_step", self.smallest_step, above=0.0)
        check_number("rprop.largest_step", self.largest_step, above=0.0)
        if not self.smallest_step <= self.learning_rate <= self.largest_step:
            raise ConfigurationError(
                f"rprop.learning_rate must lie between smallest_step {self.smallest_step:g} and "
                f"largest_step {self.largest_step:g}, got {self.learning_rate!r}"
            )

    def initial(self, moment: str) -> float:
        return self.learning_rate if moment == "step" else 0.0

    def change(self, gradients: np.ndarray, moments: Moments, t: np.ndarray) -> np.ndarray:
        before, step = moments["before"], moments["step"]
        # Of the signs, so that a product of two tiny gradients is not lost.
        agreement = np.sign(gradients) * np.sign(before)
        step *= np.where(agreement > 0, self.increase, np.where(agreement < 0, self.decrease, 1.0))
        np.clip(step, self.smallest_step, self.largest_step, out=step)
        before[:] = np.where(agreement < 0, 0.0, gradients)
        return -np.sign(before) * step
