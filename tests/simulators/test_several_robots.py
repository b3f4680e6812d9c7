"""Several robots: they see each other, never overlap, come together, hunt, and take turns."""

from __future__ import annotations

import numpy as np
import pytest

from evornn import Fitness
from evornn.errors import ConfigurationError
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import FullyRecurrent, Team
from evornn.numerics.plain import numbers
from evornn.simulators.arena import Arena
from evornn.simulators.avoider import Avoider
from evornn.simulators.pursuit import Pursuit
from evornn.simulators.shared_patch import PATCH, SharedPatch
from evornn.simulators.swarm import Swarm
from evornn.tasks import Aggregation, TurnTaking

FLOAT, RADIUS = np.dtype("float64"), 0.0275


@pytest.fixture(scope="module")
def pair() -> Fitness:
    task = Aggregation(robots=2, trials=8, steps=200)
    return Fitness(task, Team(20, 2, 4, 2, FullyRecurrent(10, 2, 2)), threads=1)


def vehicle() -> np.ndarray:
    """Turns to the light, and away from what is near."""
    W = np.zeros((2, 10))
    W[0, 8:], W[1, 8:] = (-12.0, 12.0), (12.0, -12.0)
    parts = {"W": W, "U": np.zeros((2, 2)), "b": np.array([0.8, 0.4])}
    return np.concatenate([parts[name].ravel() for name in FullyRecurrent(10, 2, 2).weights])


def test_two_robots_of_one_genome_meet(pair: Fitness) -> None:
    losses = pair.by_trial(vehicle()[np.newaxis])[0]
    idle = pair.by_trial(np.zeros((1, pair.genes)))[0]
    np.testing.assert_allclose(idle, 1.0)
    assert losses.mean() < 0.6
    trace = pair.trace(vehicle(), 3)
    places = trace.bodies[:, :8].reshape(-1, 2, 4)[:, :, :2]
    spread = np.linalg.norm(places - places.mean(axis=1, keepdims=True), axis=2).mean(axis=1)
    assert losses[3] == pytest.approx(spread[1:].mean() / spread[0])
    assert spread[-1] < 1.5 * RADIUS  # half of the distance between them


def test_no_two_robots_are_ever_in_the_same_place(pair: Fitness) -> None:
    rng, touched = np.random.default_rng(0), 0
    for genome in (vehicle(), *rng.normal(0.0, 3.0, (10, pair.genes))):
        for trial in range(4):
            places = pair.trace(genome, trial).bodies[:, :8].reshape(-1, 2, 4)[:, :, :2]
            apart = np.hypot(*(places[:, 0] - places[:, 1]).T)
            touched += (apart < 2.0 * RADIUS * (1.0 + 1e-9)).sum()
            assert apart.min() >= 2.0 * RADIUS * (1.0 - 1e-9)
            assert (np.abs(places - 0.45) <= 0.45 - RADIUS * (1.0 - 1e-9)).all()
    assert touched > 20


def test_robots_see_each_other_as_discs_and_lamps() -> None:
    swarm, rng = PlainBody(Swarm(members=3), FLOAT), np.random.default_rng(1)
    for _ in range(10):
        angle = rng.uniform(0.0, 2.0) + np.array([0.0, 2.0, 4.0])
        places = 0.05 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        starts = np.column_stack([places, rng.uniform(-3.0, 3.0, 3)])
        b = swarm.begin(starts.ravel(), 1)
        seen = swarm.sense(b, np.zeros(0), 1).storage[:, 0].reshape(3, 10)
        for r in range(3):
            others = [j for j in range(3) if j != r]
            arena = Arena((), tuple((*places[j], RADIUS) for j in others))
            alone = PlainBody(Avoider(arena), FLOAT).begin(starts[r], 1).near.storage[0, :, 0]
            np.testing.assert_allclose(seen[r, :8], alone, atol=1e-12)
            to = np.array([complex(*(places[j] - places[r])) for j in others])
            for e, side in enumerate((np.pi / 3.0, -np.pi / 3.0)):
                light = np.maximum(np.cos(np.angle(to) - starts[r, 2] - side), 0.0)
                expected = (light / (1.0 + np.abs(to / 0.2) ** 2)).sum()
                assert seen[r, 8 + e] == pytest.approx(expected, abs=1e-12)


def test_the_hunt_ends_at_a_touch_and_the_predator_is_slower() -> None:
    body = PlainBody(Pursuit(steps=100), FLOAT)
    # The prey runs to a predator that comes to meet it: 12 mm nearer in each step.
    b = body.begin(np.array([0.0, 0.0, 0.0, 0.2, 0.0, np.pi]), 1)
    losses = []
    while body.worth(b)[1].all():
        b = body.move(numbers(np.ones((4, 1))), np.zeros(0), b, 1)
        losses.append(float(body.worth(b)[0][0]))
    # 200 mm less 55 mm, the last millimetre of which counts as a touch.
    assert len(losses) == 12
    assert losses == [1.0] * 11 + [pytest.approx(0.12)]
    np.testing.assert_allclose(b.wheels.storage[:, 0], [0.5, 0.5, 1.0, 1.0])


