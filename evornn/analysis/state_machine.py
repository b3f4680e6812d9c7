"""Finite-state machines extracted from recurrent networks (Giles et al. 1992, Omlin & Giles 1996).

The space of states is cut into cells, every unit into the same number of bins (`Partition`). From
the initial state on, breadth first, every symbol is tried in every cell that was reached, always
from the first state that was seen there. Cells become states of a machine, and a cell accepts where
the network does after an end symbol. The machine is then minimised (Moore 1956).

Too few bins lump states together that the network tells apart; more bins cost more cells. So
`faithful` takes the fewest with which the machine answers as the network does. It may generalise
better than the network, whose states drift as strings get longer.

References
----------
E. F. Moore 1956, "Gedanken-experiments on sequential machines".
C. L. Giles et al. 1992, "Learning and extracting finite state automata with second-order recurrent
    neural networks", Neural Computation 4.
C. W. Omlin & C. L. Giles 1996, "Extraction of rules from discrete-time recurrent neural networks",
    Neural Networks 9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.analysis.stepper import Stepper
from evornn.errors import ConfigurationError
from evornn.networks.network import Network
from evornn.tasks.automaton import Automaton

#: cells (state, index) of states (state, unit)
Quantiser = Callable[[np.ndarray], np.ndarray]

#: a machine with more states is no explanation
MOST_CELLS = 2000


@dataclass(frozen=True)
class Partition:
    """Every unit's range from `low` to `high` in `bins` equal parts; logistic units: 0 to 1."""

    bins: int = 2
    low: float = 0.0
    high: float = 1.0

    def __call__(self, states: np.ndarray) -> np.ndarray:
        share = (states - self.low) / (self.high - self.low)
        cells = np.clip(np.floor(share * self.bins), 0, self.bins - 1)
        return np.nan_to_num(cells, nan=-1.0).astype(np.int64)


def extract(
    network: Network,
    weights: Any,
    alphabet: str,
    quantise: Quantiser | None = None,
    *,
    most_cells: int = MOST_CELLS,
) -> Automaton:
    """The machine of the cells that strings over `alphabet` lead to, in the order they are found.

    Parameters
    ----------
    network, weights
        Inputs are one-hot, the symbols of the alphabet and then an end symbol; a string is accepted
        where the first output is above zero after the end symbol (as in `tasks.symbols.labelled`).
    quantise
        The cells of states; None: `Partition()`.
    most_cells
        How many cells may be found.

    Raises
    ------
    ConfigurationError
        For a network without an input for each symbol and the end; for more cells than that.
    """
    machine = _explore(_stepper(network, weights, alphabet), alphabet, quantise, most_cells)
    if machine is None:
        raise ConfigurationError(
            f"the states of {type(network).__name__} reach more than {most_cells} cells: take "
            "fewer bins, or raise most_cells"
        )
    return machine


def faithful(
    network: Network,
    weights: Any,
    alphabet: str,
    *,
    length: int = 10,
    most_bins: int = 10,
    low: float = 0.0,
    high: float = 1.0,
) -> tuple[Automaton, int] | None:
    """The minimal machine of the fewest bins that answers as the network, and these bins.

    They must agree on all strings of up to `length` symbols. None where no partition of `low` to
    `high` into 2 to `most_bins` bins gives such a machine.
    """
    stepper = _stepper(network, weights, alphabet)
    answers = _network_answers(stepper, length)
    for bins in range(2, most_bins + 1):
        found = _explore(stepper, alphabet, Partition(bins, low, high), MOST_CELLS)
        if found is None:
            return None  # finer partitions have more cells still
        machine = minimal(found)
        if np.array_equal(_machine_answers(machine, length), answers):
            return machine, bins
    return None


def agreement(machine: Automaton, network: Network, weights: Any, length: int) -> float:
    """Share of all strings of up to `length` symbols that machine and network answer alike."""
    answers = _network_answers(_stepper(network, weights, machine.alphabet), length)
    return float(np.mean(_machine_answers(machine, length) == answers))


