"""Learnt initial states, against networks that are brought to them by other means."""

from __future__ import annotations

import numpy as np

from evornn.networks import LSTM, FullyRecurrent, LearntStart


def test_a_state_can_be_given_by_an_input_that_comes_once(rng):
    """U h₀ acts in the first step as an input of 1 through a column U h₀ of W."""
    inner = FullyRecurrent(2, 4, 2)
    network, cued = LearntStart(2, 4, 2, network=inner), FullyRecurrent(3, 4, 2)
    weights = rng.normal(size=network.weight_count)
    named, inputs = network.named(weights), rng.normal(size=(6, 2))
    column = named["network_U"] @ named["start_h"]
    with_cue = np.hstack([inputs, np.eye(6, 1)])
    same = {
        "W": np.hstack([named["network_W"], column[:, None]]),
        "U": named["network_U"],
        "b": named["network_b"],
    }
    expected = cued.reference(same, with_cue)
    np.testing.assert_allclose(network.reference(weights, inputs), expected, rtol=1e-12)


def test_zeros_are_the_usual_start(rng):
    inner = LSTM(2, 3, 1)
    network = LearntStart(2, 3, 1, network=inner)
    own = rng.normal(size=inner.weight_count)
    weights = np.concatenate([own, np.zeros(network.weight_count - inner.weight_count)])
    inputs = rng.normal(size=(6, 2))
    expected = inner.reference(own, inputs)
    np.testing.assert_allclose(network.reference(weights, inputs), expected, rtol=1e-12)
