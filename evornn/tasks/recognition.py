"""Tasks of recognition: does a string belong to the language?

Half of the strings do. Of the others every second one is a near miss, a word with one change that
took it out of the language; the rest are drawn symbol by symbol. Each length has the same chance,
among words, those lengths that words have. The answer is due at an end symbol (`labelled`).

Held-out for the test are longer strings: of more than `length` symbols and up to `test_length`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.tasks.drawn import TEST, DrawnSplits
from evornn.tasks.sequences import Sequences
from evornn.tasks.symbols import labelled
from evornn.tasks.task import Solved


class Recognition(DrawnSplits):
    """Base of such tasks; a frozen dataclass with at least these options."""

    length: int
    test_length: int

    @property
    @abstractmethod
    def alphabet(self) -> str:
        """The symbols of the language."""

    @abstractmethod
    def accepts(self, string: str) -> bool:
        """Whether `string` belongs to the language."""

    @abstractmethod
    def word_lengths(self, least: int, most: int) -> list[int]:
        """The lengths from `least` to `most` that words of the language have."""

    @abstractmethod
    def word(self, rng: np.random.Generator, length: int) -> str:
        """A word of one of these lengths."""

    def near_miss(self, rng: np.random.Generator, word: str) -> str:
        """`word`, not empty, with one symbol replaced by another."""
        place = int(rng.integers(len(word)))
        others = self.alphabet.replace(word[place], "")
        return word[:place] + others[int(rng.integers(len(others)))] + word[place + 1 :]

    def check_recognition(self) -> None:
        """The options above must be valid; for ``__post_init__``."""
        self.check_splits()
        check_size("length", self.length, least=2)
        check_size("test_length", self.test_length, least=self.length + 2)

    @property
    def input_size(self) -> int:
        return len(self.alphabet) + 1

    @property
    def output_size(self) -> int:
        return 1

    @property
    def solved(self) -> Solved:
        return Solved(
            0.01 * math.log(2.0),
            "at least 99 % of the strings are told right, by Markov's inequality: a logit on the "
            "wrong side costs log 2 at least",
        )

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        return self.draw_lengths(rng, count, 0, self.length)

    @cached_property
    def test(self) -> Sequences | None:
        if not self.test_sequences:
            return None
        rng = np.random.default_rng([self.seed, TEST])
        return self.draw_lengths(rng, self.test_sequences, self.length + 1, self.test_length)

    def draw_lengths(
        self, rng: np.random.Generator, count: int, least: int, most: int
    ) -> Sequences:
        """`count` labelled strings of `least` to `most` symbols, words and others in turn."""
        labels = [row % 2 == 0 for row in range(count)]
        strings = [
            self._word(rng, least, most) if label else self._other(rng, least, most, row % 4 == 1)
            for row, label in enumerate(labels)
        ]
        return labelled(strings, labels, self.alphabet, end=True)

    def _word(self, rng: np.random.Generator, least: int, most: int) -> str:
        lengths = self.word_lengths(least, most)
        return self.word(rng, lengths[int(rng.integers(len(lengths)))])

    def _other(self, rng: np.random.Generator, least: int, most: int, near: bool) -> str:
        """A string that is not in the language; a near miss if `near`."""
        while True:
            if near:
                word = self._word(rng, max(least, 1), most)
                string = self.near_miss(rng, word)
            else:
                length = int(rng.integers(least, most + 1))
                string = "".join(rng.choice(list(self.alphabet), length))
            if not self.accepts(string):
                return string
