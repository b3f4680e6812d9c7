"""Rays and what they meet, beside marching along them; mirrored worlds; what a trial is worth."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.encodings import Symmetric
from evornn.errors import ConfigurationError
from evornn.fitness.plain_episode import PlainEpisodeEngine
from evornn.networks import CTRNN
from evornn.simulators.perception import STEPS, Perception
from evornn.tasks import Perception as Task
from evornn.tasks.episodes import Episodes

INSIDE = {
    "circle": lambda x, y: np.hypot(x, y) <= 15.0,
    "diamond": lambda x, y: np.abs(x) + np.abs(y) <= 15.0,
}


def marched(shape, right, up, step):
    """Inputs (7,) found by going out along each ray in small steps."""
    length = np.arange(0.0, 220.0, step)
    angles = np.linspace(-np.pi / 12, np.pi / 12, 7)[:, np.newaxis]
    x, y = (15.0 + length) * np.sin(angles), (15.0 + length) * np.cos(angles)
    if shape == "line":
        crossed = np.diff(np.sign(y - up), axis=1, append=1.0) > 0
        hit = crossed & (np.abs(x - right) <= 15.0)
    else:
        hit = INSIDE[shape](x - right, y - up)
    first = np.where(hit.any(axis=1), length[hit.argmax(axis=1)], 220.0)
    return 10.0 * (220.0 - first) / 220.0


@pytest.mark.parametrize("shape", ["circle", "diamond", "line"])
def test_rays_end_at_what_they_meet(shape, drive, rng):
    simulator = Perception("diamond" if shape == "diamond" else "line")
    outputs = np.repeat(rng.uniform(0.3, 0.7, (12, 2, 30)), 77, axis=0)[:STEPS]
    seen = 0
    for place, drift in ((8.0, 0.0), (-30.0, 1.0)):
        driven = drive(simulator, [place, drift, float(shape != "circle")], outputs)
        x, agent = driven.states["object"], driven.states["agent"]
        for t in range(0, STEPS, 30):
            lane = t % 30
            right, up = x[t, 0, lane] - agent[t, 0, lane], x[t, 1, lane]
            wanted = marched(shape, right, up, 0.01)
            # A ray may graze what marching steps over, or the other way round.
            near = np.abs(driven.senses[t, :, lane] - wanted) < 0.002
            assert near.sum() >= 6
            seen += (wanted > 0.0).sum()
    assert seen > 60


def test_it_falls_straight_and_the_agent_stays_between_the_walls(drive):
    outputs = np.stack([np.ones((STEPS, 3)), np.tile([0.0, 0.5, 1.0], (STEPS, 1))], axis=1)
    driven = drive(Perception(), [20.0, -0.5, 0.0], outputs)
    t = 0.1 * np.arange(STEPS + 1)
    np.testing.assert_allclose(driven.states["object"][:, 1, 0], 275.0 - 3.0 * t, atol=1e-9)
    np.testing.assert_allclose(driven.states["object"][:, 0, 0], 20.0 - 0.5 * t, atol=1e-9)
    speeds = np.array([5.0, 2.5, 0.0])
    np.testing.assert_allclose(
        driven.states["agent"][:, 0], np.minimum(speeds * t[:, np.newaxis], 200.0), atol=1e-9
    )
    np.testing.assert_array_equal(driven.goes_on[:, 0], np.arange(STEPS) < STEPS - 1)
    far = np.minimum(np.abs(driven.states["agent"][-1, 0] - (20.0 - 0.5 * t[-1])), 45.0) / 45.0
    np.testing.assert_allclose(driven.losses[-1], far)
    avoiding = drive(Perception(), [20.0, -0.5, 1.0], outputs)
    np.testing.assert_allclose(avoiding.losses[-1], 1.0 - far)


def test_a_mirrored_agent_in_a_mirrored_world(rng):
    network = CTRNN(7, 14, 2, gains=True)
    genes = Symmetric(units=(5, 7)).bind(network)
    weights = genes.decode(rng.normal(size=(20, genes.genes)) * 2.0)
    tau = network.blocks(weights)["tau"]
    tau[:] = 1.0 + np.abs(tau)  # faster ones are chaotic, and make much of rounding
    trials = {"object": [[-9.0, -0.2], [9.0, 0.2]], "avoid": [[0.0], [0.0]]}
    falling = Episodes(Perception("diamond"), trials, 250)
    losses = PlainEpisodeEngine(network, falling, np.dtype(np.float64)).sums(weights)
    np.testing.assert_allclose(losses[:, 0], losses[:, 1], atol=1e-9)
    assert np.ptp(losses) > 0.05


def test_splits():
    task = Task()
    rows = task.train.rows
    assert rows.shape == (24, 3)
    np.testing.assert_array_equal(rows[:12, 0], rows[12:, 0])
    assert (rows[0, 0], rows[11, 0], rows[:, 2].sum()) == (-50.0, 50.0, 12.0)
    assert task.test.rows.shape == (1000, 3)
    assert (task.test.rows[:, 2] == 1.0).sum() == 500
    assert np.abs(task.test.rows[:, 0]).max() <= 50.0
    assert not np.isin(task.test.rows[:, 0], task.validation.rows[:, 0]).any()
    assert not Task(avoid="none").train.rows[:, 2].any()
    assert set(Task(avoid="none", drift=2.0).train.rows[:, 1]) == {-2.0, 2.0}
    assert Task(test_trials=0).test is None


@pytest.mark.parametrize(
    ("options", "named"),
    [({"avoid": "square"}, "avoid"), ({"trials": 2}, "trials"), ({"width": 0.0}, "width"),
     ({"drift": -1.0}, "drift"), ({"test_trials": -1}, "test_trials"), ({"seed": -1}, "seed")],
)  # fmt: skip
def test_bad_options(options, named):
    with pytest.raises(ConfigurationError, match=named):
        Task(**options)


def test_the_simulator_knows_what_can_be_avoided():
    with pytest.raises(ConfigurationError, match="avoided"):
        Perception("circle")
