"""The embedded Reber grammar: the last symbol but one is the second, with a Reber string between.

    B T (Reber string) T E    or    B P (Reber string) P E

Both halves are the same walk, so nothing on the way tells T from P: a network must carry one bit
over a Reber string of 5 symbols or more, of no use before the end. An Elman network of 15 units
never did; an LSTM solved 148 of 150 trials, after 8,440 strings on average (Hochreiter &
Schmidhuber). Inputs, targets and what is right are those of `Reber`.

References
----------
A. Cleeremans, D. Servan-Schreiber & J. L. McClelland 1989, "Finite state automata and simple
    recurrent networks", Neural Computation 1.
S. Hochreiter & J. Schmidhuber 1997, "Long short-term memory", Neural Computation 9, experiment 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.tasks.reber import END, REBER, START, SYMBOLS, Graph, Reber
from evornn.tasks.sequences import Sequences


def _embedded() -> Graph:
    """Node ("T", k) is node k of the walk in the upper half, ("P", k) in the lower."""
    graph: dict[Hashable, Mapping[str, Hashable]] = {
        START: {"B": "choice"},
        "choice": {half: (half, START) for half in "TP"},
        "last": {"E": END},
    }
    for half in "TP":
        for node, edges in REBER.items():
            graph[half, node] = {symbol: (half, to) for symbol, to in edges.items()}
        graph[half, END] = {half: "last"}
    return graph


@dataclass(frozen=True)
class EmbeddedReber(Reber):
    """Tell after each symbol of an embedded Reber string which symbols may follow.

    Parameters
    ----------
    sequences, validation_sequences, test_sequences
        Strings in each split.
    seed
        Of the strings.
    """

    graph: ClassVar[Graph] = _embedded()

    def remembered(self, sequences: Sequences, outputs: np.ndarray) -> np.ndarray:
        """For which strings (sequence,) the last symbol but one is told right, as bool.

        `outputs` (sequence, time, output) are logits; of T and P the right one must be the larger.
        """
        half = [SYMBOLS.index("T"), SYMBOLS.index("P")]
        strings = np.arange(len(sequences.lengths))[:, np.newaxis]
        ends = sequences.lengths[:, np.newaxis] - 2
        wanted, said = sequences.targets[strings, ends, half], outputs[strings, ends, half]
        return np.asarray((wanted[:, 0] - wanted[:, 1]) * (said[:, 0] - said[:, 1]) > 0.0)
