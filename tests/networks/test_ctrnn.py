"""CTRNN: the published dynamics, and what becomes of unusual time constants."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import CTRNN
from evornn.tasks import Sequences


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_beers_two_neurons_oscillate():
    network = CTRNN(inputs=1, hidden=2, outputs=2)
    # Beer's w11 = 4.5, w12 = 1, w21 = -1, w22 = 4.5, θ = -2.75, -1.75: a centre-crossing circuit.
    weights = {
        "tau": [1.0, 1.0],
        "theta": [-2.75, -1.75],
        "w": [[4.5, 1.0], [-1.0, 4.5]],
        "W": [[0.0], [0.0]],
    }
    late = network.reference(weights, np.zeros((3000, 1)))[1000:]
    crossings = np.diff(np.sign(late - late.mean(axis=0)), axis=0) != 0
    assert np.all(crossings.sum(axis=0) >= 6)
    assert np.all(np.ptp(late, axis=0) > 0.5)
    crossing = network.named(network.centre_crossing(weights))
    np.testing.assert_array_equal(crossing["theta"], weights["theta"])


@pytest.mark.parametrize("tau", [0.5, 2.0, 10.0])
def test_one_neuron_follows_its_input_exponentially(tau, plain_outputs):
    network = CTRNN(inputs=1, hidden=1, outputs=1, dt=0.1)
    weights = np.array([[tau, 0.3, 0.0, 2.0]])
    outputs = plain_outputs(network, weights, np.ones((40, 1)))[0, :, 0]
    y = 2.0 * (1.0 - (1.0 - 0.1 / tau) ** np.arange(1, 41))
    np.testing.assert_allclose(outputs, logistic(y + 0.3), rtol=1e-12)


@pytest.mark.parametrize("tau", [0.05, 0.0, -1.0, -1e300])
def test_time_constants_below_dt_act_as_dt(tau, plain_outputs, rng):
    network = CTRNN(inputs=1, hidden=3, outputs=3, dt=0.1)
    inputs = rng.normal(size=(200, 1))
    genome = rng.normal(scale=8.0, size=network.weight_count)
    low, at_dt = np.array([genome, genome])
    low[0:3], at_dt[0:3] = tau, 0.1
    outputs = plain_outputs(network, np.array([low, at_dt]), inputs)
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(network.reference(low, inputs), network.reference(at_dt, inputs))


def test_a_time_constant_that_is_nan_gives_nan():
    network = CTRNN(inputs=1, hidden=1, outputs=1)
    weights, inputs = np.array([np.nan, 0.0, 0.0, 0.0]), np.ones((2, 1))
    data = Sequences(inputs, np.zeros((2, 1)))
    engine = PlainEngine(network, squared_error, data, np.dtype(np.float64))
    assert np.isnan(engine.outputs(weights)).all()
    with np.errstate(invalid="ignore"):
        assert np.isnan(network.reference(weights, inputs)).all()


def test_centre_crossing_puts_every_threshold_at_the_mean_input(rng):
    network = CTRNN(inputs=1, hidden=4, outputs=1, gains=True)
    weights = rng.normal(size=network.weight_count)
    seeded = network.named(network.centre_crossing(weights))
    # At y = −θ every output is 1/2, and without input that is a fixed point.
    np.testing.assert_allclose(seeded["w"] @ np.full(4, 0.5), -seeded["theta"])
    before = network.named(weights)
    for name in ("tau", "g", "w", "W"):
        np.testing.assert_array_equal(seeded[name], before[name])


def test_the_range_of_time_constants_lies_above_dt():
    assert CTRNN(inputs=1, hidden=2, outputs=1).ranges["tau"] == (0.5, 10.0)
    assert CTRNN(inputs=1, hidden=2, outputs=1, dt=1.0).ranges["tau"] == (1.0, 20.0)
    assert "g" not in CTRNN(inputs=1, hidden=2, outputs=1).ranges
    assert CTRNN(inputs=1, hidden=2, outputs=1, gains=True).ranges["g"] == (1.0, 5.0)


def oscillator(form, integrator, dt):
    """A circuit that oscillates in either form, and its states (time, 2) by its reference."""
    network = CTRNN(inputs=1, hidden=2, outputs=2, dt=dt, form=form, integrator=integrator)
    weights = {
        "tau": [1.0, 1.0],
        "theta" if form == "beer" else "b": [-2.75, -1.75],
        "w": [[4.5, 1.0], [-1.0, 4.5]],
        "W": [[0.5], [0.0]],
    }
    steps = round(2.0 / dt)
    return network.reference(weights, np.ones((steps, 1)))


@pytest.mark.parametrize(
    ("integrator", "order"), [("euler", 1), ("exponential_euler", 1), ("runge_kutta", 4)]
)
@pytest.mark.parametrize("form", ["beer", "neat"])
def test_integrators_agree_as_dt_shrinks(form, integrator, order):
    """The error at a fixed time falls with dt to the integrator's order."""
    exact = oscillator(form, "runge_kutta", 0.001)[-1]
    errors = [np.abs(oscillator(form, integrator, dt)[-1] - exact).max() for dt in (0.2, 0.1, 0.05)]
    ratios = np.array(errors[:-1]) / errors[1:]
    np.testing.assert_allclose(np.log2(ratios), order, atol=0.35)


def test_exponential_euler_is_exact_for_a_lone_neuron(plain_outputs):
    network = CTRNN(inputs=1, hidden=1, outputs=1, dt=0.5, integrator="exponential_euler")
    weights = np.array([[2.0, 0.3, 0.0, 2.0]])
    outputs = plain_outputs(network, weights, np.ones((10, 1)))[0, :, 0]
    y = 2.0 * (1.0 - np.exp(-0.5 * np.arange(1, 11) / 2.0))
    np.testing.assert_allclose(outputs, logistic(y + 0.3), rtol=1e-12)


def test_the_two_forms_agree_without_inputs_up_to_a_change_of_variables():
    """With y of Beer's form = w o and all τ equal, o follows the form "neat"."""
    beer = CTRNN(inputs=1, hidden=2, outputs=2, dt=0.001)
    neat = CTRNN(inputs=1, hidden=2, outputs=2, dt=0.001, form="neat")
    w, theta, tau = [[4.5, 1.0], [-1.0, 4.5]], [-2.75, -1.75], [1.0, 1.0]
    no_input = {"w": w, "W": [[0.0], [0.0]], "tau": tau}
    nothing = np.zeros((4000, 1))
    fired = beer.reference(no_input | {"theta": theta}, nothing)
    states = neat.reference(no_input | {"b": theta}, nothing)
    # Both begin with y = 0, and w 0 = 0: σ of the mapped state is what the other network fires.
    mapped = logistic(states @ np.array(w).T + theta)
    np.testing.assert_allclose(mapped[1:], fired[1:], atol=2e-3)
