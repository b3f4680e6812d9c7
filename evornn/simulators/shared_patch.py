"""Two robots that must take turns, after Iizuka & Ikegami (2004, Adaptability and diversity in
simulated turn-taking behavior, Artificial Life 10) and Di Paolo (2000, Behavioral coordination,
structural congruence and entrainment in a simulation of acoustically coupled agents, Adaptive
Behavior 8). There the turn is to be behind the other, or to be heard; here it is a patch of food.

A robot is on the patch where its middle is. In each control step it eats, e = 1, if it is there
alone and has an appetite left, else e = 0. After `turn` steps of eating it is full, until the other
has eaten:

    appetite_i ← turn  where e_j = 1      else  appetite_i − e_i       turn at the start
    loss = 1 − 2 min(E_1, E_2) / t

with the steps E_i in which robot i has eaten, out of t. So one that sits there all the time gets no
more than a turn, and nothing counts for the pair of which the other has not had as much.

Each robot reads eight proximity sensors, the lamp of the other and that of the patch with two eyes
each, the ground (1 on the patch), and whether it has eaten in this step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import minimum, where
from evornn.scene import Shape
from evornn.simulators.eyes import EYE, EYES, brightness
from evornn.simulators.simulator import Dynamics, Shapes
from evornn.simulators.swarm import SENSES, sense_each_other
from evornn.simulators.wheeled import Wheeled, always, begin_robots, move_robots

PATCH = 0.06  # metres from its middle to its rim


@dataclass(frozen=True)
class SharedPatch(Wheeled):
    """Two robots, each with fourteen senses and two wheels, one after another.

    Parameters
    ----------
    turn
        Control steps of eating after which a robot is full.
    """

    turn: int = 30

    sensors = 2 * (SENSES + EYES + 2)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_size("SharedPatch.turn", self.turn)

    @property
    def robots(self) -> int:
        return 2

    @property
    def trial(self) -> Shapes:
        """``start``, and the middle of the ``patch`` (2,) in metres."""
        return {**super().trial, "patch": (2,)}

    @property
    def own_state(self) -> Shapes:
        """``eats``: 1 who has eaten in this step; ``eaten``: in how many steps so far."""
        return {"patch": (2,), "appetite": (2,), "eats": (2,), "eaten": (2,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {**super().constants, "eye": EYE, "turn": np.array([float(self.turn)])}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, always, _loss)

    def things(self, bodies: Mapping[str, np.ndarray]) -> list[Shape]:
        return [Shape("disc", bodies["patch"][:1], "goal", PATCH)]


def _begin(k: Any, trial: Any, b: Any) -> None:
    begin_robots(k, trial, b)
    for i in range(2):
        b.patch[i] = trial.patch[i]
        b.appetite[i] = k.turn[0]
        b.eats[i] = 0.0
        b.eaten[i] = 0.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    for r in range(2):
        own = r * (x.shape[0] // 2) + SENSES
        for e in range(EYES):
            x[own + e] = brightness(k.eye, e, b.place, r, b.patch[0], b.patch[1])
        x[own + EYES] = _on_the_patch(b, r)
        x[own + EYES + 1] = b.eats[r]
    sense_each_other(k, b, n, x)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    move_robots(k, a, n, b, b_next)
    for i in range(2):
        b_next.patch[i] = b.patch[i]
    for i in range(2):
        alone = _on_the_patch(b_next, i) * (1.0 - _on_the_patch(b_next, 1 - i))
        b_next.eats[i] = where(b.appetite[i] > 0.0, alone, 0.0 * alone)
        b_next.eaten[i] = b.eaten[i] + b_next.eats[i]
    for i in range(2):
        left = b.appetite[i] - b_next.eats[i]
        b_next.appetite[i] = where(b_next.eats[1 - i] > 0.0, k.turn[0], left)


def _on_the_patch(b: Any, r: int) -> Any:
    """1 where robot `r` is on the patch, else 0."""
    dx, dy = b.place[r, 0] - b.patch[0], b.place[r, 1] - b.patch[1]
    return where(dx * dx + dy * dy <= PATCH * PATCH, 1.0, 0.0 * dx)


def _loss(k: Any, b: Any) -> Any:
    return 1.0 - 2.0 * minimum(b.eaten[0], b.eaten[1]) / b.clock[0]
