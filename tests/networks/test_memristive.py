"""Memristive networks: the limits of Caravelli's equation, and the circuits they are drawn on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.networks import Memristive
from evornn.networks.circuit import draw_circuit, projector

FORMS = pytest.mark.parametrize("form", ["xi", "chi"])
#: one memristor in a loop with its source, which is the input
SINGLE = Memristive(inputs=1, hidden=1, outputs=1, dt=0.001, beta=0.2, alpha=0.0)
WIRE = {"W_in": np.array([[1.0]]), "b": np.zeros(1)}
#: a network whose sources are the inputs
MANY = Memristive(inputs=12, hidden=12, outputs=1, dt=0.01, seed=5)
WIRES = {"W_in": np.eye(12), "b": np.zeros(12)}


def memories_and_currents(network, inputs, weights=WIRES):
    phi = network.features(inputs, weights)
    return phi[:, 1 : 1 + network.hidden], phi[:, 1 + network.hidden :]


@pytest.mark.parametrize("edges", [1, 2, 3, 10, 31])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_projector_is_symmetric_idempotent_and_of_the_rank_of_the_loops(edges, seed):
    A = draw_circuit(edges, seed)
    Omega = projector(A)
    np.testing.assert_allclose(Omega, Omega.T, atol=1e-14)
    np.testing.assert_allclose(Omega @ Omega, Omega, atol=1e-14)
    assert np.linalg.matrix_rank(Omega) == len(A) == edges - edges // 2
    assert set(np.unique(A)) <= {-1.0, 0.0, 1.0}


@pytest.mark.parametrize("edges", [2, 3, 10, 31])
def test_loop_currents_obey_kirchhoffs_law_at_some_connected_graph(edges):
    """What the loops leave free are the potentials of 1 + edges // 2 nodes, up to a constant."""
    A = draw_circuit(edges, 7)
    tree = edges // 2
    # The tree's edges are independent: no combination of loops runs along them alone.
    assert np.linalg.matrix_rank(A[:, tree:]) == len(A)
    np.testing.assert_array_equal(np.abs(A[:, tree:]), np.eye(len(A)))


@FORMS
def test_a_current_makes_a_conductor_and_rest_an_insulator(form):
    network = dataclasses.replace(SINGLE, form=form, alpha=0.0)
    on, off = (0.0, 1.0) if form == "xi" else (1.0, 0.0)
    w, i = memories_and_currents(network, np.ones((4000, 1)), WIRE)
    assert w[-1] == on
    assert i[-1] > i[0] > 0.0
    resting = dataclasses.replace(network, alpha=10.0)
    w, i = memories_and_currents(resting, np.zeros((4000, 1)), WIRE)
    assert abs(w[-1, 0] - off) < 1e-12
    np.testing.assert_array_equal(i, 0.0)