def turns_in(places: np.ndarray, patch: np.ndarray, turn: int) -> tuple[np.ndarray, list[float]]:
    """Who eats in each step (step, 2), and the loss after it, from places (step, robot, 2)."""
    on = np.hypot(*np.moveaxis(places - patch, 2, 0)) <= PATCH
    since = [0, 0]  # steps that each has eaten since the other did
    eats = np.zeros(on.shape)
    for step, there in enumerate(on):
        for i in range(2):
            eats[step, i] = there[i] and not there[1 - i] and since[i] < turn
        for i in range(2):
            since[i] = 0 if eats[step, 1 - i] else since[i] + int(eats[step, i])
    shares = 2.0 * np.cumsum(eats, axis=0) / np.arange(1, len(eats) + 1)[:, np.newaxis]
    return eats, (1.0 - shares.min(axis=1)).tolist()


def test_a_pair_eats_in_turns(drive) -> None:
    # Up and down along one line each: the first 12 mm off the middle of the patch, the second 48.
    turn, patch = 6, np.array([0.5, 0.5])
    starts = [0.512, 0.3, np.pi / 2.0, 0.452, 0.65, -np.pi / 2.0]
    speeds = np.repeat([[1, 0], [1, 0], [0, 0], [-1, 0], [-1, 1], [0, 1], [0, -1], [0, -1]], 12, 0)
    outputs = np.repeat(speeds, 2, axis=1)[:, :, np.newaxis].astype(float)
    driven = drive(SharedPatch(turn=turn), [*starts, *patch], np.concatenate([outputs] * 2))
    eats, losses = turns_in(driven.states["place"][1:, :, :2, 0], patch, turn)
    np.testing.assert_array_equal(driven.states["eats"][1:, :, 0], eats)
    np.testing.assert_allclose(driven.losses[:, 0], losses, rtol=1e-14)
    assert driven.goes_on.all()
    # Whoever stays is full after a turn; the first is fed again once the second has eaten.
    first, second = eats.sum(axis=0)
    assert (first, second) == (2 * turn, 2 * turn)
    assert losses[-1] == pytest.approx(1.0 - 4 * turn / len(eats))
    # Of what it has just eaten, and stands on, each is told.
    told = driven.senses[:, :, 0].reshape(-1, 2, 14)
    np.testing.assert_array_equal(told[1:, :, 13], eats[:-1])
    places = driven.states["place"][:-1, :, :2, 0]
    np.testing.assert_array_equal(told[:, :, 12], np.hypot(*(places - patch).T).T <= PATCH)


def test_nobody_eats_where_both_are(drive, rng: np.random.Generator) -> None:
    patch, outputs = np.array([0.5, 0.5]), rng.uniform(-1.0, 1.0, (150, 4, 1))
    starts = [0.47, 0.5, 0.0, 0.53, 0.5, 0.0]
    driven = drive(SharedPatch(turn=4), [*starts, *patch], outputs)
    places = driven.states["place"][1:, :, :2, 0]
    eats, losses = turns_in(places, patch, 4)
    np.testing.assert_array_equal(driven.states["eats"][1:, :, 0], eats)
    np.testing.assert_allclose(driven.losses[:, 0], losses, rtol=1e-14)
    both = (np.hypot(*np.moveaxis(places - patch, 2, 0)) <= PATCH).all(axis=1)
    assert 10 < both.sum() < 140
    assert eats.any()
    assert not eats[both].any()


def test_the_lamp_of_the_patch_is_another_one(rng: np.random.Generator) -> None:
    body = PlainBody(SharedPatch(), FLOAT)
    starts = np.array([[0.3, 0.3, *rng.uniform(-3.0, 3.0, 1)], [0.5, 0.2, 1.0]])
    patch = np.array([0.45, 0.6])
    b = body.begin(np.concatenate([starts.ravel(), patch]), 1)
    seen = body.sense(b, np.zeros(0), 1).storage[:, 0].reshape(2, 14)
    swarm = PlainBody(Swarm(members=2), FLOAT)
    alike = swarm.sense(swarm.begin(starts.ravel(), 1), np.zeros(0), 1).storage[:, 0].reshape(2, 10)
    np.testing.assert_array_equal(seen[:, :10], alike)
    for start, eyes in zip(starts, seen[:, 10:12], strict=True):
        to = complex(*(patch - start[:2]))
        for side, light in zip((np.pi / 3.0, -np.pi / 3.0), eyes, strict=True):
            towards = max(np.cos(np.angle(to) - start[2] - side), 0.0)
            assert light == pytest.approx(towards / (1.0 + abs(to / 0.2) ** 2), abs=1e-12)


def test_a_pair_starts_off_the_patch() -> None:
    for row in TurnTaking(trials=50).train.rows:
        (first, second), patch = row[:6].reshape(2, 3)[:, :2], row[6:]
        assert min(np.hypot(*(first - patch)), np.hypot(*(second - patch))) > PATCH + RADIUS
        assert np.hypot(*(first - second)) >= 4.0 * RADIUS
        assert (np.abs(patch - 0.45) <= 0.45 - PATCH - 5.0 * RADIUS).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Swarm(members=1), "members must be at least 2"),
        (lambda: Aggregation(robots=1), "robots must be at least 2"),
        (lambda: Aggregation(robots=17), "robots must be at most 16"),
        (lambda: TurnTaking(turn=0), "turn must be at least 1"),
        (lambda: TurnTaking(rest=1.0), "rest must be at least 0 and at most 0.9"),
        (lambda: Pursuit(steps=0), "steps must be at least 1"),
        (lambda: Pursuit(predator_speed=0.0), "predator_speed must be above 0"),
    ],
)
def test_bad_input(make, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()


def test_a_team_has_a_member_for_each_robot():
    with pytest.raises(ConfigurationError, match="2 members, and robots to be controlled: 4; give"):
        Fitness(Aggregation(), Team(40, 4, 8, members=2))
