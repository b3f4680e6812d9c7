"""The robot that eats: food vanishes when it is reached, and shines until then."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness.plain_episode import PlainBody
from evornn.numerics.plain import numbers
from evornn.simulators.forager import Forager
from evornn.tasks import Foraging


def test_food_is_eaten_on_the_way_and_no_longer_seen() -> None:
    body = PlainBody(Forager(pieces=3), np.dtype("float64"))
    food = [[0.1, 0.036], [0.2, 0.05], [0.3, -0.02]]  # the second lies too far to the side
    b = body.begin(np.array([0.0, 0.0, 0.0, *np.ravel(food)]), 1)
    ahead, losses = numbers(np.ones((2, 1))), []
    for _ in range(60):
        b = body.move(ahead, np.zeros(0), b, 1)
        losses.append(float(body.worth(b)[0][0]))
        assert body.worth(b)[1].all()
    # At 8 mm a step: 37.5 mm off (0.1, 0.036) after 12 steps, off (0.3, −0.02) after 34.
    assert losses[10:12] == [1.0, pytest.approx(2 / 3)]
    assert losses[32:34] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    # Both eyes see (0.2, 0.05) alone, from x = 0.48: behind it, but for the left.
    seen = body.sense(b, np.zeros(0), 1).storage[8:, 0]
    to = complex(0.2 - 0.48, 0.05)
    expected = [np.cos(np.angle(to) - side) for side in (np.pi / 3.0, -np.pi / 3.0)]
    np.testing.assert_allclose(
        seen, np.maximum(expected, 0.0) / (1.0 + abs(to / 0.2) ** 2), atol=1e-12
    )


def test_the_trial_ends_when_all_is_eaten() -> None:
    body = PlainBody(Forager(pieces=1), np.dtype("float64"))
    b = body.begin(np.array([0.0, 0.0, 0.0, 0.04, 0.0]), 1)
    b = body.move(numbers(np.ones((2, 1))), np.zeros(0), b, 1)
    assert [part.item() for part in body.worth(b)] == [0.0, False]


def test_food_and_starts_lie_in_the_open() -> None:
    task = Foraging(trials=20, pieces=5)
    arena = task.simulator.arena
    rows = task.train.rows
    assert rows.shape == (20, 3 + 10)
    for row in rows:
        for x, y in (row[:2], *row[3:].reshape(5, 2)):
            assert arena.distance(x, y) > 0.03
    with pytest.raises(ConfigurationError, match="pieces must be at least 1"):
        Foraging(pieces=0)