@FORMS
@pytest.mark.parametrize("frequency", [0.5, 2.0])
def test_the_loop_of_current_and_voltage_is_pinched_at_the_origin(form, frequency):
    network = dataclasses.replace(SINGLE, form=form, beta=2.0)
    t = np.arange(8000) * network.dt
    V = np.sin(2.0 * np.pi * frequency * t)[:, None]
    _, i = memories_and_currents(network, V, WIRE)
    # Through the origin: the current is the voltage times a conductance between its two ends.
    conductance = i[np.abs(V) > 1e-9] / V[np.abs(V) > 1e-9]
    ends = (1.0 / 11.0, 1.0) if form == "xi" else (1.0, 11.0)
    assert ends[0] <= conductance.min() < conductance.max() <= ends[1]
    assert np.abs(i[np.abs(V) < 1e-9]).max(initial=0.0) < 1e-7
    # And open elsewhere: rising and falling voltage find different currents.
    period = round(1.0 / (frequency * network.dt))
    half = slice(-period, -(period // 2) + 1)  # from one zero of the voltage to the next
    _, resistor = memories_and_currents(dataclasses.replace(network, xi=0.0), V, WIRE)
    assert abs(np.trapezoid(i[half, 0], V[half, 0])) > 1e-3
    assert abs(np.trapezoid(resistor[half, 0], V[half, 0])) < 1e-6


def test_the_loop_closes_as_the_frequency_rises():
    areas = []
    for frequency in (0.5, 2.0, 8.0, 32.0):
        network = dataclasses.replace(SINGLE, beta=2.0, dt=1.0 / (frequency * 1000))
        phase = 2.0 * np.pi * np.arange(500) / 1000.0
        V = np.sin(phase)[:, None]
        _, i = memories_and_currents(network, V, WIRE)
        areas.append(abs(np.trapezoid(i[:, 0], V[:, 0])))
    assert np.all(np.diff(areas) < 0.0)
    # Fast loops shrink in proportion to the charge of half a period.
    assert areas[2] / areas[3] == pytest.approx(4.0, rel=0.1)


def test_a_single_memristor_follows_its_closed_solution():
    """Without decay w + ξ w²/2 falls by the flux ∫V dt over β: dw (1 + ξ w) = −V dt/β."""
    network = dataclasses.replace(SINGLE, dt=1e-4, memory=0.9, beta=2.0)
    t = (1.0 + np.arange(10_000)) * network.dt
    V = 1.0 + np.sin(2.0 * np.pi * t)
    w, _ = memories_and_currents(network, V[:, None], WIRE)
    flux = t + (1.0 - np.cos(2.0 * np.pi * t)) / (2.0 * np.pi)
    charge = 0.9 + 0.5 * 10.0 * 0.9**2 - flux / 2.0
    exact = (np.sqrt(1.0 + 2.0 * 10.0 * charge) - 1.0) / 10.0
    np.testing.assert_allclose(w[:, 0], exact, atol=2e-4)


@FORMS
def test_without_contrast_the_memories_are_linear_in_the_sources(form):
    """ξ → 0: i = Ω S, and dw/dt = ±(α w − Ω S/β) has a closed solution, memristors apart."""
    network = dataclasses.replace(MANY, form=form, xi=0.0, alpha=0.3, beta=40.0, dt=1e-3)
    S = np.random.default_rng(2).normal(size=12)
    w, i = memories_and_currents(network, np.tile(S, (1500, 1)))
    current = projector(network.loops) @ S
    np.testing.assert_allclose(i, np.tile(current, (1500, 1)), atol=1e-12)
    rate, end = (0.3 if form == "xi" else -0.3), current / 40.0 / 0.3
    exact = end + (0.5 - end) * np.exp(rate * 1.5)
    assert np.all((exact > 0.0) & (exact < 1.0))
    np.testing.assert_allclose(w[-1], exact, atol=2e-4)


@FORMS
def test_memories_stay_between_0_and_1(form):
    network = dataclasses.replace(MANY, form=form, dt=1.0, xi=99.0, beta=0.5)
    w, _ = memories_and_currents(network, 10.0 * np.random.default_rng(3).normal(size=(300, 12)))
    assert w.min() == 0.0
    assert w.max() == 1.0


def test_the_chi_form_relaxes_to_the_fixed_point_of_its_sources():
    """α β w = i(w), from whatever memories it begins with: it forgets them."""
    S = np.random.default_rng(4).uniform(-0.3, 0.3, 12)
    ends = []
    for memory in (0.0, 0.5, 1.0):
        network = dataclasses.replace(MANY, form="chi", dt=0.1, memory=memory, xi=3.0)
        w, i = memories_and_currents(network, np.tile(S, (4000, 1)))
        ends.append(w[-1])
        inside = w[-1] > 0.0
        np.testing.assert_allclose(0.1 * 10.0 * w[-1][inside], i[-1][inside], atol=1e-10)
        assert inside.sum() >= 3
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-10)
    np.testing.assert_allclose(ends[0], ends[2], atol=1e-10)


def test_the_xi_form_leaves_its_fixed_point_for_0_or_1():
    for memory, end in ((0.3, 0.0), (0.7, 1.0)):
        network = dataclasses.replace(SINGLE, alpha=1.0, beta=1.0, memory=memory, dt=0.01)
        # α β w (1 + ξ w) = S at w = 0.5.
        w, _ = memories_and_currents(network, np.full((3000, 1), 3.0), WIRE)
        assert w[-1, 0] == end


@FORMS
@pytest.mark.parametrize("size", [1, 2, 9, 24])
def test_elimination_is_the_solution_of_the_published_equation(form, size, plain_outputs):
    network = Memristive(inputs=2, hidden=size, outputs=3, form=form, xi=200.0, beta=3.0, seed=size)
    rng = np.random.default_rng(size)
    inputs = 3.0 * rng.normal(size=(15, 2))
    weights = rng.normal(size=(2, network.weight_count))
    expected = [network.reference(w, inputs) for w in weights]
    found = plain_outputs(network, weights, inputs)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


def test_a_reservoir_has_a_readout_only():
    network = dataclasses.replace(MANY, reservoir=True)
    assert list(network.weights) == ["W_out"]
    assert network.fixed_features
    assert list(MANY.weights) == ["W_out", "W_in", "b"]
    assert not MANY.fixed_features
    drawn = network.constants
    assert np.abs(drawn["W_in"]).max() <= 1.0
    twice = dataclasses.replace(network, input_scaling=2.0).constants
    np.testing.assert_allclose(twice["W_in"], 2.0 * drawn["W_in"])
    np.testing.assert_array_equal(twice["b"], drawn["b"])
