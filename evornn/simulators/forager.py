"""A robot that must find food, which vanishes when it is reached. The loss is the share left.

It reads its proximity sensors and, with its two eyes, the food that is left, which shines: the sum
of the brightness of all pieces. A piece is eaten when the robot's rim is within 1 cm of its middle;
the trial ends when there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import where
from evornn.scene import Shape
from evornn.simulators.eyes import EYE, EYES, brightness
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.wheeled import (
    PROXIMITY,
    RADIUS,
    Wheeled,
    add_noise,
    begin_robots,
    move_robots,
    sense_proximity,
)

EATEN = RADIUS + 0.01  # metres from the robot's middle


@dataclass(frozen=True)
class Forager(Wheeled):
    """Reads eight proximity sensors, the left and the right eye; `pieces` of food lie about."""

    pieces: int = 8

    sensors = PROXIMITY + EYES

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("Forager.pieces", self.pieces)

    @property
    def trial(self) -> Shapes:
        """``start``, and the places of the ``food`` (piece, 2) in metres."""
        return {**super().trial, "food": (self.pieces, 2)}

    @property
    def own_state(self) -> Shapes:
        return {"food": (self.pieces, 2), "left": (self.pieces,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {**super().constants, "eye": EYE}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)

    def things(self, bodies: Mapping[str, np.ndarray]) -> list[Shape]:
        left = bodies["left"][..., np.newaxis] > 0.0
        return [Shape("disc", np.where(left, bodies["food"], np.nan), "goal", 0.01)]


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    for f in range(b.left.shape[0]):
        b.food[f, 0] = trial.food[f, 0]
        b.food[f, 1] = trial.food[f, 1]
        b.left[f] = 1.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    sense_proximity(b, 0, x, 0)
    for e in range(k.eye.shape[0]):
        light = 0.0 * b.clock[0]
        for f in range(b.left.shape[0]):
            x_f, y_f = b.food[f, 0], b.food[f, 1]
            light = light + b.left[f] * brightness(k.eye, e, b.place, 0, x_f, y_f)
        x[PROXIMITY + e] = light
    add_noise(k, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    move_robots(k, a, n, b, b_next)
    for f in range(b.left.shape[0]):
        b_next.food[f, 0], b_next.food[f, 1] = b.food[f, 0], b.food[f, 1]
        dx = b.food[f, 0] - b_next.place[0, 0]
        dy = b.food[f, 1] - b_next.place[0, 1]
        b_next.left[f] = where(dx * dx + dy * dy <= EATEN * EATEN, 0.0, b.left[f])


def _goes_on(k: Any, b: Any) -> Any:
    return _loss(k, b) > 0.0


def _loss(k: Any, b: Any) -> Any:
    left = b.left[0]
    for f in range(1, b.left.shape[0]):
        left = left + b.left[f]
    return left / (0.0 + b.left.shape[0])
