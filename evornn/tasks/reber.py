"""The Reber grammar: a walk through a graph, of which the network hears the symbols.

From each node one of two edges is taken, with an equal chance, and its symbol is heard:

    node    symbols, and where they lead
    0       B → 1
    1       T → 2    P → 3
    2       S → 2    X → 4
    3       T → 3    V → 5
    4       X → 3    S → 6
    5       P → 4    V → 6
    6       E → the end

After each symbol the network tells which one or two may follow. The last symbol alone does not say;
it and what came shortly before do, and an Elman network learns it (Cleeremans et al.). Each output
says on its own whether its symbol is legal, by binary cross-entropy: a string is right when at each
step the logits of the legal symbols are positive and the others negative, which is stricter than
the rule of the literature that the legal symbols be the most active ones.

Strings are drawn anew for each split, so short ones are in all of them.

References
----------
A. S. Reber 1967, "Implicit learning of artificial grammars", Journal of Verbal Learning and Verbal
    Behavior 6.
A. Cleeremans, D. Servan-Schreiber & J. L. McClelland 1989, "Finite state automata and simple
    recurrent networks", Neural Computation 1.
S. Hochreiter & J. Schmidhuber 1997, "Long short-term memory", Neural Computation 9: a trial has
    succeeded when all symbols of all training and test strings are predicted; 256 of each.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.tasks.drawn import DrawnSplits
from evornn.tasks.sequences import Sequences
from evornn.tasks.symbols import all_predicted, next_symbols
from evornn.tasks.task import Solved

#: for each node the symbols that may be heard, and the node to which each leads
Graph = Mapping[Hashable, Mapping[str, Hashable]]

SYMBOLS = "BTPSXVE"
START, END = 0, 7

REBER: Graph = {
    START: {"B": 1},
    1: {"T": 2, "P": 3},
    2: {"S": 2, "X": 4},
    3: {"T": 3, "V": 5},
    4: {"X": 3, "S": 6},
    5: {"P": 4, "V": 6},
    6: {"E": END},
}


@dataclass(frozen=True)
class Reber(DrawnSplits):
    """Tell after each symbol of a Reber string which symbols may follow.

    Parameters
    ----------
    sequences, validation_sequences, test_sequences
        Strings in each split.
    seed
        Of the strings.
    """

    graph: ClassVar[Graph] = REBER

    sequences: int = 256
    validation_sequences: int = 256
    test_sequences: int = 256
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_splits()

    @property
    def input_size(self) -> int:
        return len(SYMBOLS)

    @property
    def output_size(self) -> int:
        return len(SYMBOLS)

    @property
    def solved(self) -> Solved:
        return all_predicted(self.train, "Hochreiter & Schmidhuber 1997")

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        return self.heard([self.string(rng) for _ in range(count)])

    def heard(self, strings: list[str]) -> Sequences:
        """`strings` of the grammar as data; their last symbol is only predicted, never heard."""
        return next_symbols(
            [string[:-1] for string in strings],
            self.legal,
            SYMBOLS,
            loss_function="binary_cross_entropy",
        )

    def string(self, rng: np.random.Generator) -> str:
        """A string from the first B to the last E."""
        node: Hashable = START
        symbols = []
        while node != END:
            symbols.append(str(rng.choice(list(self.graph[node]))))
            node = self.graph[node][symbols[-1]]
        return "".join(symbols)

    def legal(self, prefix: str) -> str:
        """The symbols that may follow `prefix`."""
        node: Hashable = START
        for symbol in prefix:
            node = self.graph[node][symbol]
        return "".join(self.graph[node])
