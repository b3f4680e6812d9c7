"""A task of one's own: the flip-flop (Sussillo & Barak 2013, Opening the black box).

Rare pulses of ±1 come in; the answer at every step is the sign of the last one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.tasks import Sequences, Task


@dataclass(frozen=True)
class FlipFlop(Task):
    length: int = 60
    sequences: int = 20
    pulse_probability: float = 0.1
    seed: int = 0

    input_size = 1
    output_size = 1
    solved = None

    @cached_property
    def train(self):
        return self._draw(np.random.default_rng([self.seed, 0]))

    @cached_property
    def test(self):
        return self._draw(np.random.default_rng([self.seed, 1]))

    def _draw(self, rng):
        shape = (self.sequences, self.length, 1)
        pulses = rng.choice([-1.0, 1.0], shape) * (rng.random(shape) < self.pulse_probability)
        targets, heard = np.zeros(shape), np.zeros(shape[:2])
        for t in range(self.length):
            before = targets[:, t - 1] if t else 0.0
            targets[:, t] = np.where(pulses[:, t] != 0, pulses[:, t], before)
            heard[:, t] = targets[:, t, 0] != 0  # nothing to answer before the first pulse
        return Sequences(pulses, targets, judged=heard)
