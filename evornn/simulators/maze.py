"""A robot in a T-maze that is told at the start where to turn at the junction, or at both junctions
(Jakobi 1997, Evolutionary robotics and the radical envelope-of-noise hypothesis, Adaptive
Behavior 6).

The robot stands behind a gate at the start while a lamp on its left or its right is lit for `shown`
steps and dark for as many, once for each turn that it must take; after `delay` more steps the gate
opens. From then on the world is the same, whichever way is right, and so is its place: a controller
without memory does the same whatever it was told, and is right in one of 2^turns trials at most.

A trial ends where the robot comes to the end of an arm, and is worth

    0                    the right end
    1 + 0.1 d / D        any other place, d metres up and across from the right one, D at the start

so the loss is the share of trials that end in a wrong place, and a little that shows the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import maximum, where
from evornn.simulators.corridors import (
    Corridors,
    is_at_an_end,
    is_at_goal,
    set_goal,
    way_to_goal,
)
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.wheeled import (
    PROXIMITY,
    add_noise,
    begin_robots,
    roll_robots,
    sense_proximity,
    set_wheels,
)


@dataclass(frozen=True)
class Maze(Corridors):
    """Reads eight proximity sensors, then the lamp on the left and the lamp on the right.

    Parameters
    ----------
    turns
        1 (T-maze) or 2 (double T-maze).
    shown
        Control steps that each lamp is lit, and then dark.
    delay
        Control steps more until the gate opens.
    """

    shown: int = 5
    delay: int = 0

    sensors = PROXIMITY + 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("Maze.shown", self.shown)
        check_size("Maze.delay", self.delay, least=0)

    @property
    def own_state(self) -> Shapes:
        return {"cue": (self.turns,), "goal": (2,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            **super().constants,
            "shown": np.array([float(self.shown)]),
            "gate": np.array([float(2 * self.turns * self.shown + self.delay)]),
        }

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    for j in range(b.cue.shape[0]):
        b.cue[j] = trial.cue[j]
    set_goal(k, trial.cue, b.goal)


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    sense_proximity(b, 0, x, 0)
    clock, lit = b.clock[0], 0.0 * b.clock[0]
    for j in range(b.cue.shape[0]):
        on = (clock >= 2 * j * k.shown[0]) & (clock < (2 * j + 1) * k.shown[0])
        lit = where(on, b.cue[j], lit)
    x[PROXIMITY] = maximum(-lit, 0.0)
    x[PROXIMITY + 1] = maximum(lit, 0.0)
    add_noise(k, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    set_wheels(k, a, n, b_next.wheels)
    for i in range(b_next.wheels.shape[0]):
        b_next.wheels[i] = where(b.clock[0] < k.gate[0], 0.0, b_next.wheels[i])
    roll_robots(k, b, b_next)
    for j in range(b.cue.shape[0]):
        b_next.cue[j] = b.cue[j]
    for i in range(2):
        b_next.goal[i] = b.goal[i]


def _goes_on(k: Any, b: Any) -> Any:
    return ~is_at_an_end(k, b)


def _loss(k: Any, b: Any) -> Any:
    return where(is_at_goal(b), 0.0, 1.0 + 0.1 * way_to_goal(k, b))
