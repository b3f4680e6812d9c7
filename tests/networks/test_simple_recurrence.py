"""Fully recurrent, Elman and Jordan networks: linear ones, followed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.networks import Elman, FullyRecurrent, Jordan

IMPULSE = np.eye(5, 1)


def test_the_units_of_a_fully_recurrent_network_are_its_outputs():
    network = FullyRecurrent(inputs=1, hidden=2, outputs=1, activation="identity")
    # A unit that hands its value on to the next, which is the one that shows.
    weights = {"W": [[0.0], [1.0]], "U": [[0.5, 1.0], [0.0, 0.0]], "b": [0.0, 0.0]}
    outputs = network.reference(weights, IMPULSE)[:, 0]
    np.testing.assert_allclose(outputs, [0.0, 1.0, 0.5, 0.25, 0.125])


def test_an_elman_network_recurs_in_its_hidden_units():
    network = Elman(inputs=1, hidden=1, outputs=1, activation="identity")
    weights = {"W": [[2.0]], "U": [[0.5]], "b": [0.0], "V": [[3.0]], "c": [1.0]}
    outputs = network.reference(weights, IMPULSE)[:, 0]
    np.testing.assert_allclose(outputs, 1.0 + 6.0 * 0.5 ** np.arange(5))


def test_an_elman_network_without_a_readout_is_a_fully_recurrent_one(plain_outputs, rng):
    elman = Elman(inputs=2, hidden=4, outputs=3, readout=False)
    fully = FullyRecurrent(inputs=2, hidden=4, outputs=3)
    assert dict(elman.weights) == dict(fully.weights)
    weights, inputs = rng.normal(size=(2, elman.weight_count)), rng.normal(size=(6, 2))
    expected = [fully.reference(w, inputs) for w in weights]
    np.testing.assert_array_equal([elman.reference(w, inputs) for w in weights], expected)
    np.testing.assert_allclose(plain_outputs(elman, weights, inputs), expected, rtol=1e-13)


@pytest.mark.parametrize("mu", [0.0, 0.5, 1.0])
def test_the_context_of_a_jordan_network_is_a_fading_trace_of_its_outputs(mu):
    network = Jordan(inputs=1, hidden=1, outputs=1, mu=mu, activation="identity")
    weights = {"W": [[1.0]], "U": [[0.5]], "b": [0.0], "V": [[1.0]], "c": [0.0]}
    outputs = network.reference(weights, IMPULSE)[:, 0]
    # y(1) = 1; from then on s(t+1) = µ s(t) + y(t) and y(t) = s(t) / 2.
    expected = [1.0, *(0.5 * (mu + 0.5) ** np.arange(4))]
    np.testing.assert_allclose(outputs, expected)


def test_jordans_outputs_recur_after_their_activation():
    network = Jordan(inputs=1, hidden=1, outputs=1, output_activation="tanh")
    weights = {"W": [[1.0]], "U": [[1.0]], "b": [0.0], "V": [[1.0]], "c": [0.0]}
    y1 = np.tanh(np.tanh(1.0))
    outputs = network.reference(weights, IMPULSE)[:2, 0]
    np.testing.assert_allclose(outputs, [y1, np.tanh(np.tanh(y1))])
