"""A robot in a T-maze that must find out which end is the goal, and come back to it (Blynel &
Floreano 2003, Exploring the T-maze: evolving learning-like robot behaviors using CTRNNs,
EvoWorkshops 2003).

It makes `visits` visits to ends of arms. At an end it stands still for `stay` steps, in which its
ground sensor reads 1 if this is the goal, else 0; then it is put back to the start, with the state
of its network as it is. The first visit finds out, the others count:

    loss = 1 − share of the visits after the first that were right + 0.1 · share of the way left

of which the last is a little that shows the way: visits that have not been made, less what it has
come nearer to the goal in this one.
A controller without memory goes the same way whatever it has found, wherever the goal is: so with
every noise and every start, one of 2^turns of its visits is right at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import maximum, where
from evornn.simulators.corridors import Corridors, is_at_an_end, is_at_goal, set_goal, way_to_goal
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.wheeled import (
    PROXIMITY,
    add_noise,
    begin_robots,
    drive_robots,
    look_around,
    sense_proximity,
    set_wheels,
)


@dataclass(frozen=True)
class RewardedMaze(Corridors):
    """Reads eight proximity sensors, then the ground.

    Parameters
    ----------
    turns
        1 (T-maze) or 2 (double T-maze).
    visits
        Visits to ends, in one trial.
    stay
        Control steps at each end.
    """

    visits: int = 5
    stay: int = 5

    sensors = PROXIMITY + 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("RewardedMaze.visits", self.visits, least=2)
        check_size("RewardedMaze.stay", self.stay)

    @property
    def own_state(self) -> Shapes:
        """``home``: the place at the start; ``stay``: steps left at an end; ``visit``, ``right``:
        visits made, and those after the first that were right.
        """
        return {"goal": (2,), "home": (4,), "stay": (1,), "visit": (1,), "right": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            **super().constants,
            "visits": np.array([float(self.visits)]),
            "stay": np.array([float(self.stay)]),
        }

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    set_goal(k, trial.cue, b.goal)
    for i in range(4):
        b.home[i] = b.place[0, i]
    b.stay[0], b.visit[0], b.right[0] = 0.0, 0.0, 0.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    sense_proximity(b, 0, x, 0)
    x[PROXIMITY] = where(is_at_goal(b), 1.0, 0.0 * b.clock[0])
    add_noise(k, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    stays, leaves = b.stay[0] > 0.0, b.stay[0] == 1.0
    set_wheels(k, a, n, b_next.wheels)
    for i in range(b_next.wheels.shape[0]):
        b_next.wheels[i] = where(stays, 0.0, b_next.wheels[i])
    drive_robots(k, b, b_next)
    for i in range(4):
        b_next.home[i] = b.home[i]
        b_next.place[0, i] = where(leaves, b.home[i], b_next.place[0, i])
    look_around(k, b_next)
    for i in range(2):
        b_next.goal[i] = b.goal[i]
    arrives = where(is_at_an_end(k, b_next), 1.0, 0.0 * b.stay[0])
    arrives = where(stays, 0.0, arrives)
    right = where(is_at_goal(b_next), arrives, 0.0)
    b_next.stay[0] = where(arrives > 0.0, k.stay[0], maximum(b.stay[0] - 1.0, 0.0))
    b_next.right[0] = b.right[0] + where(b.visit[0] > 0.0, right, 0.0)
    b_next.visit[0] = b.visit[0] + arrives


def _goes_on(k: Any, b: Any) -> Any:
    return b.visit[0] < k.visits[0]


def _loss(k: Any, b: Any) -> Any:
    wrong = 1.0 - b.right[0] / (k.visits[0] - 1.0)
    visits_left = k.visits[0] - b.visit[0] - maximum(1.0 - way_to_goal(k, b), 0.0)
    return wrong + 0.1 * maximum(visits_left, 0.0) / k.visits[0]
