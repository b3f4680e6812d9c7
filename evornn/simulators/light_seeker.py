"""A robot that must go to a lamp and stay there, with nothing but its two eyes, after Di Paolo
(2000, Homeostatic adaptation to inversion of the visual field and other sensorimotor disruptions,
SAB 2000).

    loss = 1 − (F_D + F_P) / 2      F_D = max(0, 1 − d_f / d_i)

with the distances d_i and d_f from the lamp at the start and at the end, and the share F_P of the
steps within four radii of it. His robots also had to keep their neurons within bounds, and saw
several lamps one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.numerics import maximum, sqrt, where
from evornn.scene import Shape
from evornn.simulators.eyes import EYE, EYES, brightness
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.wheeled import RADIUS, Wheeled, add_noise, always, begin_robots, move_robots

CLOSE = 4.0 * RADIUS


@dataclass(frozen=True)
class LightSeeker(Wheeled):
    """Reads the left and the right eye."""

    sensors = EYES

    @property
    def trial(self) -> Shapes:
        """``start``, and the place of the ``lamp`` (2,) in metres."""
        return {**super().trial, "lamp": (2,)}

    @property
    def own_state(self) -> Shapes:
        return {"lamp": (2,), "first": (1,), "close": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {**super().constants, "eye": EYE}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, always, _loss)

    def things(self, bodies: Mapping[str, np.ndarray]) -> list[Shape]:
        return [Shape("disc", bodies["lamp"][:1], "goal", 0.5 * RADIUS)]


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    for i in range(2):
        b.lamp[i] = trial.lamp[i]
    b.first[0] = _distance(b)
    b.close[0] = 0.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    for e in range(x.shape[0]):
        x[e] = brightness(k.eye, e, b.place, 0, b.lamp[0], b.lamp[1])
    add_noise(k, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    move_robots(k, a, n, b, b_next)
    for i in range(2):
        b_next.lamp[i] = b.lamp[i]
    b_next.first[0] = b.first[0]
    b_next.close[0] = b.close[0] + where(_distance(b_next) <= CLOSE, 1.0, 0.0 * b.close[0])


def _distance(b: Any) -> Any:
    dx, dy = b.lamp[0] - b.place[0, 0], b.lamp[1] - b.place[0, 1]
    return sqrt(dx * dx + dy * dy)


def _loss(k: Any, b: Any) -> Any:
    nearer = maximum(1.0 - _distance(b) / b.first[0], 0.0)
    return 1.0 - 0.5 * (nearer + b.close[0] / b.clock[0])
