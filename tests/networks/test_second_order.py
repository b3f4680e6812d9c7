"""What is special about second-order networks: a transition matrix per symbol, a first state."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.networks import SecondOrder

#: far enough out for a logistic unit to be 0 or 1 to the last bit of float64
SURE = 100.0


def as_automaton(transitions: list[list[int]]) -> np.ndarray:
    """W (n, n, symbols) that turns on unit `transitions[j][k]` where unit j is on at symbol k."""
    n, symbols = len(transitions), len(transitions[0])
    W = np.full((n, n, symbols), -SURE)
    for j, row in enumerate(transitions):
        for k, i in enumerate(row):
            W[i, j, k] = SURE
    return W


@pytest.fixture
def parity():
    """Even is state 0; a one changes the state, a zero does not."""
    return as_automaton([[0, 1], [1, 0]])


def test_an_automaton_is_programmed_into_the_weights(plain_outputs, parity, rng):
    """Omlin & Giles 1996: one unit for each state, and the machine is followed exactly."""
    network = SecondOrder(inputs=2, hidden=2, outputs=2, response="unit")
    bits = rng.integers(0, 2, 200)
    outputs = plain_outputs(network, parity.reshape(1, -1), np.eye(2)[bits])[0]
    odd = np.cumsum(bits) % 2 == 1
    np.testing.assert_array_equal(np.argmax(outputs, axis=1), odd)
    np.testing.assert_allclose(outputs[:, 1], odd, atol=1e-12)


def test_a_logit_is_the_net_input_of_its_unit(plain_outputs, rng):
    inputs = rng.normal(size=(6, 2))
    sizes = {"inputs": 2, "hidden": 4, "outputs": 3, "bias": True}
    weights = rng.normal(size=(2, SecondOrder(**sizes).weight_count))
    units = plain_outputs(SecondOrder(**sizes, response="unit"), weights, inputs)
    logits = plain_outputs(SecondOrder(**sizes, response="logit"), weights, inputs)
    np.testing.assert_allclose(units, 1.0 / (1.0 + np.exp(-logits)), rtol=1e-12)


def test_the_first_state_is_the_first_unit(plain_outputs, rng):
    """One step from (1, 0, …, 0): the products with the first column of W alone."""
    network = SecondOrder(inputs=3, hidden=4, outputs=4)
    W, x = rng.normal(size=(4, 4, 3)), rng.normal(size=(1, 3))
    outputs = plain_outputs(network, W.reshape(1, -1), x)[0, 0]
    np.testing.assert_allclose(outputs, W[:, 0] @ x[0], rtol=1e-12)
