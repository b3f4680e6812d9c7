"""What is special about pushdown automata: the stack."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn import Fitness
from evornn.networks import PushdownAutomaton
from evornn.tasks import Sequences

#: far enough out for a logistic unit or an action to be saturated to the last bit of float64
SURE = 100.0


@pytest.fixture
def scripted():
    """A network whose action is atanh of its first input, with the stack's length as its output.

    The other two inputs are the symbol.
    """
    network = PushdownAutomaton(inputs=3, hidden=1, outputs=1, depth=4)
    weights = {name: np.zeros(shape) for name, shape in network.weights.items()}
    weights["b"][0] = SURE  # S stays 1
    weights["W_a"][0, 0] = 1.0
    weights["p"][0] = 1.0
    return network, weights


def lengths(network, weights, actions, plain_outputs):
    with np.errstate(divide="ignore"):
        drive = np.clip(np.arctanh(actions), -SURE, SURE)
    inputs = np.column_stack([drive, np.zeros((len(actions), 2))])
    flat = np.concatenate([part.ravel() for part in weights.values()])
    outputs = plain_outputs(network, flat[np.newaxis], inputs)[0, :, 0]
    return outputs, network.reference(flat, inputs)[:, 0]


def test_thickness_is_pushed_and_popped(scripted, plain_outputs):
    actions = [0.5, 0.75, -1.0, 1.0, -0.5, -0.5, -0.5]
    found, expected = lengths(*scripted, actions, plain_outputs)
    np.testing.assert_allclose(found, [0.5, 1.25, 0.25, 1.25, 0.75, 0.25, 0.0], atol=1e-12)
    np.testing.assert_allclose(expected, found, atol=1e-12)


def test_popped_cells_are_used_again(scripted, plain_outputs):
    """Four cells last for any number of pushes, as long as no more than four are waiting."""
    actions = [1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.5, 0.5, 0.5, 0.5, -1.0, -1.0]
    found, expected = lengths(*scripted, actions * 3, plain_outputs)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_what_does_not_fit_falls_out_at_the_bottom(scripted, plain_outputs):
    found, expected = lengths(*scripted, [1.0] * 6 + [-1.0] * 6, plain_outputs)
    np.testing.assert_allclose(found, [1, 2, 3, 4, 4, 4, 3, 2, 1, 0, 0, 0], atol=1e-12)
    assert expected[5] == 6.0


def parentheses(order):
    """A pushdown automaton for balanced parentheses, its weights written by hand.

    The inputs are "(", ")" and a blank. "(" is pushed and ")" pops, while the one unit is on. It
    goes out for good when ")" meets an empty stack. The output is 1/2 for a unit that is on and an
    empty stack, and below zero otherwise.
    """
    network = PushdownAutomaton(inputs=3, hidden=1, outputs=1, order=order, depth=64)
    if order == 2:  # [I; R]: either of ")" and emptiness is tolerated, both are not
        unit, action = [3.0, 2.0, 3.0, 0.0, 0.0, 0.0, -1.5], [1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    else:  # I times R
        unit, action = np.full((3, 4), 2.0), np.outer([1.0, -1.0, 0.0], np.ones(4))
        unit[1, 3] = 0.0
    first = [SURE * np.ravel(unit), [-SURE], SURE * np.ravel(action), [0.0]]
    return network, np.concatenate([*first, [1.0, -1.0, -0.5]])


@pytest.mark.parametrize("order", [2, 3])
def test_balanced_parentheses_by_hand(order, plain_outputs, rng):
    network, weights = parentheses(order)
    accepted = []
    for _ in range(20):
        symbols = rng.integers(0, 3, 60)
        depths = np.cumsum(np.choose(symbols, [1, -1, 0]))
        balanced = (np.minimum.accumulate(depths) >= 0) & (depths == 0)
        outputs = plain_outputs(network, weights[np.newaxis], np.eye(3)[symbols])[0, :, 0]
        np.testing.assert_array_equal(outputs > 0.0, balanced)
        accepted.append(balanced.sum())
    assert sum(accepted) > 20


def test_a_discrete_stack_rounds_the_actions(scripted, plain_outputs):
    network, weights = scripted
    discrete = dataclasses.replace(network, discrete=True)
    actions = [0.6, 0.4, 0.9, -0.4, -0.51]
    found, expected = lengths(discrete, weights, actions, plain_outputs)
    np.testing.assert_array_equal(found, [1, 1, 2, 2, 1])
    np.testing.assert_array_equal(expected, found)


def test_a_deeper_stack_computes_the_same(rng):
    """No weight belongs to a cell: a trained network may be given more of them."""
    shallow = PushdownAutomaton(inputs=2, hidden=3, outputs=1, depth=6)
    deep = dataclasses.replace(shallow, depth=40)
    task = Sequences(rng.normal(size=(3, 6, 2)), rng.normal(size=(3, 6, 1)))
    population = rng.normal(size=(5, shallow.weight_count))
    first, second = (Fitness(task, network, dtype="float64") for network in (shallow, deep))
    np.testing.assert_allclose(first(population), second(population), rtol=1e-12)
