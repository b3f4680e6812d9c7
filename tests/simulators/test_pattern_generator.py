"""The distance from the nearest sine, beside a search over phases, and shapes that are known."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.simulators.pattern_generator import PatternGenerator
from evornn.tasks import Oscillation

PERIOD = 100
T = np.arange(500 + 10 * PERIOD)


def lost(drive, outputs):
    """Losses (lane,) of outputs (step, lane), 500 steps of which are a transient."""
    driven = drive(PatternGenerator(500), [0.1 * PERIOD], outputs[:, np.newaxis])
    assert driven.goes_on.all()
    return driven.losses[-1]


def sine(period, phase=0.0):
    return 0.5 + 0.4 * np.sin(2 * np.pi * T / period + phase)


def test_it_is_the_squared_distance_from_the_nearest_sine(drive, rng):
    outputs = rng.uniform(size=(len(T), 1)) + 0.3 * sine(PERIOD, 1.0)[:, np.newaxis]
    phases = np.linspace(0, 2 * np.pi, 4001)
    wanted = sine(PERIOD, phases[:, np.newaxis])[:, 500:]
    nearest = ((outputs[500:, 0] - wanted) ** 2).mean(axis=1).min()
    np.testing.assert_allclose(lost(drive, outputs), nearest / 0.08, rtol=1e-6)


def test_shapes_that_are_known(drive):
    swing = np.sin(2 * np.pi * (T + 0.5) / PERIOD)
    shapes = {
        "sine": (sine(PERIOD, 2.0), 0.0),
        "still": (np.full(len(T), 0.5), 1.0),
        "another period": (sine(PERIOD / 2), 2.0),
        "square": (0.5 + 0.4 * np.sign(swing), 3 - 8 / np.pi),
        "triangular": (0.5 + 0.8 / np.pi * np.arcsin(swing), 1 + 2 / 3 - 16 / np.pi**2),
    }
    found = lost(drive, np.stack([shape for shape, _ in shapes.values()], axis=1))
    np.testing.assert_allclose(found, [worth for _, worth in shapes.values()], atol=2e-3)
    solved = Oscillation().solved.loss
    assert found[4] < solved < found[3]
    assert lost(drive, sine(PERIOD * 1.05)[:, np.newaxis])[0] > solved


def test_the_transient_does_not_count(drive, rng):
    outputs = sine(PERIOD, 0.3)[:, np.newaxis].copy()
    outputs[:500] = rng.normal(size=(500, 1))
    outputs[7] = np.inf
    np.testing.assert_allclose(lost(drive, outputs), 0.0, atol=1e-12)


@pytest.mark.parametrize("shown", [len(T), 400])
def test_its_scene_shows_the_output_on_the_nearest_sine(drive, shown):
    wanted = sine(PERIOD, 1.3)
    outputs = wanted.copy()
    outputs[:250] = np.nan
    driven = drive(PatternGenerator(500), [0.1 * PERIOD], outputs[:, np.newaxis, np.newaxis])
    bodies = {name: field[: shown + 1, :, 0] for name, field in driven.states.items()}
    scene = PatternGenerator(500).scene({"period": np.array([0.1 * PERIOD])}, bodies)
    (nearest,) = (shape for shape in scene.shapes if shape.role == "goal")
    (bead,) = (shape for shape in scene.shapes if shape.role == "body")
    np.testing.assert_allclose(nearest.points[0, 1:, 1], wanted[:shown], atol=1e-9)
    np.testing.assert_allclose(bead.points[251:, 0, 1], wanted[250:shown])
    assert bead.points[100, 0, 1] == 0.5  # not a number


def test_a_pulse_starts_it(drive):
    driven = drive(PatternGenerator(0), [10.0], np.full((4, 1, 1), 0.5))
    np.testing.assert_array_equal(driven.senses[:, 0, 0], [1.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("options", "named"),
    [({"period": 0.33}, "multiple of the time step"), ({"period": 0.3}, "4 of it"),
     ({"period": 0.0}, "period"), ({"periods": 0}, "periods"), ({"transient": -1}, "transient"),
     ({"time_step": -0.1}, "time_step")],
)  # fmt: skip
def test_bad_options(options, named):
    with pytest.raises(ConfigurationError, match=named):
        Oscillation(**options)


def test_splits_last_whole_periods():
    task = Oscillation(period=7.0, periods=3, test_periods=4, transient=2)
    assert (task.train.steps, task.test.steps, task.simulator.transient) == (350, 420, 140)
