"""Robots on two wheels: the equations again in NumPy, mirror images, and nothing is entered."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness.episode_engine import EpisodeEngine, Trace
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import CTRNN
from evornn.numerics.plain import numbers
from evornn.simulators.arena import Arena
from evornn.simulators.avoider import Avoider
from evornn.tasks.episodes import Episodes

FLOAT = np.dtype("float64")
RADIUS, AXLE, STEP = 0.0275, 0.053, 0.1
SITS = np.radians([68, 43, 13, -13, -43, -68, -158, 158])
LOOKS = np.radians([90, 45, 10, -10, -45, -90, 180, 180])
MIRROR = [5, 4, 3, 2, 1, 0, 7, 6]
#: a box with a slanting wall inside it, narrow corners, and two discs
CROWDED = Arena(
    (*Arena.box(0.5, 0.4).walls, (0.0, 0.1, 0.15, 0.0), (0.3, 0.25, 0.42, 0.4)),
    ((0.25, 0.12, 0.03), (0.1, 0.3, 0.02)),
)
STARTS = np.array([[[0.2, 0.22, 0.7]], [[0.4, 0.1, 3.0]], [[0.06, 0.2, -1.5]]])


def driven(sim: Avoider, start: np.ndarray, commands: np.ndarray) -> list:
    """The states that `commands` (step, motor) lead to, in plain Python."""
    body = PlainBody(sim, FLOAT)
    b = body.begin(start.ravel(), 1)
    noise = np.zeros(sim.noise)
    states = [b]
    for a in commands:
        b = body.move(numbers(a[:, np.newaxis].copy()), noise, b, 1)
        states.append(b)
    return states


def places(states: list) -> np.ndarray:
    """x, y and θ of the first robot, (state, 3)."""
    rows = np.array([b.place.storage[0, :, 0] for b in states])
    return np.column_stack([rows[:, :2], np.arctan2(rows[:, 3], rows[:, 2])])


def seen(arena: Arena, x: float, y: float, theta: float) -> np.ndarray:
    """The proximity sensors: each ray against each wall by a linear system, each disc by roots."""
    activations = []
    for sits, looks in zip(SITS, LOOKS, strict=True):
        o = np.array([x, y]) + RADIUS * np.array([np.cos(theta + sits), np.sin(theta + sits)])
        d = np.array([np.cos(theta + looks), np.sin(theta + looks)])
        found = [0.05]
        for x0, y0, x1, y1 in arena.walls:
            edge = np.array([x1 - x0, y1 - y0])
            t, u = np.linalg.solve(np.column_stack([d, -edge]), np.array([x0, y0]) - o)
            if t >= 0 and 0 <= u <= 1:
                found.append(t)
        for ox, oy, radius in arena.obstacles:
            q = o - np.array([ox, oy])
            roots = np.roots([1.0, 2.0 * q @ d, q @ q - radius**2])
            found += [t.real for t in roots if abs(t.imag) < 1e-12 and t.real >= 0]
        activations.append(1.0 - min(found) / 0.05)
    return np.array(activations)


def rolled(arena: Arena, place: np.ndarray, wheels: np.ndarray) -> np.ndarray:
    """One step about the instantaneous centre of rotation, and out of what is in the way."""
    x, y, theta = place
    left, right = 0.08 * np.clip(wheels, -1.0, 1.0)
    turn = STEP * (right - left) / AXLE
    if left == right:
        p = np.array([x + STEP * left * np.cos(theta), y + STEP * left * np.sin(theta)])
    else:
        r = AXLE / 2.0 * (left + right) / (right - left)
        centre = np.array([x - r * np.sin(theta), y + r * np.cos(theta)])
        p = centre + r * np.array([np.sin(theta + turn), -np.cos(theta + turn)])
    things = [(np.array(w[:2]), np.array(w[2:]), 0.0) for w in arena.walls]
    things += [(np.array(o[:2]), np.array(o[:2]), o[2]) for o in arena.obstacles]
    for thing in things:
        nearest, reach = closest(p, *thing)
        gap = np.linalg.norm(p - nearest)
        if gap < reach:
            p = p + (reach - gap) * (p - nearest) / gap
    stuck = any(
        np.linalg.norm(p - closest(p, *thing)[0]) < closest(p, *thing)[1] * (1.0 - 4e-10)
        for thing in things
    )
    return np.array([x, y, theta + turn]) if stuck else np.array([*p, theta + turn])


def closest(p: np.ndarray, a: np.ndarray, b: np.ndarray, radius: float):
    length = (b - a) @ (b - a)
    share = np.clip((p - a) @ (b - a) / length, 0.0, 1.0) if length else 0.0
    return a + share * (b - a), RADIUS + radius


@pytest.fixture(scope="module")
def engine() -> EpisodeEngine:
    sim = Avoider(CROWDED, rest=0.5)
    return EpisodeEngine(CTRNN(8, 3, 2), Episodes(sim, {"start": STARTS}, 400), FLOAT, 1)


@pytest.fixture(scope="module")
def traces(engine: EpisodeEngine) -> list[Trace]:
    rng = np.random.default_rng(1)
    weights = rng.normal(0.0, 3.0, (9, engine.network.weight_count))
    return [engine.trace(w, q) for q, w in enumerate(weights[:3])]


def test_each_step_is_that_of_the_equations(traces: list[Trace]) -> None:
    bumped = 0
    for trace in traces:
        bodies = trace.bodies
        theta = np.arctan2(bodies[:, 3], bodies[:, 2])
        for t, a in enumerate(trace.outputs):
            before = np.array([*bodies[t, :2], theta[t]])
            after = rolled(CROWDED, before, 2.0 * a - 1.0)
            bumped += CROWDED.distance(*after[:2]) < RADIUS + 1e-9
            heading = np.array([np.cos(after[2]), np.sin(after[2])])
            np.testing.assert_allclose(bodies[t + 1, :4], [*after[:2], *heading], atol=1e-12)
            expected = seen(CROWDED, *bodies[t + 1, :2], theta[t + 1])
            np.testing.assert_allclose(bodies[t + 1, 4:12], expected, atol=1e-9)
        assert len(trace.outputs) == 400
    assert bumped > 100  # walls were touched, and left again
    assert bumped < 1100


def test_the_loss_is_that_of_floreano_and_mondada(traces: list[Trace]) -> None:
    for trace in traces:
        wheels = 2.0 * trace.outputs - 1.0
        v = np.abs(wheels).mean(axis=1)
        dv = np.abs(wheels[:, 0] - wheels[:, 1]) / 2.0
        i = trace.bodies[1:, 4:12].max(axis=1)
        assert trace.loss == pytest.approx(1.0 - np.mean(v * (1 - np.sqrt(dv)) * (1 - i)))


def test_a_network_reads_its_sensors_and_no_robot_is_ever_inside(engine: EpisodeEngine) -> None:
    rng = np.random.default_rng(2)
    for weights in rng.normal(0.0, 6.0, (8, engine.network.weight_count)):
        for trial in range(3):
            trace = engine.trace(weights, trial)
            np.testing.assert_array_equal(trace.senses, trace.bodies[:-1, 4:12])
            for x, y in trace.bodies[:, :2]:
                assert CROWDED.distance(x, y) >= RADIUS * (1.0 - 1e-9)
                assert 0.0 < x < 0.5
                assert 0.0 < y < 0.4


def test_the_mirror_image_of_a_robot_does_the_mirrored() -> None:
    rng = np.random.default_rng(3)
    commands = np.repeat(rng.uniform(-0.4, 1.2, (20, 2)), 10, axis=0)
    mirrored = Arena(
        tuple((x0, -y0, x1, -y1) for x0, y0, x1, y1 in CROWDED.walls),
        tuple((x, -y, r) for x, y, r in CROWDED.obstacles),
    )
    here = driven(Avoider(CROWDED), STARTS[0], commands)
    there = driven(Avoider(mirrored), STARTS[0] * [1.0, -1.0, -1.0], commands[:, ::-1])
    np.testing.assert_allclose(places(there), places(here) * [1.0, -1.0, -1.0], atol=1e-9)
    for b, c in zip(here, there, strict=True):
        np.testing.assert_allclose(c.near.storage[0], b.near.storage[0, MIRROR], atol=1e-7)


def test_wheels_that_turn_evenly_drive_a_circle() -> None:
    # r = B/2 · (l + r)/(r − l) = 79.5 mm; the exact arc closes whatever the step.
    turn = STEP * 0.08 * 0.5 / AXLE
    steps = 60
    path = places(driven(Avoider(), np.zeros((1, 3)), np.tile([0.5, 1.0], (steps, 1))))
    r = AXLE / 2.0 * 1.5 / 0.5
    angle = turn * np.arange(steps + 1)
    np.testing.assert_allclose(path[:, 0], r * np.sin(angle), atol=1e-14)
    np.testing.assert_allclose(path[:, 1], r * (1.0 - np.cos(angle)), atol=1e-14)


def test_a_robot_pressed_against_a_wall_slides_along_it() -> None:
    wall = Arena(((-1.0, 0.0, 1.0, 0.0),))
    start = np.array([[0.0, RADIUS, -np.pi / 4]])
    path = places(driven(Avoider(wall), start, np.ones((20, 2))))
    np.testing.assert_allclose(path[:, 1], RADIUS, rtol=1e-12)
    np.testing.assert_allclose(path[-1, 0], 20 * STEP * 0.08 * np.sqrt(0.5), rtol=1e-12)


def test_noise_is_added_to_speeds_and_sensors() -> None:
    sim = Avoider(motor_noise=0.1, sensor_noise=0.2)
    assert sim.noise == 10
    body, draws = PlainBody(sim, FLOAT), np.arange(1.0, 11.0)
    b = body.begin(np.zeros(3), 1)
    np.testing.assert_allclose(body.sense(b, draws, 1).storage[:, 0], 0.2 * draws[2:])
    after = body.move(numbers(np.array([[0.5], [0.9]])), draws, b, 1)
    np.testing.assert_allclose(after.wheels.storage[:, 0], [0.6, 1.1])


def test_outputs_beyond_full_speed_are_cut_off_and_rest_is_where_it_stands_still() -> None:
    body = PlainBody(Avoider(rest=0.5), FLOAT)
    b = body.begin(np.zeros(3), 3)
    outputs = numbers(np.array([[0.5, 0.0, 7.0], [0.75, -3.0, 1.0]]))
    after = body.move(outputs, np.zeros(0), b, 3)
    np.testing.assert_allclose(after.wheels.storage, [[0.0, -1.0, 1.0], [0.5, -1.0, 1.0]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Avoider(arena="box"), "must be an Arena"),
        (lambda: Avoider(motor_noise=-0.1), "motor_noise must be at least 0"),
        (lambda: Avoider(sensor_noise=np.nan), "sensor_noise must be a finite number"),
        (lambda: Avoider(rest=1.0), "rest must be at least 0 and at most 0.9"),
        (lambda: Arena(((0.0, 0.0, 1.0),)), "rows of 4 numbers"),
        (lambda: Arena(((1.0, 0.0, 1.0, 0.0),)), "must have a length"),
        (lambda: Arena((), ((0.0, 0.0, 0.0),)), "radius of an obstacle must be above 0"),
        (lambda: Arena(5), "rows of 4 numbers"),
        (lambda: Arena.box(0.0, 1.0), "width must be above 0"),
    ],
)
def test_bad_input(make, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()
