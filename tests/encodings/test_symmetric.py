"""Mirrored inputs give mirrored outputs."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.encodings import Symmetric
from evornn.errors import ConfigurationError
from evornn.networks import CTRNN, ESN, GRU, LSTM, Elman, FullyRecurrent


def mirrored(values, groups=None):
    """Columns in reversed order, group by group."""
    ends = np.cumsum(groups or (values.shape[1],))[:-1]
    return np.hstack([part[:, ::-1] for part in np.split(values, ends, axis=1)])


@pytest.mark.parametrize(
    "network",
    [
        FullyRecurrent(3, 5, 2),
        FullyRecurrent(3, 4, 2, readout=True),
        Elman(3, 5, 2),
        LSTM(3, 4, 2, peepholes=True),
        GRU(3, 5, 2, readout=False),
        CTRNN(3, 6, 2, gains=True),
    ],
    ids=lambda network: type(network).__name__,
)
def test_the_mirror_image_of_the_inputs_gives_that_of_the_outputs(network, rng):
    bound = Symmetric().bind(network)
    weights = np.abs(bound.decode(rng.normal(size=(1, bound.genes)))[0]) + 0.1
    inputs = rng.normal(size=(7, 3))
    outputs = network.reference(weights, inputs)
    of_image = network.reference(weights, mirrored(inputs))
    np.testing.assert_allclose(of_image, mirrored(outputs), rtol=1e-12)
    assert not np.allclose(of_image, outputs)
    assert network.weight_count / 2 <= bound.genes < 0.65 * network.weight_count


def test_groups_are_mirrored_each_in_itself(rng):
    network = FullyRecurrent(5, 8, 2)
    bound = Symmetric(inputs=(3, 2), units=(2, 4)).bind(network)
    weights = bound.decode(rng.normal(size=(1, bound.genes)))[0]
    inputs = rng.normal(size=(7, 5))
    outputs = network.reference(weights, inputs)
    of_image = network.reference(weights, mirrored(inputs, (3, 2)))
    np.testing.assert_allclose(of_image, mirrored(outputs), rtol=1e-12)
    assert not np.allclose(network.reference(weights, mirrored(inputs)), mirrored(outputs))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": (2, 2)}, "symmetric.inputs groups 4 of them, but the network has 3"),
        ({"units": (5,)}, "symmetric.units .* has 4"),
        ({"outputs": (0, 2)}, "symmetric.outputs .* 0"),
        ({"units": 4}, "sizes of the groups, got 4"),
    ],
)
def test_wrong_groups_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        Symmetric(**options).bind(FullyRecurrent(3, 6, 2))


def test_a_network_that_does_not_say_is_named():
    with pytest.raises(ConfigurationError, match="ESN does not say"):
        Symmetric().bind(ESN(1, 4, 1))
