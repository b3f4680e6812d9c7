"""LSTM and GRU: what their gates do when they are wide open or shut."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.networks import GRU, LSTM

OPEN, SHUT = 40.0, -40.0


def zeros(network):
    return {name: np.zeros(shape) for name, shape in network.weights.items()}


def test_a_shut_input_gate_and_an_open_forget_gate_keep_the_cell():
    network = LSTM(inputs=1, hidden=1, outputs=1)
    weights = zeros(network)
    # The first input opens the input gate, later ones (0) leave it shut.
    weights["W"][:, 0] = [OPEN - SHUT, 0.0, 1.0, 0.0]
    weights["b"][:] = [SHUT, OPEN, 0.0, OPEN]
    weights["V"][:] = 1.0
    outputs = network.reference(weights, np.eye(50, 1))
    np.testing.assert_allclose(outputs, np.tanh(np.tanh(1.0)), rtol=1e-12)


def test_the_forget_bias_is_added_to_the_bias_of_the_forget_gate(rng):
    biased = LSTM(inputs=2, hidden=3, outputs=1, forget_bias=1.5)
    bare = LSTM(inputs=2, hidden=3, outputs=1)
    weights = bare.named(rng.normal(size=bare.weight_count))
    inputs = rng.normal(size=(8, 2))
    expected = biased.reference(weights, inputs)
    weights["b"][3:6] += 1.5
    np.testing.assert_allclose(bare.reference(weights, inputs), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("peephole", "cell_seen"),
    [("input gate", 0), ("forget gate", 1), ("output gate", 2)],
)
def test_peepholes_see_the_cell(peephole, cell_seen):
    """c = σ(0)c' + σ(0)·1 by hand for two steps, one peephole of weight 1 at a time."""
    network = LSTM(inputs=1, hidden=1, outputs=1, peepholes=True)
    weights = zeros(network)
    weights["p"][cell_seen] = 1.0
    weights["b"][2] = OPEN
    weights["V"][:] = 1.0

    def sigma(x):
        return 1.0 / (1.0 + np.exp(-x))

    p_i, p_f, p_o = weights["p"]
    c1 = 0.5
    c2 = sigma(p_f * c1) * c1 + sigma(p_i * c1)
    expected = [sigma(p_o * c) * np.tanh(c) for c in (c1, c2)]
    outputs = network.reference(weights, np.zeros((2, 1)))[:, 0]
    np.testing.assert_allclose(outputs, expected, rtol=1e-12)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_an_open_update_gate_keeps_the_old_state(reset):
    network = GRU(inputs=1, hidden=1, outputs=1, reset=reset)
    weights = zeros(network)
    # The first input shuts z, so the state becomes the candidate; later ones leave z open.
    weights["W"][:, 0] = [0.0, SHUT - OPEN, 1.0]
    weights["b"][:] = [0.0, OPEN, 0.0]
    weights["V"][:] = 1.0
    outputs = network.reference(weights, np.eye(50, 1))
    np.testing.assert_allclose(outputs, np.tanh(1.0), rtol=1e-12)


def test_the_reset_gate_scales_the_second_bias_only_after_the_weights():
    network = GRU(inputs=1, hidden=1, outputs=1, reset="after")
    weights = zeros(network)
    weights["b_hn"][:], weights["V"][:] = 0.8, 1.0
    first = network.reference(weights, np.zeros((1, 1)))[0, 0]
    # r = z = 1/2 and h' = 0.
    assert first == pytest.approx(0.5 * np.tanh(0.5 * 0.8), rel=1e-12)


def test_the_two_reset_conventions_agree_for_one_unit_without_the_second_bias(rng):
    before = GRU(inputs=1, hidden=1, outputs=1)
    after = GRU(inputs=1, hidden=1, outputs=1, reset="after")
    weights = before.named(rng.normal(size=before.weight_count))
    inputs = rng.normal(size=(12, 1))
    np.testing.assert_allclose(
        after.reference({**weights, "b_hn": np.zeros(1)}, inputs),
        before.reference(weights, inputs),
        rtol=1e-12,
    )


def rows_of(part, gate, hidden):
    return part[gate * hidden : (gate + 1) * hidden]


def without_forget_gate(parts, hidden):
    """The blocks i, g, o of weights with blocks i, f, g, o."""
    rest = np.r_[0:hidden, 2 * hidden : 4 * hidden]
    fewer = {name: parts[name][rest] for name in ("W", "U", "b")}
    return {**parts, **fewer, "p": np.delete(parts["p"], slice(hidden, 2 * hidden))}


