"""Spike patterns: which templates was a noisy spike train made of? (Maass et al. 2002, figure 4)

A train consists of segments of 250 ms. For each segment there are two templates, Poisson spike
trains of 20 Hz drawn once; a train takes one of the two for each segment, at random, and moves
every spike by Gaussian noise (`jitter`, 4 ms). At its end the answer has an output for each
segment: +1 for the second template, −1 for the first. All that tells the templates apart is the
intervals between the spikes of one channel, and the early segments have long been overwritten.

An input is the number of spikes in a step of `dt`. A spike that its jitter moves out of the train
is lost. A constant answer has a loss of 1, the variance of a fair sign.

Reference: W. Maass, T. Natschläger & H. Markram 2002, "Real-time computing without stable states: a
new framework for neural computation based on perturbations", Neural Computation 14. They train the
readout by linear regression on 1000 trains and test it on 500.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_number, check_size
from evornn.tasks.drawn import Binary
from evornn.tasks.sequences import Sequences

_TEMPLATES = 3  # their stream, after those of the splits
_CHOICES = 2


@dataclass(frozen=True)
class SpikePatterns(Binary):
    """Tell, at the end of a spike train, the templates that its segments were made of.

    Parameters
    ----------
    segments
        Segments of a train, each with an output.
    channels
        Spike trains side by side, each an input.
    segment
        Length of a segment in ms.
    rate
        Rate of the Poisson process in Hz.
    jitter
        Standard deviation of the noise on the time of a spike, in ms.
    dt
        Length of a step in ms.
    sequences, validation_sequences, test_sequences
        Trains in each split. They share the templates.
    seed
        Of templates, choices and noise.
    """

    segments: int = 4
    channels: int = 1
    segment: float = 250.0
    rate: float = 20.0
    jitter: float = 4.0
    dt: float = 1.0
    sequences: int = 200
    validation_sequences: int = 100
    test_sequences: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("segments", self.segments)
        check_size("channels", self.channels)
        for name in ("segment", "rate", "dt"):
            check_number(name, getattr(self, name), above=0.0)
        check_number("jitter", self.jitter, least=0.0)
        self.check_drawn()

    @property
    def length(self) -> int:  # type: ignore[override]  # follows from the segments
        """Steps of a train."""
        return max(1, round(self.segments * self.segment / self.dt))

    @property
    def input_size(self) -> int:
        return self.channels

    @property
    def output_size(self) -> int:
        return self.segments

    @cached_property
    def templates(self) -> list[list[list[np.ndarray]]]:
        """``templates[segment][choice][channel]``: spike times in ms from the start of a train."""
        rng = np.random.default_rng([self.seed, _TEMPLATES])
        return [
            [
                [self._poisson(rng, n * self.segment) for _ in range(self.channels)]
                for _ in range(_CHOICES)
            ]
            for n in range(self.segments)
        ]

    def _poisson(self, rng: np.random.Generator, begin: float) -> np.ndarray:
        """Spike times of one segment: a Poisson number of them, uniformly spread."""
        count = rng.poisson(self.rate * self.segment / 1000.0)
        return begin + np.sort(rng.uniform(0.0, self.segment, count))

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        chosen = rng.integers(_CHOICES, size=(count, self.segments))
        inputs = np.zeros((count, self.length, self.channels))
        for n in range(count):
            for channel in range(self.channels):
                inputs[n, :, channel] = self._train(rng, chosen[n], channel)
        signs = 2.0 * chosen - 1.0
        targets = np.repeat(signs[:, np.newaxis], self.length, axis=1)
        return Sequences(inputs, targets, np.arange(self.length) == self.length - 1)

    def _train(self, rng: np.random.Generator, chosen: np.ndarray, channel: int) -> np.ndarray:
        """Spikes per step of one channel, made of the `chosen` templates."""
        times = np.concatenate([self.templates[n][c][channel] for n, c in enumerate(chosen)])
        moved = times + rng.normal(scale=self.jitter, size=len(times))
        steps = np.floor(moved / self.dt).astype(int)
        kept = steps[(steps >= 0) & (steps < self.length)]
        return np.bincount(kept, minlength=self.length).astype(np.float64)


def right_signs(data: Sequences, outputs: np.ndarray) -> np.ndarray:
    """Share of the judged steps at which each output has the sign of its target, (outputs,)."""
    counted = data.judged > 0.0
    return np.mean(outputs[counted] * data.targets[counted] > 0.0, axis=0)
