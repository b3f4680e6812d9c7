"""Tomita's grammars: seven regular languages over 0 and 1, learnt from short strings.

    1   1*                                          2   (10)*
    3   no odd run of 0s anywhere after an odd run of 1s
    4   no 000                                      5   0s and 1s both even in number
    6   number of 1s − number of 0s a multiple of 3
    7   0*1*0*1*

A network hears a string of up to `length` symbols, one-hot, and says at an end symbol whether the
grammar accepts it (Giles et al. 1992). Words of each length are drawn uniformly from the grammar's
automaton. The test strings are longer: a network that has found the automaton does not mind.

Grammar 3 is told in two ways. Miller & Giles (1993) ask each odd run of 1s to be followed at once
by an even run of 0s; but Tomita's own negative examples 0111001101 and 11011100110 are wrong only
if the odd run of 0s may come later. Here it may. Both automata have five states.

References
----------
M. Tomita 1982, "Dynamic construction of finite-state automata from examples using hill-climbing",
    Proceedings of the Fourth Annual Conference of the Cognitive Science Society.
C. L. Giles et al. 1992, "Learning and extracting finite state automata with second-order recurrent
    neural networks", Neural Computation 4.
C. B. Miller & C. L. Giles 1993, "Experimental comparison of the effect of order in recurrent neural
    networks", International Journal of Pattern Recognition and Artificial Intelligence 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.automaton import Automaton
from evornn.tasks.recognition import Recognition

# fmt: off
#: the minimal automaton of each grammar, columns 0 and 1
_TABLES: dict[int, tuple[tuple[tuple[int, int], ...], str]] = {
    1: (((1, 0), (1, 1)), "yn"),
    2: (((2, 1), (0, 2), (2, 2)), "ynn"),
    3: (((0, 1), (2, 0), (3, 4), (2, 3), (4, 4)), "yynyn"),
    4: (((1, 0), (2, 0), (3, 0), (3, 3)), "yyyn"),
    5: (((1, 2), (0, 3), (3, 0), (2, 1)), "ynnn"),
    6: (((2, 1), (0, 2), (1, 0)), "ynn"),
    7: (((0, 1), (2, 1), (2, 3), (4, 3), (4, 4)), "yyyyn"),
}
# fmt: on

#: the minimal automaton of each grammar by its number
TOMITA = {
    number: Automaton("01", transitions, tuple(answer == "y" for answer in answers))
    for number, (transitions, answers) in _TABLES.items()
}


@dataclass(frozen=True)
class Tomita(Recognition):
    """Tell whether a string of 0s and 1s belongs to one of Tomita's languages.

    Parameters
    ----------
    grammar
        1 to 7.
    length, test_length
        Most symbols of a string in training and validation, and in the test, whose strings are all
        longer than those of the training.
    sequences, validation_sequences, test_sequences
        Strings in each split.
    seed
        Of the strings.
    """

    grammar: int = 4
    length: int = 10
    test_length: int = 50
    sequences: int = 200
    validation_sequences: int = 200
    test_sequences: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("grammar", self.grammar)
        if self.grammar not in TOMITA:
            raise ConfigurationError(f"grammar must be one of 1 to 7, got {self.grammar}")
        self.check_recognition()

    @property
    def automaton(self) -> Automaton:
        """The minimal automaton of the grammar."""
        return TOMITA[self.grammar]

    @property
    def alphabet(self) -> str:
        return self.automaton.alphabet

    def accepts(self, string: str) -> bool:
        return self.automaton.accepts(string)

    def word_lengths(self, least: int, most: int) -> list[int]:
        return [n for n in range(least, most + 1) if self.automaton.count(n)]

    def word(self, rng: np.random.Generator, length: int) -> str:
        return self.automaton.draw(rng, length)