@pytest.mark.parametrize("readout", [True, False])
def test_without_forget_gate_nothing_is_forgotten(readout, rng):
    """Hochreiter & Schmidhuber 1997 is a forget gate that stays open."""
    options = {"inputs": 2, "hidden": 3, "outputs": 2, "peepholes": True, "readout": readout}
    gated, first = LSTM(**options), LSTM(**options, forget="none")
    parts = gated.named(rng.normal(size=gated.weight_count))
    for name in ("W", "U"):
        rows_of(parts[name], 1, 3)[:] = 0.0
    rows_of(parts["p"], 1, 3)[:], rows_of(parts["b"], 1, 3)[:] = 0.0, OPEN
    inputs = rng.normal(size=(8, 2))
    np.testing.assert_allclose(
        first.reference(without_forget_gate(parts, 3), inputs),
        gated.reference(parts, inputs),
        rtol=1e-12,
    )


def test_a_coupled_gate_forgets_as_much_as_enters(rng):
    """f = 1 − i = 1 − σ(a) = σ(−a): a forget gate with the input gate's weights turned round."""
    options = {"inputs": 2, "hidden": 3, "outputs": 2, "peepholes": True}
    gated, coupled = LSTM(**options), LSTM(**options, forget="coupled", forget_bias=1.5)
    parts = gated.named(rng.normal(size=gated.weight_count))
    for name in ("W", "U", "b", "p"):
        rows_of(parts[name], 1, 3)[:] = -rows_of(parts[name], 0, 3)
    inputs = rng.normal(size=(8, 2))
    expected = gated.reference(parts, inputs)
    rows_of(parts["b"], 0, 3)[:] += 1.5  # what the forget bias takes off again
    outputs = coupled.reference(without_forget_gate(parts, 3), inputs)
    np.testing.assert_allclose(outputs, expected, rtol=1e-12)


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize(
    ("gates", "seen"), [("state_and_bias", "Ub"), ("state", "U"), ("bias", "b")]
)
def test_simplified_gates_are_full_gates_with_weights_of_zero(gates, seen, reset, rng):
    options = {"inputs": 2, "hidden": 3, "outputs": 2, "reset": reset}
    full, simplified = GRU(**options), GRU(**options, gates=gates)
    parts = full.named(rng.normal(size=full.weight_count))
    left_out = [name for name in ("W", "U", "b") if name not in seen]
    for name in left_out:
        parts[name][:6] = 0.0
    inputs = rng.normal(size=(8, 2))
    expected = full.reference(parts, inputs)
    fewer = parts | {name: parts[name][6:] for name in left_out}
    np.testing.assert_allclose(simplified.reference(fewer, inputs), expected, rtol=1e-12)


def test_minimal_gated_unit_resets_and_updates_by_one_gate(rng):
    """r = f and z = 1 − f: an update gate with the reset gate's weights turned round."""
    full, minimal = (GRU(inputs=2, hidden=3, outputs=2, minimal=only) for only in (False, True))
    parts = full.named(rng.normal(size=full.weight_count))
    for name in ("W", "U", "b"):
        rows_of(parts[name], 1, 3)[:] = -rows_of(parts[name], 0, 3)
    inputs = rng.normal(size=(8, 2))
    expected = full.reference(parts, inputs)
    fewer = parts | {name: np.delete(parts[name], slice(3, 6), axis=0) for name in ("W", "U", "b")}
    np.testing.assert_allclose(minimal.reference(fewer, inputs), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "of_gates"),
    [
        ({}, 2 * 3 * (2 + 3 + 1)),
        ({"minimal": True}, 3 * (2 + 3 + 1)),
        ({"gates": "state_and_bias"}, 2 * 3 * (3 + 1)),
        ({"gates": "state", "minimal": True}, 3 * 3),
        ({"gates": "bias"}, 2 * 3),
    ],
)
def test_a_simplified_gate_saves_its_weights(options, of_gates):
    """By hand for 3 units and 2 inputs; the candidate has 3 (2 + 3 + 1)."""
    network = GRU(inputs=2, hidden=3, outputs=3, readout=False, **options)
    assert network.weight_count == 3 * (2 + 3 + 1) + of_gates
