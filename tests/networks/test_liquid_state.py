"""Liquid state machine: single neurons and synapses by their formulas, the column as drawn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.networks import LiquidState
from evornn.networks import liquid as column
from evornn.networks.liquid import Liquid, draw_liquid, positions
from evornn.networks.liquid_state import BACKGROUND, RESET, TAU_READOUT, THRESHOLD

NETWORK = LiquidState(inputs=1, hidden=135, outputs=1)


@pytest.fixture
def given_liquid(monkeypatch):
    """Makes every liquid the one that the test gives."""

    def give(liquid):
        monkeypatch.setattr("evornn.networks.liquid_state.draw_liquid", lambda *_: liquid)

    return give


def chain(A, U, D, F, *, inhibitory=0, W_in=60.0, voltage=BACKGROUND):
    """Two neurons: every input makes the first one fire once, and it reaches the second."""
    return Liquid(
        inhibitory=np.array([inhibitory, 0]),
        W_in=np.array([[W_in], [0.0]]),
        voltage=np.array([voltage, BACKGROUND]),
        begin=np.array([0, 0, 1]),
        middle=np.array([0, 0 if inhibitory else 1]),
        source=np.array([0]),
        A=np.array([A]),
        U=np.array([U]),
        D=np.array([D]),
        F=np.array([F]),
    )


def states(network, inputs, name):
    """A part of the state after each step, (time, …), by plain steps."""
    from evornn.fitness.layout import Records, layout_for, split_constants
    from evornn.numerics.plain import LaneArray
    from evornn.numerics.records import plain_record, size_of

    records, flat = Records.of(network), layout_for(network, np.dtype(np.float64))
    shapes = [v.shape for group in split_constants(network) for v in group.values()]
    k = plain_record(records.constants, flat.floats, flat.integers, shapes)

    def record(cls, *groups):
        counts = [size_of(group) for group in groups]
        arrays = [LaneArray(np.zeros((count, 1))) for count in counts]
        sizes = [shape for group in groups for shape in group.values()]
        return plain_record(cls, arrays[0], arrays[-1], sizes)

    w = plain_record(records.weights, LaneArray(np.zeros((network.weight_count, 1))), None,
                     list(network.weights.values()))  # fmt: skip
    s = record(records.state, network.state)
    network.start(w, k, None, s)
    found = []
    for u in inputs:
        s_next = record(records.following, network.state, network.scratch)
        y = LaneArray(np.zeros((network.outputs, 1)))
        network.step(w, k, LaneArray(u[:, None]), s, s_next, y)
        s = records.state(*(getattr(s_next, field) for field in network.state))
        found.append(getattr(s, name).storage[:, 0].copy())
    return np.array(found)


def impulses(steps, *times):
    return np.isin(np.arange(steps), times).astype(float)[:, None]


def test_a_postsynaptic_potential_is_the_difference_of_two_exponentials(given_liquid):
    given_liquid(chain(A=1.0, U=0.5, D=1100.0, F=50.0))
    v = states(LiquidState(1, 2, 1), impulses(60, 0), "v")[:, 1]
    t = np.arange(59)  # ms after the spike has arrived, one step late
    potential = 3.0 / 27.0 * 0.5 * (np.exp(-(t + 1.0) / 30.0) - np.exp(-(t + 1.0) / 3.0))
    np.testing.assert_allclose(v[1:] - BACKGROUND, potential, rtol=1e-10)


def test_an_inhibitory_one_is_slower_and_negative(given_liquid):
    given_liquid(chain(A=-1.0, U=0.5, D=700.0, F=20.0, inhibitory=1, W_in=20.0, voltage=14.9))
    v = states(LiquidState(1, 2, 1), impulses(60, 0), "v")[:, 1]
    t = np.arange(59)
    potential = 6.0 / 24.0 * 0.5 * (np.exp(-(t + 1.0) / 30.0) - np.exp(-(t + 1.0) / 6.0))
    np.testing.assert_allclose(v[1:] - BACKGROUND, -potential, rtol=1e-10)


@pytest.mark.parametrize(
    ("U", "D", "F", "times"),
    [(0.5, 1100.0, 50.0, (0, 20, 40, 60, 500)), (0.05, 125.0, 1200.0, (0, 15, 30, 45, 60, 75))],
    ids=["depressing", "facilitating"],
)
def test_amplitudes_follow_markram_wang_and_tsodyks(given_liquid, U, D, F, times):
    given_liquid(chain(A=1e-6, U=U, D=D, F=F))
    network = LiquidState(1, 2, 1)
    current = states(network, impulses(times[-1] + 2, *times), "excitatory")[:, 1]
    u, R, expected = U, 1.0, [U]
    for gap in np.diff(times):
        R = 1.0 + (R - u * R - 1.0) * np.exp(-gap / D)
        u = U + u * (1.0 - U) * np.exp(-gap / F)
        expected.append(u * R)
    before = np.concatenate([[0.0], current[:-1]])
    jumps = 1e6 * (current * np.exp(1.0 / 3.0) - before)
    np.testing.assert_allclose(jumps[np.array(times) + 1], expected, rtol=1e-6)
    assert expected[1] < expected[0] if D > F else expected[1] > expected[0]


def test_static_synapses_have_the_amplitude_of_the_first_spike(given_liquid):
    given_liquid(chain(A=1e-6, U=0.5, D=1100.0, F=50.0))
    network = LiquidState(1, 2, 1, dynamic_synapses=False)
    current = states(network, impulses(60, 0, 20, 40), "excitatory")[:, 1]
    before = np.concatenate([[0.0], current[:-1]])
    jumps = 1e6 * (current * np.exp(1.0 / 3.0) - before)
    np.testing.assert_allclose(jumps[[1, 21, 41]], 0.5, rtol=1e-6)


@pytest.mark.parametrize(("inhibitory", "refractory"), [(0, 3), (1, 2)])
def test_a_neuron_driven_hard_fires_as_often_as_its_refractory_time_allows(
    given_liquid, inhibitory, refractory
):
    given_liquid(chain(A=0.0, U=0.5, D=1.0, F=1.0, inhibitory=inhibitory, W_in=1000.0))
    spikes = LiquidState(1, 2, 1).spikes(np.ones((40, 1)))[:, 0]
    np.testing.assert_array_equal(np.diff(np.flatnonzero(spikes)), refractory + 1)


def test_without_input_a_column_at_rest_is_silent(given_liquid):
    quiet = draw_liquid(1, 135, 2.0, 0)._replace(voltage=np.full(135, BACKGROUND))
    given_liquid(quiet)
    assert NETWORK.spikes(np.zeros((200, 1))).sum() == 0.0
    assert RESET <= BACKGROUND < THRESHOLD


def test_traces_are_filtered_spikes():
    u = (np.random.default_rng(0).random((150, 1)) < 0.05).astype(float)
    spikes, traces = NETWORK.spikes(u), NETWORK.features(u)[:, 1:]
    kernel = np.exp(-np.arange(150) / TAU_READOUT)
    expected = [np.convolve(z, kernel)[:150] for z in spikes.T]
    np.testing.assert_allclose(traces.T, expected, atol=1e-12)
    assert spikes.sum() > 20


def test_the_column_is_drawn_as_published():
    drawn = [draw_liquid(40, 135, 2.0, seed) for seed in range(20)]
    assert {int(col.inhibitory.sum()) for col in drawn} == {27}
    np.testing.assert_array_equal(positions(135).max(axis=0), [2, 2, 14])
    source = np.concatenate([col.inhibitory[col.source] for col in drawn])
    target = np.concatenate([np.repeat(col.inhibitory, np.diff(col.begin)) for col in drawn])
    numbers = {name: np.concatenate([getattr(col, name) for col in drawn]) for name in "AUDF"}
    for kind in np.ndindex(2, 2):
        chosen = (source == kind[0]) & (target == kind[1])
        for name, published in [("A", column.A), ("U", column.U), ("D", column.D), ("F", column.F)]:
            spread = (1.0 if name == "A" else 0.5) / np.sqrt(chosen.sum())
            mean = numbers[name][chosen].mean() / published[kind]
            # Redrawing what is negative moves the mean up by some per cent.
            assert abs(mean - 1.0) < 4.0 * spread + 0.03
    assert np.all(numbers["U"] <= 1.0)
    assert np.all(numbers["D"] > 0.0)
    reached = np.mean([col.W_in > 0.0 for col in drawn])
    assert reached == pytest.approx(0.3, abs=0.01)


def test_connections_fall_off_with_distance():
    drawn = [draw_liquid(1, 135, 2.0, seed) for seed in range(40)]
    points = positions(135)
    near = np.linalg.norm(points[:, None] - points, axis=2)
    excitatory = np.zeros(5)
    possible = np.zeros(5)
    for col in drawn:
        kind = np.ix_(col.inhibitory == 0, col.inhibitory == 0)
        linked = np.zeros((135, 135))
        linked[np.repeat(np.arange(135), np.diff(col.begin)), col.source] = 1.0
        assert not np.diag(linked).any()
        for d in range(1, 5):
            at = near[kind] == d
            excitatory[d] += linked[kind][at].sum()
            possible[d] += at.sum()
    expected = 0.3 * np.exp(-((np.arange(1, 5) / 2.0) ** 2))
    np.testing.assert_allclose(excitatory[1:] / possible[1:], expected, atol=0.012)


def test_excitatory_synapses_come_first():
    col = draw_liquid(1, 135, 4.0, 3)
    for i in range(135):
        sources = col.inhibitory[col.source[col.begin[i] : col.begin[i + 1]]]
        boundary = col.middle[i] - col.begin[i]
        assert not sources[:boundary].any()
        assert sources[boundary:].all()
    assert np.all((col.A < 0.0) == (col.inhibitory[col.source] == 1))


def test_the_seed_alone_decides():
    draw_liquid.cache_clear()
    again = dataclasses.replace(NETWORK)
    np.testing.assert_array_equal(again.liquid.A, NETWORK.liquid.A)
    assert not np.array_equal(LiquidState(1, 135, 1, seed=1).liquid.W_in, NETWORK.liquid.W_in)


def test_smaller_steps_change_little():
    """The subthreshold solution is exact, so only the times of spikes move."""
    coarse, fine = NETWORK, dataclasses.replace(NETWORK, dt=0.5)
    u = impulses(100, 10, 40, 70)
    rate = coarse.spikes(u).sum()
    finer = fine.spikes(impulses(200, 20, 80, 140)).sum()
    assert finer == pytest.approx(rate, rel=0.3)
