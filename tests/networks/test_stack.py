"""Stacks: layers that keep their own options, starts and ranges, and see only their own records."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

import numpy as np
import pytest

import evornn
from evornn.cli.settings import read_settings
from evornn.errors import ConfigurationError
from evornn.networks import (
    CTRNN,
    LSTM,
    REGISTRY,
    Elman,
    Network,
    RecurrentMLP,
    Stack,
)
from evornn.numerics import affine
from evornn.registry import configuration


@dataclass(frozen=True)
class Begun(Network):
    """Units whose initial state is a weight, or the first input, handed on to a decaying sum."""

    inputs: int
    hidden: int
    outputs: int
    cued: bool = False

    @property
    def weights(self):
        return {"h_0": (self.hidden,), "W": (self.outputs, self.inputs)}

    @property
    def state(self):
        return {"h": (self.hidden,)}

    @property
    def constants(self):
        return {"decay": np.array([0.5])}

    @property
    def step(self):
        return _step

    @property
    def start(self):
        return _start_from_input if self.cued else _start_from_weights

    def reference(self, weights, inputs):
        w, outputs = self.named(weights), []
        h = np.full(self.hidden, inputs[0][0]) if self.cued else w["h_0"]
        for x in inputs:
            h = 0.5 * h
            outputs.append(w["W"] @ x + h[: self.outputs])
        return np.array(outputs)


def _step(w, k, x, s, s_next, y):
    for i in range(s.h.shape[0]):
        s_next.h[i] = k.decay[0] * s.h[i]
    affine(w.W, x, s_next.h[: y.shape[0]], y)


def _start_from_weights(w, k, x, s):
    for i in range(s.h.shape[0]):
        s.h[i] = w.h_0[i]


def _start_from_input(w, k, x, s):
    for i in range(s.h.shape[0]):
        s.h[i] = x[0]


def test_layers_that_are_named_are_as_wide_as_hidden_and_only_the_last_has_a_readout():
    network = Stack(inputs=2, hidden=5, outputs=1, layers=("lstm", "gru", "jordan"))
    lstm, gru, jordan = network.networks
    assert (lstm.inputs, lstm.hidden, lstm.outputs, lstm.readout) == (2, 5, 5, False)
    assert (gru.inputs, gru.hidden, gru.outputs, gru.readout) == (5, 5, 5, False)
    assert (jordan.inputs, jordan.hidden, jordan.outputs) == (5, 5, 1)
    assert Stack(2, 5, 1, layers=("lstm", "gru")).networks[-1].readout
    wider = dataclasses.replace(network, hidden=7)
    assert [layer.hidden for layer in wider.networks] == [7, 7, 7]


def test_weights_are_those_of_the_layers_in_their_order(rng):
    lower, upper = LSTM(2, 3, 4), CTRNN(4, 3, 1, gains=True)
    network = Stack(inputs=2, hidden=3, outputs=1, layers=(lower, upper))
    weights = rng.normal(size=network.weight_count)
    inputs = rng.normal(size=(6, 2))
    split = lower.weight_count
    expected = upper.reference(weights[split:], lower.reference(weights[:split], inputs))
    np.testing.assert_array_equal(network.reference(weights, inputs), expected)
    assert network.ranges == {f"layer1_{name}": r for name, r in upper.ranges.items()}
    assert network.exponential == {"layer1_tau"}
    assert network.constants["layer1_dt"] == upper.constants["dt"]


def test_a_stack_of_one_is_the_network_itself_to_the_bit(rng):
    alone = Elman(inputs=2, hidden=3, outputs=2)
    stack = Stack(inputs=2, hidden=3, outputs=2, layers=(alone,))
    task = evornn.tasks.Sequences(rng.normal(size=(2, 9, 2)), rng.normal(size=(2, 9, 2)))
    population = rng.normal(size=(5, alone.weight_count))
    expected = evornn.Fitness(task, alone)(population)
    np.testing.assert_array_equal(evornn.Fitness(task, stack)(population), expected)


@pytest.mark.parametrize(
    "layers",
    [
        (Begun(2, 3, 3), Elman(3, 4, 2)),
        (Elman(2, 4, 3), Begun(3, 3, 2)),
        (Begun(2, 3, 3, cued=True), LSTM(3, 2, 3), Begun(3, 2, 2)),
    ],
    ids=["below", "above", "with the cue"],
)
def test_initial_states_of_layers_are_theirs(layers, plain_outputs, rng):
    network = Stack(inputs=2, hidden=3, outputs=2, layers=layers)
    weights, inputs = rng.normal(size=(3, network.weight_count)), rng.normal(size=(5, 2))
    expected = [network.reference(w, inputs) for w in weights]
    np.testing.assert_allclose(plain_outputs(network, weights, inputs), expected, rtol=1e-12)


def test_gradients_flow_into_the_initial_states_of_layers(
    rng, reference_loss, difference_quotients
):
    network = Stack(inputs=2, hidden=3, outputs=2, layers=(Begun(2, 3, 2), Begun(2, 3, 2)))
    task = evornn.tasks.Sequences(rng.normal(size=(1, 4, 2)), rng.normal(size=(1, 4, 2)))
    weights = rng.normal(size=network.weight_count)
    _, gradients = evornn.Fitness(task, network, dtype="float64").value_and_grad(weights[None])
    expected = difference_quotients(reference_loss(task, network), weights)
    assert np.all(network.named(expected)["layer0_h_0"][:2] != 0.0)
    np.testing.assert_allclose(gradients[0], expected, rtol=1e-6, atol=1e-8)


def test_a_layer_that_begins_with_its_input_must_be_the_lowest():
    with pytest.raises(ConfigurationError, match=r"layers\[1\], a Begun, .*put it at the bottom"):
        Stack(inputs=2, hidden=3, outputs=2, layers=(Elman(2, 3, 3), Begun(3, 3, 2, cued=True)))


def test_a_network_that_reads_ahead_is_no_layer():
    with pytest.raises(ConfigurationError, match=r"layers\[0\] .*Bidirectional"):
        Stack(inputs=2, hidden=3, outputs=2, layers=("bidirectional", "elman"))


def test_a_network_inside_is_configured_by_name_and_options():
    network = Stack(1, 3, 1, layers=(LSTM(1, 2, 4, peepholes=True), "gru"))
    options = json.loads(json.dumps(configuration(network)))
    assert options["layers"][1] == "gru"
    assert options["layers"][0]["name"] == "lstm"
    assert options["layers"][0]["options"]["peepholes"] is True
    rebuilt = REGISTRY.build("stack", options)
    assert rebuilt == network
    assert hash(rebuilt) == hash(network)
    outside = configuration(Stack(1, 3, 1, layers=(Begun(1, 3, 3), "gru")))["layers"][0]
    assert outside["name"].endswith("test_stack.py:Begun")
    with pytest.raises(ConfigurationError, match="pass the network itself"):
        Stack(1, 3, 1, layers=(outside, "gru"))


def test_layers_are_named_on_the_command_line():
    from evornn.cli.problems import Problems

    given = read_settings(["network.layers=lstm,gru"], {"network": Stack}, ["network"], Problems())
    network = REGISTRY.build("stack", {"inputs": 1, "hidden": 2, "outputs": 1, **given["network"]})
    assert network == Stack(1, 2, 1, layers=("lstm", "gru"))


def test_a_recurrent_mlp_without_recurrence_is_feed_forward(rng):
    network = RecurrentMLP(inputs=2, hidden=(4, 3), outputs=1)
    weights = network.named(rng.normal(size=network.weight_count))
    for level in range(3):
        weights[f"layer{level}_U"][:] = 0.0
    inputs = rng.normal(size=(6, 2))
    outputs = network.reference(weights, inputs)
    np.testing.assert_allclose(network.reference(weights, inputs[::-1]), outputs[::-1])
    w = weights
    x1 = np.tanh(inputs @ w["layer0_W"].T + w["layer0_b"])
    x2 = np.tanh(x1 @ w["layer1_W"].T + w["layer1_b"])
    np.testing.assert_allclose(outputs, x2 @ w["layer2_W"].T + w["layer2_b"])


def test_each_layer_of_a_recurrent_mlp_hears_itself_one_step_late():
    network = RecurrentMLP(inputs=1, hidden=(1, 1), outputs=1, activation="identity")
    weights = {}
    for level, own in enumerate([0.5, 0.25, 0.125]):
        weights |= {f"layer{level}_W": [[1.0]], f"layer{level}_U": [[own]], f"layer{level}_b": [0]}
    outputs = network.reference(weights, np.eye(3, 1))[:, 0]
    # The impulse response of three leaky sums in a row: 1, a + b + c, and all products of two.
    a, b, c = 0.5, 0.25, 0.125
    np.testing.assert_allclose(
        outputs, [1.0, a + b + c, a * a + b * b + c * c + a * b + a * c + b * c]
    )
