"""A robot in a T-maze that is told at the start where to turn at the junction (Jakobi 1997,
Evolutionary robotics and the radical envelope-of-noise hypothesis, Adaptive Behavior 6), or at two
junctions, in the double T-maze of Blynel & Floreano (2003, Exploring the T-maze: evolving
learning-like robot behaviors using CTRNNs).

       3 ┌───┐       ┌───┐ 4                  walls 12 cm apart; 50 cm to the junction,
         │   └───────┘   │        1 ──┬── 2   30 cm along each arm; in the double maze
         │   ┌──┐ ┌──┐   │            │       20 cm more, to the left or to the right
         └───┘  │ │  └───┘          start
       1      start       2

The robot stands behind a gate at the start while a lamp on its left or its right is lit for `shown`
steps and dark for as many, once for each turn that it must take; after `delay` more steps the gate
opens. From then on the world is the same, whichever way is right, and so is its place: a controller
without memory does the same whatever it was told, and is right in one of 2^turns trials at most.

A trial ends where the robot comes to the end of an arm, and is worth

    0                    the right arm
    1 + 0.1 d / D        any other place, d metres up and across from the right one, D at the start

so the loss is the share of trials that end in a wrong place, and a little that shows the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.numerics import absolute, maximum, where
from evornn.simulators.arena import Arena, Rows
from evornn.simulators.simulator import Shapes
from evornn.simulators.wheeled import (
    PROXIMITY,
    Wheeled,
    add_noise,
    begin_robots,
    roll_robots,
    sense_proximity,
    set_wheels,
)

HALF_WIDTH, CORRIDOR, ARM, SIDE = 0.06, 0.5, 0.3, 0.2  # metres
#: from the corridor's back wall to the middle of the junction
JUNCTION = CORRIDOR + HALF_WIDTH


def maze_walls(turns: int) -> Rows:
    """The walls of the maze; x = 0 is the middle of the corridor, y = 0 its back."""
    h, low, high = HALF_WIDTH, CORRIDOR, CORRIDOR + 2.0 * HALF_WIDTH
    end = h + ARM
    right = [(h, 0.0, h, low), (h, low, end, low)]
    if turns == 1:
        right += [(end, low, end, high)]
    else:
        far, bottom, top = end + 2.0 * h, low - SIDE, high + SIDE
        corners = [(end, low), (end, bottom), (far, bottom), (far, top), (end, top), (end, high)]
        right += [(*a, *b) for a, b in pairwise(corners)]
    left = [(-x0, y0, -x1, y1) for x0, y0, x1, y1 in right]
    return ((-h, 0.0, h, 0.0), (-end, high, end, high), *right, *left)


@dataclass(frozen=True)
class Maze(Wheeled):
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

    arena: Arena = field(init=False, default=Arena())
    turns: int = 1
    shown: int = 5
    delay: int = 0

    sensors = PROXIMITY + 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("Maze.turns", self.turns)
        check_size("Maze.shown", self.shown)
        check_size("Maze.delay", self.delay, least=0)
        if self.turns > 2:
            raise ConfigurationError(f"Maze.turns must be 1 or 2, got {self.turns}")
        object.__setattr__(self, "arena", Arena(maze_walls(self.turns)))

    @property
    def trial(self) -> Shapes:
        """``start``, and ``cue`` (turn,): −1 where the robot must turn left, 1 for right."""
        return {**super().trial, "cue": (self.turns,)}

    @property
    def own_state(self) -> Shapes:
        return {"cue": (self.turns,), "goal": (2,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        double = self.turns == 2
        return {
            **super().constants,
            # Middle of an arm's end: metres to the side, and above or below the junction.
            "end": np.array([ARM + 2.0 * HALF_WIDTH if double else ARM, SIDE if double else 0.0]),
            "shown": np.array([float(self.shown)]),
            "gate": np.array([float(2 * self.turns * self.shown + self.delay)]),
        }

    @property
    def begin(self) -> Callable[..., None]:
        return _begin

    @property
    def sense(self) -> Callable[..., None]:
        return _sense

    @property
    def move(self) -> Callable[..., None]:
        return _move

    @property
    def goes_on(self) -> Callable[..., Any]:
        return _goes_on

    @property
    def loss(self) -> Callable[..., Any]:
        return _loss


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    side, bend = trial.cue[0], 0.0 * trial.cue[0]
    for j in range(b.cue.shape[0]):
        b.cue[j] = trial.cue[j]
    for j in range(1, b.cue.shape[0]):
        bend = -side * trial.cue[j]  # whoever heads for +x goes down when turning right
    b.goal[0] = side * k.end[0]
    b.goal[1] = JUNCTION + bend * k.end[1]


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
    across, up = absolute(b.place[0, 0]), absolute(b.place[0, 1] - JUNCTION)
    arrived = (absolute(across - k.end[0]) <= HALF_WIDTH) & (absolute(up - k.end[1]) <= HALF_WIDTH)
    return ~arrived


def _loss(k: Any, b: Any) -> Any:
    across = absolute(b.place[0, 0] - b.goal[0])
    up = absolute(b.place[0, 1] - b.goal[1])
    way = (across + up) / (k.end[0] + k.end[1] + JUNCTION)
    return where((across <= HALF_WIDTH) & (up <= HALF_WIDTH), 0.0, 1.0 + 0.1 * way)
