"""Robots that must come together (Trianni, Groß, Labella, Şahin & Dorigo 2003, Evolving aggregation
behaviors in a swarm of robots, ECAL 2003). There they hear each other; here each has a lamp.

    loss = mean over the trial of R(t) / R(0)

where R is the mean distance of the robots from their centre of mass. Each reads eight proximity
sensors and, with its two eyes, the sum of the brightness of all other robots. Nobody tells them
where to meet: a `Team` with shared weights has to make out a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import sqrt
from evornn.simulators.eyes import EYE, EYES, brightness
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.wheeled import (
    PROXIMITY,
    Wheeled,
    add_noise,
    always,
    begin_robots,
    move_robots,
    sense_proximity,
)

#: senses of one robot
SENSES = PROXIMITY + EYES


@dataclass(frozen=True)
class Swarm(Wheeled):
    """`members` robots, each with ten senses and two wheels, one after another."""

    members: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("Swarm.members", self.members, least=2)

    @property
    def robots(self) -> int:
        return self.members

    @property
    def sensors(self) -> int:  # type: ignore[override]
        return self.members * SENSES

    @property
    def own_state(self) -> Shapes:
        return {"first": (1,), "spread": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {**super().constants, "eye": EYE}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, sense_each_other, _move, always, _loss)


def sense_each_other(k: Any, b: Any, n: Any, x: Any) -> None:
    """Of each robot in turn: proximity sensors, and how bright all others are to its eyes.

    They are the first of its senses; what others it has must be there before, for the noise.
    """
    for r in range(b.place.shape[0]):
        own = r * (x.shape[0] // b.place.shape[0])
        sense_proximity(b, r, x, own)
        for e in range(k.eye.shape[0]):
            light = 0.0 * b.clock[0]
            for j in range(b.place.shape[0]):
                if j != r:
                    light = light + brightness(k.eye, e, b.place, r, b.place[j, 0], b.place[j, 1])
            x[own + PROXIMITY + e] = light
    add_noise(k, n, x)


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    b.first[0] = _spread(b)
    b.spread[0] = 0.0


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    move_robots(k, a, n, b, b_next)
    b_next.first[0] = b.first[0]
    b_next.spread[0] = b.spread[0] + _spread(b_next)


def _spread(b: Any) -> Any:
    """Mean distance of the robots from their centre of mass."""
    count = b.place.shape[0]
    x, y = b.place[0, 0], b.place[0, 1]
    for r in range(1, count):
        x, y = x + b.place[r, 0], y + b.place[r, 1]
    x, y, total = x / (0.0 + count), y / (0.0 + count), 0.0 * x
    for r in range(count):
        dx, dy = b.place[r, 0] - x, b.place[r, 1] - y
        total = total + sqrt(dx * dx + dy * dy)
    return total / (0.0 + count)


def _loss(k: Any, b: Any) -> Any:
    return b.spread[0] / (b.clock[0] * b.first[0])