def minimal(machine: Automaton) -> Automaton:
    """The machine of fewest states with the same language, its states in breadth-first order.

    Languages are the same exactly where these machines are equal.
    """
    transitions = np.array(machine.transitions)
    classes, count = np.unique(machine.accepting, return_inverse=True)[1], 0
    while classes.max() + 1 > count:
        count = classes.max() + 1
        signatures = np.column_stack([classes, classes[transitions]])
        classes = np.unique(signatures, axis=0, return_inverse=True)[1].ravel()
    return _in_order(machine, transitions, classes)


def equivalent(first: Automaton, second: Automaton) -> bool:
    """Whether both accept the same strings: whether their minimal machines are isomorphic."""
    return minimal(first) == minimal(second)


def _in_order(machine: Automaton, transitions: np.ndarray, classes: np.ndarray) -> Automaton:
    """The machine whose states are the `classes` that can be reached, breadth first."""
    place, members = {int(classes[0]): 0}, [0]
    rows = []
    for state in members:  # grows as classes are found
        row = []
        for following in transitions[state]:
            kind = int(classes[following])
            if kind not in place:
                place[kind] = len(members)
                members.append(int(following))
            row.append(place[kind])
        rows.append(tuple(row))
    accepting = tuple(bool(machine.accepting[state]) for state in members)
    return Automaton(machine.alphabet, tuple(rows), accepting)


def _explore(
    stepper: Stepper, alphabet: str, quantise: Quantiser | None, most_cells: int
) -> Automaton | None:
    """The machine of the cells, or None if they are more than `most_cells`."""
    quantise = quantise or Partition()
    states = frontier = _first(stepper)
    places = {tuple(quantise(frontier)[0]): 0}
    rows: list[int] = []
    while len(frontier):
        reached, found = _after_each_symbol(stepper, frontier), []
        for state, cell in zip(reached, map(tuple, quantise(reached)), strict=True):
            if cell not in places:
                places[cell] = len(places)
                found.append(state)
            rows.append(places[cell])
        if len(places) > most_cells:
            return None
        frontier = np.array(found).reshape(-1, states.shape[1])
        states = np.concatenate([states, frontier])
    transitions = tuple(map(tuple, np.reshape(rows, (-1, len(alphabet))).tolist()))
    return Automaton(alphabet, transitions, tuple(_accepts(stepper, states).tolist()))


def _network_answers(stepper: Stepper, length: int) -> np.ndarray:
    """Whether each string of up to `length` symbols is accepted, shorter ones first."""
    states = _first(stepper)
    answers = [_accepts(stepper, states)]
    for _ in range(length):
        states = _after_each_symbol(stepper, states)
        answers.append(_accepts(stepper, states))
    return np.concatenate(answers)


def _machine_answers(machine: Automaton, length: int) -> np.ndarray:
    """The same of a machine, in the same order."""
    accepting, transitions = np.array(machine.accepting), np.array(machine.transitions)
    ends = [np.array([0])]
    for _ in range(length):
        ends.append(transitions[ends[-1]].ravel())
    return accepting[np.concatenate(ends)]


def _stepper(network: Network, weights: Any, alphabet: str) -> Stepper:
    if network.inputs != len(alphabet) + 1:
        raise ConfigurationError(
            f"{type(network).__name__} has {network.inputs} inputs; {len(alphabet)} symbols and "
            f"the end symbol need {len(alphabet) + 1}"
        )
    return Stepper(network, weights)


def _symbols(stepper: Stepper) -> np.ndarray:
    """One-hot inputs, the end symbol last."""
    return np.eye(stepper.network.inputs)


def _first(stepper: Stepper) -> np.ndarray:
    """The initial state, as (1, state)."""
    # An initial state that depended on the first symbol would be none of a machine.
    return stepper.begin(_symbols(stepper)[-1:])


def _after_each_symbol(stepper: Stepper, states: np.ndarray) -> np.ndarray:
    """States after each symbol but the end: the first state's successors, then the second's, …"""
    symbols = _symbols(stepper)[:-1]
    before = np.repeat(states, len(symbols), axis=0)
    return stepper.advance(before, np.tile(symbols, (len(states), 1)))[0]


def _accepts(stepper: Stepper, states: np.ndarray) -> np.ndarray:
    """Whether the network accepts what led to each state, bool (state,)."""
    end = np.repeat(_symbols(stepper)[-1:], len(states), axis=0)
    return stepper.advance(states, end)[1][:, 0] > 0.0
