"""aⁿbⁿ, the simplest context-free language: count, and count back.

The network hears S aⁿ bⁿ, symbol by symbol, and tells after each which may follow: a after S, a or
b after an a, after a b the next b, and T, the end, after the last one. No finite automaton can for
all n; a network can by a unit that counts up and down. It is trained on n = 1 … 10 and asked how
far beyond it still counts. As in Gers & Schmidhuber each output tells on its own whether its symbol
is legal, and a string is accepted when every one of them is right at every step.

Reference: F. A. Gers & J. Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and
context-sensitive languages", IEEE Transactions on Neural Networks 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.tasks.sequences import Sequences
from evornn.tasks.symbols import all_predicted, next_symbols, predicted
from evornn.tasks.task import Solved, Task

START, END = "S", "T"


@dataclass(frozen=True)
class AnBn(Task):
    """Tell after each symbol of aⁿbⁿ which symbols may follow.

    Parameters
    ----------
    longest
        The training strings have n = 1 … longest.
    validation_longest, test_longest
        The validation strings go on from there to this n, the test strings from there to this one.
    """

    letters: ClassVar[str] = "ab"

    longest: int = 10
    validation_longest: int = 20
    test_longest: int = 40

    def __post_init__(self) -> None:
        check_size("longest", self.longest)
        check_size("validation_longest", self.validation_longest, least=self.longest + 1)
        check_size("test_longest", self.test_longest, least=self.validation_longest + 1)

    @property
    def input_size(self) -> int:
        return len(START + self.letters)

    @property
    def output_size(self) -> int:
        return len(self.letters + END)

    @cached_property
    def train(self) -> Sequences:
        return self.strings(1, self.longest)

    @cached_property
    def validation(self) -> Sequences:
        return self.strings(self.longest + 1, self.validation_longest)

    @cached_property
    def test(self) -> Sequences:
        return self.strings(self.validation_longest + 1, self.test_longest)

    @property
    def solved(self) -> Solved:
        return all_predicted(self.train, "Gers & Schmidhuber 2001")

    def strings(self, least: int, most: int) -> Sequences:
        """The strings of n = least … most, one sequence each."""
        return next_symbols(
            [
                START + "".join(n * letter for letter in self.letters)
                for n in range(least, most + 1)
            ],
            self.legal,
            START + self.letters,
            self.letters + END,
            loss_function="binary_cross_entropy",
        )

    def legal(self, prefix: str) -> str:
        """The symbols that may follow `prefix`."""
        first, last = self.letters[0], prefix[-1]
        if last == START:
            return first
        if last == first:
            return self.letters[:2]
        if prefix.count(last) < prefix.count(first):
            return last
        return (self.letters + END)[self.letters.index(last) + 1]

    def accepted(self, predict: Callable[[np.ndarray], np.ndarray], most: int = 100) -> np.ndarray:
        """Which strings n = 1 … most (n,) a network predicts right from end to end, as bool.

        ``predict(inputs)`` gives the outputs (sequence, time, output) for inputs (sequence, time,
        feature): ``run.predict``, say.
        """
        data = self.strings(1, most)
        return predicted(data, predict(data.inputs))

    def largest_accepted(self, predict: Callable[[np.ndarray], np.ndarray], most: int = 100) -> int:
        """The largest n, up to `most`, such that the strings 1 … n are all `accepted`."""
        return int(np.argmin(np.append(self.accepted(predict, most), False)))
