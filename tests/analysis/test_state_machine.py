"""Machines extracted from networks: programmed ones come back; minimal machines are minimal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from evornn.analysis import Partition, Stepper, agreement, equivalent, extract, faithful, minimal
from evornn.errors import ConfigurationError
from evornn.networks import LSTM, Elman, PushdownAutomaton, SecondOrder
from evornn.tasks.automaton import Automaton
from evornn.tasks.tomita import TOMITA

#: far enough out for a logistic unit to be 0 or 1 to the last bit of float64
SURE = 100.0


def programmed(machine: Automaton) -> tuple[SecondOrder, np.ndarray]:
    """A second-order network with one unit for each state of `machine`, in its first response unit.

    The end symbol turns on unit 0 after accepted strings (Omlin & Giles 1996).
    """
    n, symbols = machine.states, len(machine.alphabet)
    W = np.full((n, n, symbols + 1), -SURE)
    for state, row in enumerate(machine.transitions):
        for symbol, following in enumerate(row):
            W[following, state, symbol] = SURE
        W[0, state, symbols] = SURE if machine.accepting[state] else -SURE
    return SecondOrder(inputs=symbols + 1, hidden=n, outputs=1), W.ravel()


def drawn(rng, states, symbols=2):
    transitions = rng.integers(0, states, (states, symbols)).tolist()
    accepting = (rng.random(states) < 0.5).tolist()
    return Automaton("abc"[:symbols], tuple(map(tuple, transitions)), tuple(accepting))


def strings(alphabet, longest):
    for length in range(longest + 1):
        yield from map("".join, itertools.product(alphabet, repeat=length))


@pytest.mark.parametrize("grammar", TOMITA)
def test_a_programmed_machine_comes_back(grammar):
    network, weights = programmed(TOMITA[grammar])
    machine, bins = faithful(network, weights, "01")
    assert machine == minimal(TOMITA[grammar])
    assert machine.states == TOMITA[grammar].states
    assert bins == 2
    assert equivalent(extract(network, weights, "01"), TOMITA[grammar])


def test_minimal_machines_have_a_state_for_each_way_to_go_on(rng):
    """Myhill & Nerode: as many states as sets of continuations that are accepted."""
    for states in (1, 2, 3, 4, 5, 5, 6, 6):
        machine = drawn(rng, states)
        least = minimal(machine)
        words = list(strings("ab", states))
        ways = {tuple(machine.accepts(begin + end) for end in words) for begin in words}
        assert least.states == len(ways)
        assert [least.accepts(word) for word in words] == [machine.accepts(word) for word in words]
        assert minimal(least) == least


def test_renamed_states_make_no_difference_and_another_answer_does(rng):
    machine = minimal(drawn(rng, 6, symbols=3))
    order = np.concatenate([[0], 1 + rng.permutation(machine.states - 1)])
    place = np.argsort(order)
    renamed = Automaton(
        machine.alphabet,
        tuple(tuple(int(place[s]) for s in machine.transitions[old]) for old in order),
        tuple(machine.accepting[old] for old in order),
    )
    assert renamed != machine
    assert equivalent(renamed, machine)
    other = Automaton(
        machine.alphabet, machine.transitions, (not machine.accepting[0], *machine.accepting[1:])
    )
    assert not equivalent(other, machine)


def test_agreement_counts_strings():
    """Of 1 + 2 + 4 strings, 1* and "all that do not end in a 0" differ by "01" alone."""
    network, weights = programmed(TOMITA[1])
    rather = Automaton("01", ((1, 0), (1, 0)), (True, False))
    differing = [s for s in strings("01", 2) if ("0" in s) != s.endswith("0")]
    assert differing == ["01"]
    assert agreement(rather, network, weights, 2) == 6 / 7


def test_cells_are_bins_of_each_unit():
    cells = Partition(4)(np.array([[0.0, 0.24, 0.26], [0.99, 1.0, 7.0], [-1.0, np.nan, 0.5]]))
    np.testing.assert_array_equal(cells, [[0, 0, 1], [3, 3, 3], [0, -1, 2]])
    np.testing.assert_array_equal(Partition(2, -1.0, 1.0)(np.array([[-0.1, 0.1]])), [[0, 1]])


def test_finer_bins_tell_apart_what_coarse_ones_lump_together():
    """One unit that halves at each symbol, accepted as long as it is above 0.2."""
    network = SecondOrder(
        inputs=3, hidden=1, outputs=1, activation="identity", bias=True, response="readout"
    )
    weights = np.array([0.5, 0.5, 1.0, 0.0, 1.0, -0.2])
    assert extract(network, weights, "01", Partition(2)).states == 1
    assert faithful(network, weights, "01", length=4, most_bins=3) is None
    machine, bins = faithful(network, weights, "01", length=4)
    assert (machine.states, bins) == (4, 4)
    assert [machine.accepts("0" * n) for n in range(5)] == [True, True, True, False, False]


def test_too_many_cells_are_told(rng):
    network = Elman(inputs=3, hidden=4, outputs=1)
    weights = 3.0 * rng.normal(size=network.weight_count)
    with pytest.raises(ConfigurationError, match="Elman reach more than 3 cells"):
        extract(network, weights, "01", Partition(20, -1.0, 1.0), most_cells=3)
    with pytest.raises(ConfigurationError, match="has 3 inputs; 3 symbols and the end symbol need"):
        extract(network, weights, "abc")


@pytest.mark.parametrize(
    "network",
    [
        LSTM(inputs=3, hidden=2, outputs=1),
        PushdownAutomaton(inputs=3, hidden=2, outputs=2, depth=5),
    ],
    ids=lambda network: type(network).__name__,
)
def test_a_stepper_takes_the_steps_of_the_reference(network, rng):
    weights, inputs = rng.normal(size=network.weight_count), rng.normal(size=(4, 5, 3))
    stepper, outputs = Stepper(network, weights), []
    states = stepper.begin(inputs[:, 0])
    assert states.shape == (4, stepper.state_size)
    for t in range(5):
        states, y = stepper.advance(states, inputs[:, t])
        outputs.append(y)
    expected = [network.reference(weights, x) for x in inputs]
    np.testing.assert_allclose(np.stack(outputs, axis=1), expected, rtol=1e-12, atol=1e-12)
