"""The wiring of a network's weights: measured on the references, weight by weight."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.networks import CTRNN, GRU, LSTM, Clockwork, Elman, FullyRecurrent
from evornn.wiring import BIAS, Link, Wiring, inputs_to_one_unit

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}
NETWORKS = [
    FullyRecurrent(**SIZES),
    FullyRecurrent(**SIZES, readout=True),
    Elman(**SIZES),
    LSTM(**SIZES, peepholes=True),
    GRU(**SIZES, reset="after", gates="state_and_bias", readout=False),
    CTRNN(**SIZES, gains=True),
]
networks = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: type(network).__name__)


def outputs_of(network, weights):
    inputs = np.array([[0.3, -0.8], [0.9, 0.4], [-0.5, 0.7], [0.2, 0.6]])
    return network.reference(weights, inputs)


@networks
def test_every_weight_has_its_place(network):
    wiring = network.weight_wiring
    places = wiring.units + wiring.inputs
    assert wiring.source.shape == wiring.target.shape == (network.weight_count,)
    assert wiring.inputs == 2
    assert wiring.units == 3 + (2 if "V" in network.weights else 0)
    assert wiring.source.min() == BIAS
    assert set(wiring.target) == set(range(wiring.units))
    assert set(wiring.source) - {BIAS} <= set(range(places))


@networks
def test_a_unit_whose_links_are_all_cut_changes_nothing(network, rng):
    wiring, unit = network.weight_wiring, 2  # no output of any of them
    weights = np.abs(rng.standard_normal(network.weight_count)) + 0.1
    cut = weights.copy()
    cut[wiring.source == unit] = 0.0
    other = cut.copy()
    other[wiring.target == unit] = 0.7
    with_unit, without, same = (outputs_of(network, each) for each in (weights, cut, other))
    np.testing.assert_array_equal(without, same)
    assert not np.array_equal(with_unit, without)


@networks
def test_an_input_whose_links_are_all_cut_is_not_heard(network, rng):
    wiring = network.weight_wiring
    weights = np.abs(rng.standard_normal(network.weight_count)) + 0.1
    weights[wiring.source == wiring.units + 1] = 0.0
    inputs = rng.standard_normal((4, 2))
    deaf = inputs.copy()
    deaf[:, 1] = 0.0
    np.testing.assert_array_equal(
        network.reference(weights, inputs), network.reference(weights, deaf)
    )


def test_the_outputs_are_those_units_that_their_biases_move(rng):
    for network in NETWORKS[:3]:
        wiring = network.weight_wiring
        base = outputs_of(network, np.zeros(network.weight_count))
        for number, unit in enumerate(wiring.outputs):
            weights = np.zeros(network.weight_count)
            weights[(wiring.source == BIAS) & (wiring.target == unit)] = 0.5
            moved = (outputs_of(network, weights) != base).any(axis=0)
            np.testing.assert_array_equal(moved, np.arange(2) == number)


def test_only_networks_that_say_so_have_a_wiring():
    assert Clockwork(**SIZES, periods=(1, 2, 4)).weight_wiring is None
    assert FullyRecurrent(**SIZES).weight_wiring.one_for_each
    assert not LSTM(**SIZES).weight_wiring.one_for_each


def test_links_are_those_that_are_not_zero():
    network = FullyRecurrent(inputs=1, hidden=2, outputs=1)
    weights = np.zeros(network.weight_count)
    named = network.named(weights)
    named["W"][1, 0], named["U"][0, 1], named["b"][0] = 0.5, -2.0, 1.0
    flat = np.concatenate([named[name].ravel() for name in network.weights])
    wiring = network.weight_wiring
    assert wiring.links(flat) == [
        Link("x0", "h1", 0.5),
        Link("h1", "h0", -2.0),
        Link("1", "h0", 1.0),
    ]
    assert wiring.hidden_units(flat) == 1
    assert wiring.hidden_units(weights) == 0


def test_a_vector_of_which_nothing_is_known_links_inputs_to_one_unit():
    wiring = inputs_to_one_unit(3)
    assert isinstance(wiring, Wiring)
    assert [link.source for link in wiring.links(np.ones(3))] == ["x0", "x1", "x2"]
    assert {link.target for link in wiring.links(np.ones(3))} == {"h0"}
