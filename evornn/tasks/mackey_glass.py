"""The Mackey–Glass series: a delay differential equation, chaotic for τ above 16.8.

    dy/dt = a y(t − τ) / (1 + y(t − τ)ⁿ) − γ y(t),    a = 0.2, n = 10, γ = 0.1

Euler steps of 0.1, every 10th kept, then squashed by tanh(y − 1): the recipe of Jaeger 2001, so
that its figures compare. The history before the start is 1.2 plus uniform noise in ±0.1 and the
first 1000 time units are dropped.

References
----------
M. C. Mackey & L. Glass 1977, "Oscillation and chaos in physiological control systems", Science 197.
H. Jaeger 2001, "The 'echo state' approach to analysing and training recurrent neural networks",
    GMD report 148: free runs 84 steps ahead, NRMSE 2.8e-4 for τ = 17 and 0.11 for τ = 30, with 400
    units and 3,000 training steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.tasks.generated_series import GeneratedSeries
from evornn.tasks.linear_baseline import beats_linear
from evornn.tasks.task import Solved

A, EXPONENT, GAMMA = 0.2, 10, 0.1
STEPS_PER_UNIT = 10  # Euler steps of 0.1
TRANSIENT = 1000

#: NRMSE of free runs 84 steps ahead by delay, Jaeger 2001
JAEGER = {17: 2.8e-4, 30: 0.11}
FREE_STEPS = 84


@dataclass(frozen=True)
class MackeyGlass(GeneratedSeries):
    """Predict the next value of the Mackey–Glass series, one time unit ahead.

    Parameters
    ----------
    tau
        Delay in time units; 17 (mildly chaotic) and 30 (wilder) are the field's.
    train_steps, validation_steps, test_steps
        Time units in each part; 3,000 to train on as Jaeger 2001.
    evaluation, washout, free_steps, normalisation
        See `evornn.tasks.prediction`. 84 free steps are the field's NRMSE84.
    squash
        Take tanh(y − 1), as Jaeger 2001, instead of y.
    seed
        Of the history before the start.
    """

    tau: int = 17
    train_steps: int = 3000
    validation_steps: int = 500
    test_steps: int = 1000
    evaluation: str = "one_step"
    washout: int = 100
    free_steps: int = FREE_STEPS
    normalisation: str = "none"
    squash: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_series()
        check_size("tau", self.tau)
        check_switch("squash", self.squash)

    def series(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        delay = STEPS_PER_UNIT * self.tau
        y = (1.2 + rng.uniform(-0.1, 0.1, delay + 1)).tolist()
        for n in range(delay, delay + STEPS_PER_UNIT * (TRANSIENT + rows)):
            delayed = y[n - delay]
            slope = A * delayed / (1.0 + delayed**EXPONENT) - GAMMA * y[n]
            y.append(y[n] + slope / STEPS_PER_UNIT)
        kept = np.array(y[-STEPS_PER_UNIT * rows :: STEPS_PER_UNIT])[:, np.newaxis]
        return np.tanh(kept - 1.0) if self.squash else kept

    @property
    def solved(self) -> Solved | None:
        """None for free runs of other lengths or delays than the published ones."""
        if self.evaluation == "one_step":
            return beats_linear(self.train)
        if self.tau not in JAEGER or self.free_steps != FREE_STEPS:
            return None
        return Solved(
            JAEGER[self.tau] ** 2 * self.constant_loss,
            f"Jaeger 2001: NRMSE {JAEGER[self.tau]:g} at 84 steps ahead (here the mean of 1 to 84)",
        )
