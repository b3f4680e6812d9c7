"""Deterministic finite automata: regular languages, and strings drawn from them.

>>> even_ones = Automaton("01", ((0, 1), (1, 0)), (True, False))
>>> even_ones.accepts("0110"), even_ones.accepts("10")
(True, False)
>>> print(even_ones.table())
|state|accepts|0|1|
|---|---|---|---|
|→ 0|yes|0|1|
|1||1|0|
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np

from evornn.errors import ConfigurationError


@dataclass(frozen=True)
class Automaton:
    """A complete deterministic finite automaton that begins in state 0.

    Parameters
    ----------
    alphabet
        The symbols, one character each.
    transitions
        ``transitions[state][symbol]``: the next state, symbols in the order of the alphabet.
    accepting
        Whether a string that ends in a state is accepted, for each state.
    """

    alphabet: str
    transitions: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]

    def __post_init__(self) -> None:
        states = len(self.transitions)
        complete = all(len(row) == len(self.alphabet) for row in self.transitions)
        inside = all(0 <= state < states for row in self.transitions for state in row)
        if not states or len(self.accepting) != states or not (complete and inside):
            raise ConfigurationError(
                f"an automaton of {states} states needs a row of {len(self.alphabet)} next states "
                f"below {states} for each, and as many answers, got {self.transitions} and "
                f"{self.accepting}"
            )

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.transitions)

    def end(self, string: str) -> int:
        """The state in which `string` ends."""
        state = 0
        for symbol in string:
            state = self.transitions[state][self.alphabet.index(symbol)]
        return state

    def accepts(self, string: str) -> bool:
        """Whether `string` belongs to the language."""
        return self.accepting[self.end(string)]

    def count(self, length: int) -> int:
        """The number of accepted strings of this length."""
        return _accepted_from(self, length)[length][0]

    def draw(self, rng: np.random.Generator, length: int) -> str:
        """One of the accepted strings of this length, all of which have the same chance."""
        ways, state, string = _accepted_from(self, length), 0, ""
        if not ways[length][0]:
            raise ConfigurationError(f"the automaton accepts no string of length {length}")
        for rest in range(length - 1, -1, -1):
            counts = list(
                accumulate(ways[rest][following] for following in self.transitions[state])
            )
            point = rng.random()
            k = next(k for k, count in enumerate(counts) if point < count / counts[-1])
            string, state = string + self.alphabet[k], self.transitions[state][k]
        return string

    def table(self) -> str:
        """The automaton as a Markdown table, one row for each state."""
        lines = [
            "|" + "|".join(["state", "accepts", *self.alphabet]) + "|",
            "|" + "---|" * (2 + len(self.alphabet)),
        ]
        for state, (row, accepts) in enumerate(zip(self.transitions, self.accepting, strict=True)):
            name = f"→ {state}" if state == 0 else str(state)
            lines.append("|".join(["", name, "yes" if accepts else "", *map(str, row), ""]))
        return "\n".join(lines)


@cache
def _accepted_from(automaton: Automaton, length: int) -> list[list[int]]:
    """Numbers of accepted strings, by their length up to `length` and the state they begin in."""
    ways = [[int(accepts) for accepts in automaton.accepting]]
    for _ in range(length):
        ways.append([sum(ways[-1][state] for state in row) for row in automaton.transitions])
    return ways
