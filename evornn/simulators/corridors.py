"""The corridors of a T-maze, with one junction or two, and where its arms end.

       3 ┌───┐       ┌───┐ 4                  walls 12 cm apart; 50 cm to the junction,
         │   └───────┘   │        1 ──┬── 2   30 cm along each arm; in the double maze
         │   ┌──┐ ┌──┐   │            │       20 cm more, to the left or to the right
         └───┘  │ │  └───┘          start
       1      start       2

The double maze is that of Blynel & Floreano (2003, Exploring the T-maze: evolving learning-like
robot behaviors using CTRNNs, EvoWorkshops 2003). One end is the right one, the goal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.numerics import absolute
from evornn.scene import Shape
from evornn.simulators.arena import Arena, Rows
from evornn.simulators.simulator import Shapes
from evornn.simulators.wheeled import OPEN, Wheeled

HALF_WIDTH, CORRIDOR, ARM, SIDE = 0.06, 0.5, 0.3, 0.2  # metres
#: from the corridor's back wall to the middle of the junction
JUNCTION = CORRIDOR + HALF_WIDTH


@dataclass(frozen=True)
class Corridors(Wheeled):
    """Base of the mazes; their arena is given by `turns`, 1 or 2."""

    arena: Arena = field(init=False, default=OPEN)
    turns: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        name = type(self).__name__
        check_size(f"{name}.turns", self.turns)
        if self.turns > 2:
            raise ConfigurationError(f"{name}.turns must be 1 or 2, got {self.turns}")
        object.__setattr__(self, "arena", Arena(maze_walls(self.turns)))

    @property
    def trial(self) -> Shapes:
        """``start``, and ``cue`` (turn,): −1 where the way to the goal turns left, 1 for right."""
        return {**super().trial, "cue": (self.turns,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """``end``: the middle of an arm's end, to the side, and above or below the junction."""
        double = self.turns == 2
        end = [ARM + 2.0 * HALF_WIDTH, SIDE] if double else [ARM, 0.0]
        return {**super().constants, "end": np.array(end)}

    def things(self, bodies: Mapping[str, np.ndarray]) -> list[Shape]:
        return [Shape("disc", bodies["goal"][:1], "goal", 0.5 * HALF_WIDTH)]


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


def set_goal(k: Any, cue: Any, goal: Any) -> None:
    """The end `goal` (2,) that the turns `cue` lead to."""
    side, bend = cue[0], 0.0 * cue[0]
    for j in range(1, cue.shape[0]):
        bend = -side * cue[j]  # whoever heads for +x goes down when turning right
    goal[0] = side * k.end[0]
    goal[1] = JUNCTION + bend * k.end[1]


def is_at_an_end(k: Any, b: Any) -> Any:
    across, up = absolute(b.place[0, 0]), absolute(b.place[0, 1] - JUNCTION)
    return (absolute(across - k.end[0]) <= HALF_WIDTH) & (absolute(up - k.end[1]) <= HALF_WIDTH)


def is_at_goal(b: Any) -> Any:
    across = absolute(b.place[0, 0] - b.goal[0])
    up = absolute(b.place[0, 1] - b.goal[1])
    return (across <= HALF_WIDTH) & (up <= HALF_WIDTH)


def way_to_goal(k: Any, b: Any) -> Any:
    """Up and across to the goal, as a share of the way from the corridor's back."""
    across = absolute(b.place[0, 0] - b.goal[0])
    up = absolute(b.place[0, 1] - b.goal[1])
    return (across + up) / (k.end[0] + k.end[1] + JUNCTION)
