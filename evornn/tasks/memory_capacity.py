"""Short-term memory capacity: recall the last inputs, all at once (Jaeger 2002, GMD report 152).

    d_k(t) = u(t − k),    k = 1 … K,    u(t) ~ U(−0.5, 0.5)

    MC = Σ_k MC_k,    MC_k = cov²(d_k, y_k) / (var d_k · var y_k)

MC_k is the share of the variance of the input k steps ago that a linear readout recovers. For
independent inputs no recurrent network of N units has a capacity above N, and linear units whose
states span N dimensions reach it. In the least-squares sense MC_k is one minus
the mean squared error of output k over the variance, so a loss of (1 − c/K) var u is a capacity c.

Measure it on data that the readout was not fitted to: on its own data even noise correlates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

HALF_WIDTH = 0.5
#: share of the capacity asked for at which the task counts as solved
_SOLVED_SHARE = 0.9


@dataclass(frozen=True)
class MemoryCapacity(Drawn):
    """Answer each step with the inputs of 1 to `delays` steps ago, an output for each.

    Parameters
    ----------
    delays
        K, the number of outputs; at least twice the units of a network whose capacity is sought.
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    washout
        Steps at the start of each sequence that are not judged, at least `delays`.
    seed
        Of the inputs.
    """

    delays: int = 10
    length: int = 1000
    sequences: int = 2
    validation_sequences: int = 1
    test_sequences: int = 2
    washout: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("delays", self.delays)
        check_size("washout", self.washout, least=self.delays)
        self.check_drawn()
        if self.washout >= self.length:
            raise ConfigurationError(
                f"a washout of {self.washout} leaves nothing to judge of {self.length} steps: "
                "lower washout or take longer sequences"
            )

    @property
    def output_size(self) -> int:
        return self.delays

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        inputs = rng.uniform(-HALF_WIDTH, HALF_WIDTH, (count, self.length, 1))
        targets = [np.roll(inputs[:, :, 0], k, axis=1) for k in range(1, self.delays + 1)]
        return Sequences(inputs, np.stack(targets, axis=2), np.arange(self.length) >= self.washout)

    @property
    def solved(self) -> Solved:
        return Solved(
            (1.0 - _SOLVED_SHARE) * self.constant_loss,
            f"a memory capacity of {_SOLVED_SHARE:.0%} of the delays asked for, in the measure of "
            "Jaeger 2002",
        )


def memory_function(data: Sequences, outputs: np.ndarray) -> np.ndarray:
    """MC_k (delays,) of `outputs` (sequence, time, delays) on `data`; its sum is the capacity.

    An output that does not vary recalls nothing.
    """
    counted = data.judged > 0.0
    d = data.targets[counted] - data.targets[counted].mean(axis=0)
    y = outputs[counted] - outputs[counted].mean(axis=0)
    varies = (y**2).sum(axis=0) > 0.0
    scale = (d**2).sum(axis=0) * np.where(varies, (y**2).sum(axis=0), 1.0)
    return (d * y).sum(axis=0) ** 2 / scale
