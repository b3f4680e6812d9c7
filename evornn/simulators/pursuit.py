"""A predator and its prey (Floreano & Nolfi 1997, God save the Red Queen! Competition in
co-evolutionary robotics, GP-97; Nolfi & Floreano 1998, Coevolving predator and prey robots: do
"arms races" arise in artificial evolution?, Artificial Life 4).

The first robot hunts, the second flees; the prey is twice as fast. A trial ends where they touch.
For `steps` control steps T, of which t have passed, the predator's loss is

    t / T      where it has caught the prey      else      1

and the prey's is one minus that: what the one wins the other loses. Here both read eight proximity
sensors, and see each other's lamp with two eyes; there the predator had a camera, the prey none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_number, check_size
from evornn.numerics import where
from evornn.simulators.eyes import EYE
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.swarm import SENSES, sense_each_other
from evornn.simulators.wheeled import RADIUS, Wheeled, begin_robots, roll_robots, set_wheels

TOUCHING = 2.0 * RADIUS + 0.001  # metres from middle to middle


@dataclass(frozen=True)
class Pursuit(Wheeled):
    """Predator and prey, for `steps` control steps.

    Parameters
    ----------
    predator_speed
        The predator's highest speed, as a share of the prey's.
    """

    steps: int = 500
    predator_speed: float = 0.5

    sensors = 2 * SENSES

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("Pursuit.steps", self.steps)
        check_number("Pursuit.predator_speed", self.predator_speed, above=0.0, most=1.0)

    @property
    def robots(self) -> int:
        return 2

    @property
    def own_state(self) -> Shapes:
        return {}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            **super().constants,
            "eye": EYE,
            "steps": np.array([float(self.steps)]),
            "predator_speed": np.array([float(self.predator_speed)]),
        }

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(begin_robots, sense_each_other, _move, _goes_on, _loss)

    @property
    def numbers(self) -> Sequence[int]:
        return [1, 0]  # a red predator, and blue prey


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    set_wheels(k, a, n, b_next.wheels)
    for i in range(2):
        b_next.wheels[i] = k.predator_speed[0] * b_next.wheels[i]
    roll_robots(k, b, b_next)


def _goes_on(k: Any, b: Any) -> Any:
    dx, dy = b.place[0, 0] - b.place[1, 0], b.place[0, 1] - b.place[1, 1]
    return dx * dx + dy * dy > TOUCHING * TOUCHING


def _loss(k: Any, b: Any) -> Any:
    return where(_goes_on(k, b), 1.0, b.clock[0] / k.steps[0])
