"""A robot that must move fast, straight, and away from walls (Floreano & Mondada 1994, Automatic
creation of an autonomous agent: genetic evolution of a neural-network driven robot, SAB 94).

    loss = 1 − mean of V (1 − √Δv) (1 − i)

V is the mean of both wheels' |speed|, Δv half the difference of their signed speeds, both as shares
of the highest speed, and i the most active proximity sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evornn.numerics import absolute, maximum, sqrt
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


@dataclass(frozen=True)
class Avoider(Wheeled):
    """Reads the eight proximity sensors."""

    sensors = PROXIMITY

    @property
    def own_state(self) -> Shapes:
        return {"worth": (1,)}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, always, _loss)


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    b.worth[0] = 0.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    sense_proximity(b, 0, x, 0)
    add_noise(k, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    move_robots(k, a, n, b, b_next)
    left, right = b_next.wheels[0], b_next.wheels[1]
    speed = 0.5 * (absolute(left) + absolute(right))
    most = b_next.near[0, 0]
    for i in range(1, b_next.near.shape[1]):
        most = maximum(most, b_next.near[0, i])
    straight = 1.0 - sqrt(0.5 * absolute(left - right))
    b_next.worth[0] = b.worth[0] + speed * straight * (1.0 - most)


def _loss(k: Any, b: Any) -> Any:
    return 1.0 - b.worth[0] / b.clock[0]
