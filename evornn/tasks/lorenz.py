"""The Lorenz system: chaotic convection in three variables.

    dx/dt = σ (y − x),    dy/dt = x (ρ − z) − y,    dz/dt = x y − β z,    σ = 10, ρ = 28, β = 8/3

Classical Runge–Kutta steps of 0.005, every fifth kept (0.025 apart, as Gauthier et al. 2021; a
Lyapunov time of 1.1 is 44 of them). The start is drawn around (0, 1, 20) and the first 10 time
units are dropped.

References
----------
E. N. Lorenz 1963, "Deterministic nonperiodic flow", J. Atmos. Sci. 20.
D. J. Gauthier, E. Bollt, A. Griffith & W. A. S. Barbosa 2021, "Next generation reservoir
    computing", Nature Communications 12, 5564.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.generated_series import GeneratedSeries
from evornn.tasks.linear_baseline import beats_linear
from evornn.tasks.task import Solved

SIGMA, RHO, BETA = 10.0, 28.0, 8.0 / 3.0
SAMPLING = 0.025
STEPS_PER_SAMPLE = 5
LYAPUNOV_STEPS = 44
GAUTHIER = 2.4e-3  # NRMSE of the free run over one Lyapunov time
TRANSIENT = 400  # samples: 10 time units


@dataclass(frozen=True)
class Lorenz(GeneratedSeries):
    """Predict the next state of the Lorenz system, 0.025 time units ahead.

    Parameters
    ----------
    observed
        The variables that are seen and predicted, of ``xyz``; fewer than three must be made up for
        by memory.
    train_steps, validation_steps, test_steps
        Samples in each part.
    evaluation, washout, free_steps, normalisation
        See `evornn.tasks.prediction`. 44 free steps are one Lyapunov time.
    seed
        Of the start.
    """

    observed: str = "xyz"
    train_steps: int = 2000
    validation_steps: int = 500
    test_steps: int = 1000
    evaluation: str = "one_step"
    washout: int = 50
    free_steps: int = LYAPUNOV_STEPS
    normalisation: str = "standard"
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_series()
        text = self.observed if isinstance(self.observed, str) else ""
        if not text or set(text) - set("xyz") or len(set(text)) < len(text):
            raise ConfigurationError(
                f"observed must name some of x, y and z once, such as 'xz'; got {self.observed!r}"
            )

    def series(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        state = np.array([0.0, 1.0, 20.0]) + rng.uniform(-0.5, 0.5, 3)
        kept = np.empty((TRANSIENT + rows, 3))
        for row in kept:
            row[:] = state
            for _ in range(STEPS_PER_SAMPLE):
                state = runge_kutta(state, SAMPLING / STEPS_PER_SAMPLE)
        return kept[TRANSIENT:, ["xyz".index(name) for name in self.observed]]

    @property
    def solved(self) -> Solved | None:
        """None for free runs that differ from the published one in length or in what is seen."""
        if self.evaluation == "one_step":
            return beats_linear(self.train)
        if set(self.observed) != set("xyz") or self.free_steps != LYAPUNOV_STEPS:
            return None
        return Solved(
            GAUTHIER**2 * self.constant_loss,
            "Gauthier et al. 2021: NRMSE 2.4e-3 over one Lyapunov time",
        )


def flow(state: np.ndarray) -> np.ndarray:
    """d(x, y, z)/dt."""
    x, y, z = state
    return np.array([SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z])


def runge_kutta(state: np.ndarray, h: float) -> np.ndarray:
    """One classical fourth-order step of length `h`."""
    k1 = flow(state)
    k2 = flow(state + h / 2 * k1)
    k3 = flow(state + h / 2 * k2)
    k4 = flow(state + h * k3)
    return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
