"""A signal of nested periods, to be generated from a single pulse.

Level k of the signal is a motif of P_k / P_(k−1) values, each held for P_(k−1) steps (P_0 is one
step), and repeats after P_k steps; the signal is the sum of all levels, with mean 0 and variance 1.
So what must be said at a step depends on where it lies in every period at once: the kind of signal
that modules with periods are made for (Koutník, Greff, Gomez & Schmidhuber 2014, A clockwork RNN,
ICML, who let networks generate the samples of a sound without any input).

The input is 1 at the first step and 0 from then on. The network learns the first `length` steps;
held-out runs begin with the same pulse, go on for longer and judge what lies beyond those learnt:
the longest period after them for validation, and the rest of `test_length` steps for the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved, Task


@dataclass(frozen=True)
class NestedPeriods(Task):
    """Generate a signal whose periods are multiples of each other.

    Parameters
    ----------
    periods
        In steps, rising, each a multiple of the one before.
    length
        Steps to learn from; twice the longest period shows each period at least twice.
    test_length
        Steps of the test, longer than `length` and one longest period.
    seed
        Of the motifs, whose values are normal.
    """

    periods: tuple[int, ...] = (4, 16, 64)
    length: int = 128
    test_length: int = 256
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", tuple(self.periods))
        for period in self.periods:
            check_size("periods", period, least=2)
        for shorter, longer in zip(self.periods, self.periods[1:], strict=False):
            if longer % shorter or longer == shorter:
                raise ConfigurationError(
                    f"periods must each be a multiple of the one before, got {self.periods}"
                )
        if not self.periods:
            raise ConfigurationError("periods must name at least one period, got ()")
        check_size("length", self.length, least=self.periods[-1])
        check_size("test_length", self.test_length, least=self.length + self.periods[-1] + 1)
        check_size("seed", self.seed, least=0)

    @property
    def input_size(self) -> int:
        return 1

    @property
    def output_size(self) -> int:
        return 1

    @cached_property
    def levels(self) -> np.ndarray:
        """What each level adds (level, time), over one longest period."""
        rng = np.random.default_rng(self.seed)
        t = np.arange(self.periods[-1])
        levels, held = [], 1
        for period in self.periods:
            motif = rng.normal(size=period // held)
            levels.append(motif[(t // held) % len(motif)])
            held = period
        total = np.sum(levels, axis=0)
        return (np.array(levels) - np.mean(levels, axis=1, keepdims=True)) / total.std()

    @cached_property
    def signal(self) -> np.ndarray:
        """The signal (time,) of `test_length` steps."""
        return self.levels.sum(axis=0)[np.arange(self.test_length) % self.periods[-1]]

    @cached_property
    def train(self) -> Sequences:
        return self._run(0, self.length)

    @cached_property
    def validation(self) -> Sequences:
        return self._run(self.length, self.length + self.periods[-1])

    @cached_property
    def test(self) -> Sequences:
        return self._run(self.length + self.periods[-1], self.test_length)

    def _run(self, first_judged: int, length: int) -> Sequences:
        t = np.arange(length)
        pulse = (t == 0).astype(np.float64)
        signal = self.signal[:length, np.newaxis]
        return Sequences(pulse[:, np.newaxis], signal, judged=t >= first_judged)

    @property
    def solved(self) -> Solved:
        return Solved(
            0.5 * float(self.levels.var(axis=1).min()),
            "half the variance of the weakest level: no level can be missing",
        )
