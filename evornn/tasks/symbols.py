"""Strings of symbols as sequences: one step per symbol, one-hot, and what a network answers to it.

`next_symbols`: after each symbol, say which symbols may follow. What may is given by a function of
the prefix, so a language is its generator and this function. With "softmax_cross_entropy" the
target is the distribution in which all legal symbols have an equal chance, with
"binary_cross_entropy" each output says on its own whether its symbol is legal (Gers & Schmidhuber
2001). No input is needed for a symbol that only ever ends a string, no output for one that only
ever begins it: each has an alphabet of its own.

`labelled`: say at the end whether the whole string belongs to the language, by binary
cross-entropy. An end symbol of its own, as in Giles et al. 1992, gives the network a step in which
to decide, and the empty string a step at all.

>>> next_symbols(["Sa", "S"], lambda prefix: "a" if prefix == "S" else "ab", "Sab", "ab")
Sequences(2 of 1 to 2 steps, 3 inputs, 2 outputs, 3 judged steps)
>>> labelled(["", "1", "10"], [True, True, False], "01", end=True)
Sequences(3 of 1 to 3 steps, 3 inputs, 1 output, 3 judged steps)

`predicted` tells which strings are right all the way: published figures count those.

References
----------
A. Cleeremans, D. Servan-Schreiber & J. L. McClelland 1989, "Finite state automata and simple
    recurrent networks", Neural Computation 1.
C. L. Giles et al. 1992, "Learning and extracting finite state automata with second-order recurrent
    neural networks", Neural Computation 4.
F. A. Gers & J. Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and
    context-sensitive languages", IEEE Transactions on Neural Networks 12.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

import numpy as np

from evornn.checks import check_choice
from evornn.errors import ConfigurationError
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

LOSSES = ("softmax_cross_entropy", "binary_cross_entropy")


def one_hot(string: str, alphabet: str) -> np.ndarray:
    """`string` as (time, symbol): 1 at each symbol's place in `alphabet`, 0 elsewhere."""
    _check_alphabet(alphabet)
    places = [alphabet.find(symbol) for symbol in string]
    if -1 in places:
        raise ConfigurationError(
            f"the string {string!r} has the symbol {string[places.index(-1)]!r}, which is not in "
            f"the alphabet {alphabet!r}"
        )
    return np.eye(len(alphabet))[places]


def next_symbols(
    strings: Sequence[str],
    legal: Callable[[str], Collection[str]],
    inputs: str,
    outputs: str | None = None,
    *,
    loss_function: str = "softmax_cross_entropy",
) -> Sequences:
    """Sequences whose every step is judged by the symbols that may come next.

    Parameters
    ----------
    strings
        What the network hears; none empty.
    legal
        ``legal(prefix)``: the symbols of `outputs` that may follow a prefix of a string.
    inputs, outputs
        The alphabets, each symbol once, in the order of input and output units. None: `inputs`.
    loss_function
        "softmax_cross_entropy": targets are probabilities, equal for all legal symbols, of which
        each step needs one at least. "binary_cross_entropy": 1 for each legal symbol, 0 for others.
    """
    check_choice("loss_function", loss_function, LOSSES)
    _check_strings(strings, "begin each string with a start symbol")
    answers = inputs if outputs is None else outputs
    targets = [
        np.array([_legal(string[:end], legal, answers) for end in range(1, len(string) + 1)])
        for string in strings
    ]
    if loss_function == "softmax_cross_entropy":
        targets = [target / target.sum(axis=1, keepdims=True) for target in targets]
    given = [one_hot(string, inputs) for string in strings]
    return Sequences(given, targets, loss_function=loss_function)


def _legal(prefix: str, legal: Callable[[str], Collection[str]], alphabet: str) -> np.ndarray:
    """1 at the symbols of `alphabet` that may follow `prefix`, 0 elsewhere."""
    symbols = "".join(legal(prefix))
    if not symbols:
        raise ConfigurationError(f"no symbol may follow {prefix!r}: end the string before it")
    return one_hot(symbols, alphabet).max(axis=0)


def labelled(
    strings: Sequence[str], labels: Sequence[bool], alphabet: str, *, end: bool = False
) -> Sequences:
    """Sequences judged at their last step only: 1 where the label is true, 0 where it is not.

    With `end` an end symbol, the last input unit, follows each string. Empty strings need it.
    """
    if len(labels) != len(strings):
        raise ConfigurationError(
            f"there are {len(strings)} strings and {len(labels)} labels: give each string its own"
        )
    if not end:
        _check_strings(strings, "end=True gives it a step")
    given = [one_hot(string, alphabet) for string in strings]
    if end:
        given = [_ended(steps) for steps in given]
    targets = [
        np.full((len(steps), 1), float(label)) for steps, label in zip(given, labels, strict=True)
    ]
    judged = [np.arange(len(steps)) == len(steps) - 1 for steps in given]
    return Sequences(given, targets, judged, loss_function="binary_cross_entropy")


def _ended(steps: np.ndarray) -> np.ndarray:
    """One more step and one more symbol, the end symbol."""
    ended = np.zeros((len(steps) + 1, steps.shape[1] + 1))
    ended[:-1, :-1] = steps
    ended[-1, -1] = 1.0
    return ended


def predicted(sequences: Sequences, outputs: np.ndarray) -> np.ndarray:
    """Which strings (sequence,) are right at every judged step, as bool.

    `outputs` (sequence, time, output) are logits. Right are, after "softmax_cross_entropy", all
    legal symbols and no others as the most active (Hochreiter & Schmidhuber 1997), and after
    "binary_cross_entropy" a positive logit for each legal symbol or label and a negative one for
    the others. NaN is never right.
    """
    legal = sequences.targets > 0.0
    if sequences.loss_function == "binary_cross_entropy":
        right = np.where(legal, outputs > 0.0, outputs < 0.0).all(axis=2)
    else:
        least = np.where(legal, outputs, np.inf).min(axis=2)
        most = np.where(legal, -np.inf, outputs).max(axis=2)
        right = least > most
    return np.asarray((right | (sequences.judged == 0.0)).all(axis=1))


def all_predicted(sequences: Sequences, source: str) -> Solved:
    """Solved when every string is `predicted`; `source` asks for that. For binary cross-entropy.

    A logit on the wrong side costs at least log 2, so below that sum of all costs there is none.
    """
    return Solved(
        math.log(2.0) / sequences.divisor,
        f"{source}: all symbols of all strings are predicted; a single wrong one costs log 2, more "
        "than this leaves to all",
    )


def _check_alphabet(alphabet: str) -> None:
    if not alphabet or len(set(alphabet)) < len(alphabet):
        raise ConfigurationError(f"an alphabet has each of its symbols once, got {alphabet!r}")


def _check_strings(strings: Sequence[str], cure: str) -> None:
    """No string may be empty."""
    if not all(strings):
        raise ConfigurationError(f"an empty string has no steps: {cure}")
