"""Dyck languages: are the brackets balanced?

Dyck-1 has one kind of brackets, Dyck-2 two, and so on: every opening bracket is closed by one of
its kind, and what is opened last is closed first. A counter is enough for one kind; two kinds need
a stack (Chomsky & Schützenberger 1963: with a regular language they make every context-free one).

A network hears a string of up to `length` brackets, one-hot, and says at an end symbol whether it
is balanced. Of all balanced strings of a length each has the same chance (by the cycle lemma,
Dvoretzky & Motzkin 1947); of those, near misses have a bracket replaced or two brackets swapped.
The test strings are longer.

References
----------
N. Chomsky & M. P. Schützenberger 1963, "The algebraic theory of context-free languages".
G. Z. Sun et al. 1993, "The neural network pushdown automaton: model, stack and learning
    simulations", arXiv 1711.05738: balanced parentheses by a network with a stack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.recognition import Recognition

#: opening and closing brackets, kind after kind
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}


@dataclass(frozen=True)
class Dyck(Recognition):
    """Tell whether brackets are balanced.

    Parameters
    ----------
    kinds
        Kinds of brackets, 1 to 4.
    length, test_length
        Most brackets of a string in training and validation, and in the test, whose strings are all
        longer than those of the training.
    sequences, validation_sequences, test_sequences
        Strings in each split.
    seed
        Of the strings.
    """

    kinds: int = 1
    length: int = 12
    test_length: int = 100
    sequences: int = 200
    validation_sequences: int = 200
    test_sequences: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("kinds", self.kinds)
        if self.kinds > len(_CLOSING):
            raise ConfigurationError(f"kinds must be at most {len(_CLOSING)}, got {self.kinds}")
        self.check_recognition()

    @property
    def alphabet(self) -> str:
        return "".join(opening + closing for opening, closing in self._pairs)

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        return list(_CLOSING.items())[: self.kinds]

    def accepts(self, string: str) -> bool:
        waiting: list[str] = []
        for bracket in string:
            if bracket in _CLOSING:
                waiting.append(_CLOSING[bracket])
            elif not waiting or waiting.pop() != bracket:
                return False
        return not waiting

    def word_lengths(self, least: int, most: int) -> list[int]:
        return [n for n in range(least, most + 1) if n % 2 == 0]

    def word(self, rng: np.random.Generator, length: int) -> str:
        string, waiting = "", ""
        for opens in _balanced(rng, length // 2):
            if opens:
                opening, closing = self._pairs[int(rng.integers(self.kinds))]
                string, waiting = string + opening, waiting + closing
            else:
                string, waiting = string + waiting[-1], waiting[:-1]
        return string

    def near_miss(self, rng: np.random.Generator, word: str) -> str:
        if rng.random() < 0.5:
            return super().near_miss(rng, word)
        first, second = sorted(rng.choice(len(word), 2, replace=False))
        swapped = list(word)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        return "".join(swapped)


def _balanced(rng: np.random.Generator, pairs: int) -> np.ndarray:
    """Whether each bracket opens, bool (2 · pairs,): a balanced string, drawn uniformly.

    Of the rotations of any string with one closing bracket too many, exactly one is a balanced
    string and that bracket: the one that begins behind the first lowest point.
    """
    opens = rng.permutation(np.arange(2 * pairs + 1) < pairs)
    heights = np.cumsum(np.where(opens, 1, -1))
    return np.roll(opens, -(int(np.argmin(heights)) + 1))[:-1]
