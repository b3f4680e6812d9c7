"""A repertoire of movements: which one to make is told once, at the first step.

The movements are Lissajous figures, x = sin(2π a t / P), y = sin(2π b t / P) with small a ≠ b. All
begin at the same point and come back to it, so a position does not tell what comes next; only the
network's memory of the cue does. It is the arrangement of Yamashita & Tani (2008, PLoS
Computational Biology 4): several sequences in one network, each with an initial state of its own.

The inputs are the cue, one-hot at the first step and zero from then on, and the position; the
outputs are the next position. With ``closed_loop=True`` the network moves on its own: only the
first position is given, and from then on its own outputs are. Training is by open loop or closed
loop as chosen; held-out runs are closed: those for validation are as long as the training, those of
the test go on, and judge what lies beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved, Task

#: (a, b) of the movements, simple ones first
FIGURES = ((1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2), (1, 4), (4, 1))


@dataclass(frozen=True)
class Repertoire(Task):
    """Make one of several movements, told which at the first step only.

    Parameters
    ----------
    movements
        How many, at most 8.
    period
        Steps after which a movement repeats.
    length, test_length
        Steps to learn from, and of the test, which judges those beyond `length`.
    amplitude
        Half the width of a movement; 0.8 lies within reach of a tanh.
    closed_loop
        Whether the network's own outputs are its inputs in training too.
    """

    movements: int = 4
    period: int = 40
    length: int = 80
    test_length: int = 160
    amplitude: float = 0.8
    closed_loop: bool = False

    def __post_init__(self) -> None:
        check_size("movements", self.movements)
        if self.movements > len(FIGURES):
            raise ConfigurationError(
                f"movements must be at most {len(FIGURES)}, got {self.movements}"
            )
        check_size("period", self.period, least=8)
        check_size("length", self.length, least=2)
        check_size("test_length", self.test_length, least=self.length + 1)
        check_switch("closed_loop", self.closed_loop)

    @property
    def input_size(self) -> int:
        return self.movements + 2

    @property
    def output_size(self) -> int:
        return 2

    def positions(self, length: int) -> np.ndarray:
        """Positions (movement, time, 2), `length` steps of each movement."""
        phase = 2.0 * np.pi * np.arange(length) / self.period
        figures = np.array(FIGURES[: self.movements], np.float64)
        return self.amplitude * np.sin(phase[:, np.newaxis] * figures[:, np.newaxis])

    @cached_property
    def train(self) -> Sequences:
        return self._run(self.length, self.closed_loop)

    @cached_property
    def validation(self) -> Sequences:
        return self._run(self.length, closed_loop=True)

    @cached_property
    def test(self) -> Sequences:
        return self._run(self.test_length, closed_loop=True, first_judged=self.length)

    def _run(self, length: int, closed_loop: bool, first_judged: int = 0) -> Sequences:
        positions = self.positions(length + 1)
        cues = np.zeros((self.movements, length, self.movements))
        cues[:, 0] = np.eye(self.movements)
        inputs = np.concatenate([cues, positions[:, :-1]], axis=2)
        judged = np.arange(length) >= first_judged
        if not closed_loop:
            return Sequences(inputs, positions[:, 1:], judged)
        feedback = (*(-1,) * self.movements, 0, 1)
        return Sequences(inputs, positions[:, 1:], judged, free_running=1, feedback=feedback)

    @property
    def solved(self) -> Solved:
        return Solved(
            (0.1 * self.amplitude) ** 2, "a root mean squared error of a tenth of the amplitude"
        )
