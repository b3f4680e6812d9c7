"""Categorical perception: catch what falls, or avoid it, by its shape (Beer 2003, The dynamics of
active categorical perception in an evolved model agent, Adaptive Behavior 11, with lines; diamonds
are to be avoided in Beer 1996, Toward the evolution of dynamical neural networks for minimally
cognitive behavior, From Animals to Animats 4).

A round agent of diameter 30 moves along the floor, x in ±200, and looks up along seven rays that
leave its edge, at angles φ = −π/12 … π/12 from upright, and are 220 long. An object of diameter 30
falls from y = 275 at 3, straight down or at a slant. A ray that meets it after the length ℓ (220
where it does not) gives the input

    I = 10 (220 − ℓ) / 220,        and the agent moves by        x ← x + dt · 5 (o₁ − o₂),  dt = 0.1

The trial ends when the object's centre is as low as the agent's, y ≤ 0. With d the horizontal
distance then, of at most 45, in units of 45, the loss is d for a circle, which is to be caught, and
1 − d for what is to be avoided: a level line, or a diamond.

Where a ray from the agent's centre is within the object, [p, q] along it:

    circle    ℓ₀ ± √(15² − a²), with the object ℓ₀ ahead along the ray and a aside of it
    diamond   |u| + |v| ≤ 15 is a square turned by π/4: where both |u + v| and |u − v| are ≤ 15
    line      p = q, on its height, if it is met within 15 of its middle

so that ℓ = p − 15, 0 if the ray begins within the object, and 220 if it is past the object.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from evornn.checks import check_choice
from evornn.numerics import absolute, maximum, minimum, sqrt, where
from evornn.scene import Scene, Shape
from evornn.simulators.simulator import Dynamics, Shapes, Simulator

RADIUS = 15.0  # of the agent and of all objects
WALL, HEIGHT, FALL, SPEED = 200.0, 275.0, 3.0, 5.0
RAYS, VIEW, REACH, GAIN = 7, math.pi / 6.0, 220.0, 10.0
#: a distance that counts as missed altogether
FARTHEST = 45.0
DT = 0.1
#: control steps until the object is down
STEPS = math.ceil(HEIGHT / (FALL * DT))
AVOIDED = ("line", "diamond")


@dataclass(frozen=True)
class Perception(Simulator):
    """What is to be avoided; outputs: the motors, to the right and to the left."""

    avoided: str = "line"

    sensors = RAYS
    motors = 2
    time_step = DT
    motor_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_choice("Perception.avoided", self.avoided, AVOIDED)

    @property
    def trial(self) -> Shapes:
        """``object``: where it begins and how fast it drifts, along x; ``avoid``: 1 or 0."""
        return {"object": (2,), "avoid": (1,)}

    @property
    def state(self) -> Shapes:
        """``agent``: x; ``object``: x, y, and its drift; ``avoid``: 1 if it is, else 0."""
        return {"agent": (1,), "object": (3,), "avoid": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        angles = VIEW / (RAYS - 1) * (np.arange(RAYS) - RAYS // 2)  # mirrored to the bit
        return {"sine": np.sin(angles), "cosine": np.cos(angles)}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _make_sense(self.avoided), _move, _goes_on, _loss)

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The floor, the agent with its rays in their whole length, and what falls."""
        agent = np.stack([bodies["agent"][:, 0], np.zeros(len(bodies["agent"]))], axis=1)
        rays = np.stack([self.constants["sine"], self.constants["cosine"]], axis=1)
        shapes = [Shape("line", [[-WALL, -RADIUS], [WALL, -RADIUS]], "world")]
        for ray in rays:
            ends = np.stack([RADIUS * ray, (RADIUS + REACH) * ray])
            shapes.append(Shape("line", agent[:, np.newaxis] + ends, "world"))
        shapes.append(Shape("disc", agent[:, np.newaxis], "body", RADIUS))
        falling = bodies["object"][:, np.newaxis, :2]
        if trial["avoid"][0] < 0.5:
            shapes.append(Shape("disc", falling, "goal", RADIUS))
        else:
            corners = RADIUS * np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, -1.0]])
            flat = self.avoided == "line"
            kind, outline = ("line", corners[::2]) if flat else ("polygon", corners)
            shapes.append(Shape(kind, falling + outline, "limb"))
        return Scene(shapes, (-WALL - RADIUS, WALL + RADIUS, -2.0 * RADIUS, HEIGHT + RADIUS))


def _begin(k: Any, trial: Any, b: Any) -> None:
    b.agent[0] = 0.0
    b.object[0] = trial.object[0]
    b.object[1] = HEIGHT
    b.object[2] = trial.object[1]
    b.avoid[0] = trial.avoid[0]


@cache
def _make_sense(avoided: str) -> Callable[..., None]:
    within = {"diamond": _within_diamond, "line": _within_line}[avoided]

    def sense(k: Any, b: Any, n: Any, x: Any) -> None:
        right, up = b.object[0] - b.agent[0], b.object[1]
        avoid = b.avoid[0] > 0.5
        for i in range(x.shape[0]):
            p, q = _within_circle(k.sine[i], k.cosine[i], right, up)
            first, last = within(k.sine[i], k.cosine[i], right, up)
            p, q = where(avoid, first, p), where(avoid, last, q)
            met = (p <= q) & (q >= RADIUS)
            length = minimum(maximum(where(met, p - RADIUS, REACH), 0.0), REACH)
            x[i] = GAIN / REACH * (REACH - length)

    return sense


def _within_circle(sine: Any, cosine: Any, right: Any, up: Any) -> tuple[Any, Any]:
    """Where a ray enters and leaves a circle; what is never met is left before it is entered."""
    ahead, aside = sine * right + cosine * up, cosine * right - sine * up
    square = RADIUS * RADIUS - aside * aside
    half = where(square >= 0.0, sqrt(absolute(square)), -REACH)
    return ahead - half, ahead + half


def _within_diamond(sine: Any, cosine: Any, right: Any, up: Any) -> tuple[Any, Any]:
    rising, falling = cosine + sine, cosine - sine  # both above 0 in so narrow a view
    p = maximum((up + right - RADIUS) / rising, (up - right - RADIUS) / falling)
    q = minimum((up + right + RADIUS) / rising, (up - right + RADIUS) / falling)
    return p, q


def _within_line(sine: Any, cosine: Any, right: Any, up: Any) -> tuple[Any, Any]:
    p = up / cosine
    return p, where(absolute(right - sine * p) <= RADIUS, p, -REACH)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    x = b.agent[0] + DT * SPEED * (a[0] - a[1])
    b_next.agent[0] = maximum(minimum(x, WALL), -WALL)
    b_next.object[0] = b.object[0] + DT * b.object[2]
    b_next.object[1] = b.object[1] - DT * FALL
    b_next.object[2] = b.object[2]
    b_next.avoid[0] = b.avoid[0]


def _goes_on(k: Any, b: Any) -> Any:
    return b.object[1] > 0.0


def _loss(k: Any, b: Any) -> Any:
    distance = absolute(b.agent[0] - b.object[0])
    d = minimum(distance, FARTHEST) / FARTHEST
    return where(b.avoid[0] > 0.5, 1.0 - d, d)
