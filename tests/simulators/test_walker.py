"""Walkers: beside an independent model with feet at absolute places, and the best there is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.simulators.walker import Walker, best_velocity
from evornn.tasks import Walker as Task

LIMIT = np.pi / 6.0


def reference(angles, outputs):
    """(x, v, angles) after each step of outputs (step, leg, 3); a foot is a point on the ground."""
    legs = len(angles)
    side = [1, 1, 1, -1, -1, -1] if legs == 6 else [1]
    along = [20.0, 0.0, -20.0] * 2 if legs == 6 else [0.0]
    x, v, angle, omega = 0.0, 0.0, list(angles), [0.0] * legs
    foot = [(along[i] + 15 * math.sin(angle[i]), side[i] * (12.5 + 15 * math.cos(angle[i])))
            for i in range(legs)]  # fmt: skip
    told = []
    for step in outputs:
        force = 0.0
        for i, (down, forward, backward) in enumerate(step):
            f = 0.05 * (forward - backward)
            if (
                down > 0.5
                and not (angle[i] < -LIMIT and f >= 0)
                and not (angle[i] > LIMIT and f <= 0)
            ):
                force += f
        v = min(max(v + 0.1 * force, -6.0), 6.0)
        x += 0.1 * v
        for i, (down, forward, backward) in enumerate(step):
            joint = x + along[i], side[i] * 12.5
            if down > 0.5:
                new = math.atan2(foot[i][0] - joint[0], abs(foot[i][1] - joint[1]))
                omega[i], angle[i] = (new - angle[i]) / 0.1, new
                continue
            omega[i] = min(max(omega[i] + 0.1 * 0.5 * 0.05 * (backward - forward), -1.0), 1.0)
            angle[i] += 0.1 * omega[i]
            if abs(angle[i]) > LIMIT:
                angle[i], omega[i] = math.copysign(LIMIT, angle[i]), 0.0
            foot[i] = (joint[0] + 15 * math.sin(angle[i]),
                       joint[1] + side[i] * 15 * math.cos(angle[i]))  # fmt: skip
        feet = [(foot[i][0] - x, foot[i][1]) for i in range(legs) if step[i][0] > 0.5]
        standing = bool(feet) if legs == 1 else surrounded(feet)
        if not standing or any(x + along[i] - foot[i][0] > 20.0 for i in range(legs)):
            v = 0.0
        told.append((x, v, *angle))
    return np.array(told)


def surrounded(feet):
    """Whether the origin is inside the polygon: no half-plane holds all the feet."""
    if len(feet) < 3:
        return False
    directions = np.sort([math.atan2(y, x) for x, y in feet])
    gaps = np.diff(np.append(directions, directions[0] + 2.0 * np.pi))
    return gaps.max() < np.pi


def slow_noise(rng, steps, shape):
    """Outputs in (0, 1) that stay as they are for 40 steps."""
    return np.repeat(rng.uniform(size=(-(-steps // 40), *shape)), 40, axis=0)[:steps]


def schedule(*durations, steps=2200):
    """Outputs (step, 3): foot down with full force for a while, then up, then down, …"""
    down = np.concatenate([np.full(n, (i + 1) % 2) for i, n in enumerate(durations)])[:steps]
    down = np.pad(down, (0, steps - len(down)), constant_values=down[-1])
    return np.stack([down, down, 1 - down], axis=1).astype(float)


@pytest.mark.parametrize("legs", [1, 6])
def test_it_moves_as_the_reference(legs, drive, rng):
    outputs = slow_noise(rng, 1000, (legs, 3, 4))
    outputs[:, :, 1] = 0.5 + 0.5 * outputs[:, :, 1]  # rather forward than backward
    angles = rng.uniform(-LIMIT, LIMIT, legs)
    moved = drive(Walker(legs), angles, outputs.reshape(1000, 3 * legs, 4))
    for lane in range(4):
        told = reference(angles, outputs[..., lane])
        np.testing.assert_allclose(moved.states["body"][1:, 0, lane], told[:, 0], atol=1e-8)
        np.testing.assert_allclose(moved.states["body"][1:, 1, lane], told[:, 1], atol=1e-9)
        np.testing.assert_allclose(moved.states["angle"][1:, :, lane], told[:, 2:], atol=1e-9)
    assert np.abs(moved.states["body"][-1, 0]).min() > 1e-3
    assert moved.goes_on.all()


def test_six_feet_stand_where_the_polygon_holds_the_centre(drive, rng):
    angles, outputs = rng.uniform(-LIMIT, LIMIT, 6), rng.uniform(size=(1, 6, 3, 500))
    outputs[:, :, 1], outputs[:, :, 2] = 1.0, 0.0
    moved = drive(Walker(6), angles, outputs.reshape(1, 18, 500))
    told = [reference(angles, outputs[..., lane])[-1, 1] for lane in range(500)]
    np.testing.assert_array_equal(moved.states["body"][1, 1] > 0.0, np.array(told) > 0.0)
    assert 0.1 < np.mean(np.array(told) > 0.0) < 0.9


def test_left_and_right_are_alike(drive, rng):
    outputs = slow_noise(rng, 300, (6, 3, 8))
    both = [drive(Walker(6), np.full(6, LIMIT), turned.reshape(300, 18, 8))
            for turned in (outputs, np.roll(outputs, 3, axis=1))]  # fmt: skip
    np.testing.assert_allclose(both[0].states["body"], both[1].states["body"], atol=1e-12)


def test_the_best_velocity_is_reached_and_not_exceeded(drive, rng):
    best = schedule(346, 92, 346, 92, 346, 92, 346, 92, 346, 21, 81)
    tried = [best]
    for _ in range(150):
        durations = [346, 92, 346, 92, 346, 92, 346, 92, 346, 21, 81]
        tried.append(schedule(*np.maximum(durations + rng.normal(0, 12, 11).astype(int), 1)))
        tried.append(schedule(*rng.integers(10, 450, 40)))
    moved = drive(Walker(), [LIMIT], np.stack(tried, axis=2))
    np.testing.assert_allclose(moved.losses[-1, 0], 0.0, atol=1e-12)
    assert moved.losses[-1].min() >= -1e-12
    assert np.median(moved.losses[-1]) > 0.05


def test_no_random_controller_of_six_legs_exceeds_the_bound(drive, rng):
    moved = drive(Walker(6, steps=600), np.full(6, LIMIT), slow_noise(rng, 600, (18, 100)))
    assert moved.losses[-1].min() > 0.0
    assert moved.losses[-1].min() < 1.0


def test_the_best_velocity_is_that_of_constant_acceleration():
    # 15 at F, 12.5 at the speed reached, and back through π/3 at F/2; the last swing is saved.
    push, swing = math.sqrt(2 * 15 / 0.05), math.sqrt(2 * (math.pi / 3) / 0.025)
    stance = push + 12.5 / (0.05 * push)
    time = 8 * stance + 7 * swing
    np.testing.assert_allclose(best_velocity(1, round(10 * time)), 8 * 27.5 / time, rtol=0.005)


def test_who_never_lifts_the_foot_makes_one_stride(drive):
    moved = drive(Walker(), [LIMIT], schedule(2200)[..., np.newaxis])
    np.testing.assert_allclose(moved.losses[-1], 0.8, atol=0.005)
    np.testing.assert_allclose(moved.states["body"][-1, 0], 27.5, atol=0.2)


def test_two_outputs_and_the_sensor(drive, rng):
    outputs = slow_noise(rng, 400, (2, 3))
    two = drive(Walker(outputs=2, sensor=True), [0.1], outputs)
    three = drive(Walker(), [0.1], outputs[:, [0, 0, 1]])
    np.testing.assert_array_equal(two.states["body"], three.states["body"])
    np.testing.assert_allclose(two.senses[:, 0], 30.0 / np.pi * two.states["angle"][:-1, 0])
    assert not three.senses.any()


def test_what_is_no_number_ends_the_trial(drive):
    outputs = np.full((3, 3, 1), 0.25)
    outputs[1:] = np.nan
    np.testing.assert_array_equal(
        drive(Walker(), [0.0], outputs).goes_on[:, 0], [True, False, False]
    )


@pytest.mark.parametrize(
    ("options", "named"),
    [({"legs": 2}, "legs"), ({"outputs": 1}, "outputs"), ({"sensor": 1}, "sensor"),
     ({"steps": 0}, "steps"), ({"test_trials": -1}, "test_trials"), ({"seed": 0.5}, "seed")],
)  # fmt: skip
def test_bad_options(options, named):
    with pytest.raises(ConfigurationError, match=named):
        Task(**options)


def test_splits():
    task = Task(legs=6, test_trials=5)
    np.testing.assert_array_equal(task.train.rows, np.full((1, 6), LIMIT))
    assert task.test.rows.shape == (5, 6)
    assert np.abs(task.test.rows).max() <= LIMIT
    assert Task(test_trials=0).test is None
    assert (task.input_size, task.output_size, task.solved) == (1, 18, None)


def test_legs_are_numbers_also_in_words():
    with pytest.raises(ConfigurationError, match=r"Walker.legs must be 1 or 6, got 2$"):
        Walker(legs=2)
