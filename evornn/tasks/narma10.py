"""NARMA-10: a nonlinear moving average of tenth order, driven by noise.

    y(t+1) = 0.3 y(t) + 0.05 y(t) Σ_{i=0..9} y(t−i) + 1.5 u(t−9) u(t) + 0.1,    u ~ U[0, 0.5]

The target of input u(t) is y(t+1), and y and u are 0 before the start. The recursion diverges for
some rare inputs: a sequence that leaves [0, 1] is drawn again.

Linear models end near a normalised error (mean squared error / variance) of 0.16, nonlinear
reservoirs of 50 units near 0.107 (figures quoted in the reservoir literature).

Reference: A. F. Atiya & A. G. Parlos 2000, "New results on recurrent network training: unifying the
algorithms and accelerating convergence", IEEE Trans. Neural Networks 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

ORDER = 10
RESERVOIR_NMSE = 0.107


@dataclass(frozen=True)
class NARMA10(Drawn):
    """Follow the NARMA-10 system, from its input alone.

    Parameters
    ----------
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    washout
        Steps at the start of each sequence that are not judged.
    seed
        Of the inputs.
    """

    length: int = 1000
    sequences: int = 2
    validation_sequences: int = 1
    test_sequences: int = 2
    washout: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_drawn()
        check_size("washout", self.washout, least=0)
        if self.washout >= self.length:
            raise ConfigurationError(
                f"a washout of {self.washout} leaves nothing to judge of {self.length} steps: "
                "lower washout"
            )

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        inputs = np.empty((count, self.length, 1))
        targets = np.empty((count, self.length, 1))
        for n in range(count):
            u = rng.uniform(0.0, 0.5, self.length)
            while not np.all((y := narma10(u)) <= 1.0):
                u = rng.uniform(0.0, 0.5, self.length)
            inputs[n, :, 0], targets[n, :, 0] = u, y
        return Sequences(inputs, targets, np.arange(self.length) >= self.washout)

    @property
    def solved(self) -> Solved:
        return Solved(
            RESERVOIR_NMSE * self.constant_loss,
            "nonlinear reservoirs of 50 units end near a normalised mean squared error of 0.107, "
            "linear models near 0.16",
        )


def narma10(u: np.ndarray) -> np.ndarray:
    """y(1) … y(T) for the inputs u(0) … u(T−1); stops with inf once y has left [0, 1]."""
    y = np.zeros(ORDER + len(u))  # y[ORDER + t] is y(t + 1), after ORDER zeros
    past = np.concatenate([np.zeros(ORDER - 1), u])  # past[t] is u(t − 9)
    for t in range(len(u)):
        recent = y[t : t + ORDER]  # y(t − 9) … y(t)
        y[ORDER + t] = (
            0.3 * recent[-1] + 0.05 * recent[-1] * recent.sum() + 1.5 * past[t] * u[t] + 0.1
        )
        if y[ORDER + t] > 1.0:
            y[ORDER + t :] = np.inf
            break
    return y[ORDER:]
