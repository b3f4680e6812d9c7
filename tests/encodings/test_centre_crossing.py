"""Biases counted from the centre."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.encodings import Bounded, CentreCrossing, Direct
from evornn.errors import ConfigurationError
from evornn.networks import CTRNN, LSTM

NETWORK = CTRNN(inputs=2, hidden=3, outputs=1, gains=True)


@pytest.mark.parametrize("form", ["beer", "neat"])
def test_without_a_share_every_network_is_centre_crossing(form, rng):
    network = CTRNN(inputs=2, hidden=3, outputs=1, gains=True, form=form)
    bound = CentreCrossing(share=0.0).bind(network)
    for weights in bound.decode(rng.normal(size=(4, bound.genes))):
        np.testing.assert_array_equal(weights, network.centre_crossing(weights))


def test_the_share_of_the_bias_is_added_to_the_centre(rng):
    bound, plain = CentreCrossing(share=0.25).bind(NETWORK), Bounded().bind(NETWORK)
    genomes = rng.normal(size=(5, bound.genes))
    for weights, before in zip(bound.decode(genomes), plain.decode(genomes), strict=True):
        found, own = NETWORK.named(weights), NETWORK.named(before)
        expected = -own["w"].sum(axis=1) / 2.0 + 0.25 * own["theta"]
        np.testing.assert_allclose(found["theta"], expected, rtol=1e-15)
        for name in ("tau", "g", "w", "W"):
            np.testing.assert_array_equal(found[name], own[name])


@pytest.mark.parametrize("given", ["direct", Direct(), {"name": "direct", "options": {}}])
def test_what_gives_the_parameters_can_be_named(given):
    assert CentreCrossing(given) == CentreCrossing(Direct())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CentreCrossing("boundd"), "did you mean 'bounded'"),
        (lambda: CentreCrossing(3), "must be an encoding or the name of one, got 3"),
        (lambda: CentreCrossing("own.py:Mine"), "pass the encoding itself"),
        (lambda: CentreCrossing(share=-1.0), "centre_crossing.share"),
        (lambda: CentreCrossing().bind(LSTM(1, 2, 1)), "for CTRNN networks.* got LSTM"),
    ],
)
def test_mistakes_are_named(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()
