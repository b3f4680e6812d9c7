"""Scenes of all simulators: as many frames as states, and nothing moves out of sight."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.fields import fields_of
from evornn.fitness.plain_episode import PlainBody
from evornn.numerics.plain import LaneArray
from evornn.scene import path
from evornn.simulators.pursuit import Pursuit
from evornn.tasks import REGISTRY, Walker
from evornn.tasks.episodes import has_body

BODIES = [name for name, cls in REGISTRY.items() if has_body(cls)]
STEPS = 12


def moved(data, seed=0):
    """The numbers of the first trial, and states (frame, *shape) of a body moved at random."""
    simulator, rng = data.simulator, np.random.default_rng(seed)
    body, noise = PlainBody(simulator, np.dtype("float64")), np.zeros(simulator.noise)
    states = [body.begin(data.rows[0], 1)]
    for _ in range(STEPS):
        given = rng.uniform(*simulator.motor_range, (simulator.motors, 1))
        states.append(body.move(LaneArray(given), noise, states[-1], 1))
    flat = [np.concatenate([field.storage.ravel() for field in state]) for state in states]
    trial = fields_of(data.rows[0], simulator.trial)
    return trial, fields_of(np.array(flat), simulator.state)


@pytest.mark.parametrize("name", BODIES)
def test_all_that_moves_stays_in_sight(name):
    data = REGISTRY.build(name).train
    scene = data.simulator.scene(*moved(data))
    assert scene.frames == STEPS + 1
    assert {len(shape.points) for shape in scene.shapes} <= {1, STEPS + 1}
    for frame in range(STEPS + 1):
        left, right, bottom, top = scene.window(frame)
        for shape in scene.shapes:
            if shape.role == "body":
                x, y = shape.at(frame).T
                assert ((left <= x) & (x <= right) & (bottom <= y) & (y <= top)).all()


@pytest.mark.parametrize("name", BODIES)
def test_a_single_state_has_a_scene_too(name):
    data = REGISTRY.build(name).train
    trial, bodies = moved(data)
    whole = data.simulator.scene(trial, bodies)
    last = data.simulator.scene(trial, {field: value[-1:] for field, value in bodies.items()})
    one = next(shape for shape in last.shapes if shape.role == "body")
    same = next(shape for shape in whole.shapes if shape.role == "body")
    np.testing.assert_array_equal(one.at(0), same.at(STEPS))


def test_robots_face_where_they_go():
    data = REGISTRY.build("phototaxis").train
    trial, bodies = moved(data)
    scene = data.simulator.scene(trial, bodies)
    body = next(shape for shape in scene.shapes if shape.role == "body")
    heading = scene.shapes[-1].points
    np.testing.assert_array_equal(heading[:, 0], body.points[:, 0])
    np.testing.assert_allclose(np.hypot(*(heading[:, 1] - heading[:, 0]).T), body.radius)
    np.testing.assert_array_equal(body.points[:, 0], bodies["place"][:, 0, :2])
    np.testing.assert_array_equal(path(body.points[:, 0]).points, body.points)


@pytest.mark.parametrize("name", ["aggregation", "turn_taking"])
def test_robots_of_a_team_are_told_from_one_another(name):
    data = REGISTRY.build(name).train
    shapes = data.simulator.scene(*moved(data)).shapes
    bodies = [shape for shape in shapes if shape.role == "body"]
    paths = [shape for shape in shapes if shape.role == "path"]
    assert [one.number for one in bodies] == list(range(data.simulator.robots))
    for body, way in zip(bodies, paths, strict=True):
        assert body.number == way.number
        np.testing.assert_array_equal(body.points, way.points)


def test_predators_are_red_and_prey_is_blue():
    place = np.array([[[0.2, 0.2, 1.0, 0.0], [0.6, 0.6, 1.0, 0.0]]])
    shapes = Pursuit().scene({}, {"place": place}).shapes
    assert [shape.number for shape in shapes if shape.role == "body"] == [1, 0]


def test_eaten_food_is_not_drawn():
    data = REGISTRY.build("foraging").train
    trial, bodies = moved(data)
    bodies = {**bodies, "left": bodies["left"].copy()}
    bodies["left"][5:, 2] = 0.0
    (food,) = (s for s in data.simulator.scene(trial, bodies).shapes if s.role == "goal")
    gone = np.isnan(food.points).any(axis=2)
    assert gone[5:, 2].all()
    assert gone.sum() == STEPS + 1 - 5


def test_six_legs_hold_to_their_joints():
    data = Walker(legs=6).train
    trial, bodies = moved(data)
    legs = [s.points for s in data.simulator.scene(trial, bodies).shapes if s.role == "limb"]
    assert len(legs) == 6
    for leg, points in enumerate(legs):
        joint = points[:, 0] - np.stack([bodies["body"][:, 0], np.zeros(STEPS + 1)], axis=1)
        np.testing.assert_allclose(joint, np.broadcast_to(joint[0], joint.shape), atol=1e-12)
        assert np.sign(joint[0, 1]) == (1 if leg < 3 else -1)
        np.testing.assert_allclose(points[:, 1, 0] - points[:, 0, 0], bodies["ahead"][:, leg])
