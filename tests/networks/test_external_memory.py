"""What is special about networks with a memory: machines by hand, allocation, empty cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import DNC, NTM
from evornn.networks.dnc import _allocate, _allocation
from evornn.networks.external_memory import reference_content_weighting
from evornn.numerics.plain import LaneArray
from evornn.tasks import Sequences
from evornn.tasks.copying import Copy

#: saturates a gate or a softmax to the last bits
SURE = 50.0
#: what a cell that holds 1 shows, when its output gate is open
SHOWN = np.tanh(1.0)


def hand_written_controller(weights, cells, latch):
    """Cells that show their inputs, `cells` (cell, input); the cell `latch` keeps what it heard."""
    n = len(cells)
    i, f, o, g = (slice(gate * n, (gate + 1) * n) for gate in range(4))
    weights["b"][i] = weights["b"][o] = SURE
    weights["b"][f] = -SURE
    weights["b"][f][latch] = SURE
    weights["W"][g] = SURE * np.asarray(cells)


def zeros(network):
    return {name: np.zeros(shape) for name, shape in network.weights.items()}


def answers(network, weights, inputs, plain_outputs):
    flat = np.concatenate([part.ravel() for part in weights.values()])
    found = plain_outputs(network, flat[np.newaxis], inputs)[0]
    np.testing.assert_allclose(network.reference(flat, inputs), found, rtol=1e-9, atol=1e-9)
    return found > 0.0


def copying_turing_machine(bits, locations, read_after_write):
    """Its writing head goes on by one location a step; the reading head waits for the delimiter."""
    network = NTM(
        inputs=bits + 1,
        hidden=bits + 1,
        outputs=bits,
        locations=locations,
        width=bits,
        read_after_write=read_after_write,
    )
    w = zeros(network)
    hand_written_controller(w, np.eye(bits + 1), latch=bits)
    add, gates, shift = 2 * bits, 4 * bits, 4 * bits + 6
    w["W_p"][add : add + bits, :bits] = SURE * np.eye(bits)
    w["b_p"][add + bits : gates] = -SURE  # nothing is erased
    w["b_p"][gates : gates + 2] = -SURE  # no head looks for contents
    w["b_p"][gates + 4 : gates + 6] = -SURE  # γ = 1
    w["b_p"][shift : shift + 6] = [-9 * SURE, SURE, -SURE, -SURE, -SURE, SURE]
    w["W_p"][shift + 1, bits], w["W_p"][shift + 2, bits] = -2 * SURE / SHOWN, 2 * SURE / SHOWN
    w["w_0"][0, -2] = w["w_0"][1, -1] = SURE
    w["V_r"] = 2.0 * np.eye(bits)
    w["c"][:] = -1.0
    return network, w


@pytest.mark.parametrize("read_after_write", [False, True])
@pytest.mark.parametrize("length", [1, 4, 7])
def test_a_turing_machine_written_by_hand_copies(length, read_after_write, plain_outputs, rng):
    network, weights = copying_turing_machine(3, 7, read_after_write)
    inputs, targets, judged = Copy(bits=3).sequence(rng, length)
    found = answers(network, weights, inputs, plain_outputs)
    np.testing.assert_array_equal(found[judged], targets[judged] > 0.5)


def computer_that_follows_links(bits, locations):
    """It writes into free locations, finds the first one by its mark, and goes on from there."""
    width, delimiter, latch = bits + 1, bits + 1, bits + 2
    network = DNC(inputs=bits + 2, hidden=bits + 3, outputs=bits, locations=locations, width=width)
    w = zeros(network)
    cells = np.eye(bits + 3, bits + 2)
    cells[latch, delimiter] = 1.0
    hand_written_controller(w, cells, latch)
    v, erase, gates = 2 * width, 3 * width, 4 * width
    w["b_p"][bits] = 1.0  # the key: the mark
    w["W_p"][v : v + width, :width] = np.eye(width) / SHOWN
    w["b_p"][erase:gates] = -SURE
    free, allocate, write, strength, modes = gates + np.array([0, 1, 2, 3, 5])
    w["b_p"][free], w["b_p"][allocate], w["b_p"][strength] = -SURE, SURE, SURE
    w["b_p"][write], w["W_p"][write, latch] = SURE, -2 * SURE / SHOWN
    w["b_p"][modes : modes + 3] = [-9 * SURE, -SURE, SURE]
    w["W_p"][modes + 1, delimiter] = 2 * SURE / SHOWN
    w["W_p"][modes + 2, delimiter] = -2 * SURE / SHOWN
    w["V_r"][:, :bits] = 2.0 * np.eye(bits)
    w["c"][:] = -1.0
    return network, w


@pytest.mark.parametrize("length", [1, 4, 7])
def test_a_computer_written_by_hand_follows_its_links(length, plain_outputs, rng):
    network, weights = computer_that_follows_links(3, 8)
    heard, targets, judged = Copy(bits=3).sequence(rng, length)
    inputs = np.insert(heard, 3, 0.0, axis=1)
    inputs = np.vstack([np.eye(5)[3], inputs])  # the mark comes first
    found = answers(network, weights, inputs, plain_outputs)[1:]
    np.testing.assert_array_equal(found[judged], targets[judged] > 0.5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=9))
def test_allocation_needs_no_sorting(usage):
    u, a = LaneArray(np.array(usage)[:, np.newaxis]), LaneArray(np.empty((len(usage), 1)))
    _allocate(u, a)
    np.testing.assert_allclose(a.storage[:, 0], _allocation(np.array(usage)), atol=1e-15)


def test_allocation_takes_the_least_used_location():
    np.testing.assert_allclose(_allocation(np.array([0.5, 0.1, 1.0])), [0.05, 0.9, 0.0])


def test_content_is_found_by_its_direction():
    M = np.array([[2.0, 0.0], [0.0, 0.1], [-1.0, -1.0]])
    weighting = reference_content_weighting(M, np.array([[0.0, 5.0]]), np.array([100.0]))
    np.testing.assert_allclose(weighting, [[0.0, 1.0, 0.0]], atol=1e-6)


@pytest.mark.parametrize("sharpness", [0.0, 30.0, 1000.0])
def test_gradients_are_finite_where_weightings_are_empty(sharpness, rng):
    """A head at one location, which float32 has at exactly 1 and the others at 0, moved and
    sharpened over a memory that is all but empty."""
    network, weights = copying_turing_machine(3, 7, read_after_write=False)
    gates = 4 * 3
    weights["b_p"][gates + 4 : gates + 6] = sharpness
    weights["w_0"] *= 10.0
    inputs, targets, judged = Copy(bits=3).sequence(rng, 4)
    flat = np.concatenate([part.ravel() for part in weights.values()])
    data = Sequences(inputs, targets, judged)
    engine = PlainEngine(network, squared_error, data, np.dtype(np.float32))
    sums, gradients = engine.sums_and_gradients(flat[np.newaxis], 1.0)
    assert np.isfinite(sums).all()
    assert np.isfinite(gradients).all()
    assert (gradients != 0.0).any()
