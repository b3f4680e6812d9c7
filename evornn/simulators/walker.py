"""Walkers with one leg or six (Beer & Gallagher 1992, Evolving dynamical neural networks for
adaptive behavior, Adaptive Behavior 1; Beer, Chiel & Gallagher 1999, Evolution and analysis of
model CPGs for walking II, Journal of Computational Neuroscience 7, whose constants these are).

Three outputs in (0, 1) move a leg: its foot is down while o₁ > 1/2, and it pushes the body forward
by F o₂ and back by F o₃, with F = 0.05. With two outputs the first is that of the foot and pushes
forward too. Leg i has the angle θᵢ, positive ahead; its foot lies rᵢ ahead of the joint and hᵢ to
the side. One step of dt = 0.1 makes

    fᵢ = F (o₂ − o₃)   if the foot is down and |θᵢ| ≤ π/6, or the push turns the leg back to there
    v ← v + dt Σ fᵢ,   cut off at ±6;      x ← x + dt v

    foot down   rᵢ ← rᵢ − dt v,   ωᵢ ← (arctan(rᵢ / hᵢ) − θᵢ) / dt,   θᵢ ← arctan(rᵢ / hᵢ)
    foot up     ωᵢ ← ωᵢ + dt/2 · F (o₃ − o₂), cut off at ±1;   θᵢ ← θᵢ + dt ωᵢ;   past ±π/6 the leg
                stops there, ωᵢ = 0;   rᵢ = 15 sin θᵢ,   hᵢ = 15 cos θᵢ

and then v = 0 where the body does not stand: where it has no support, or a foot is more than 20
behind its joint. One leg supports the body while its foot is down. Six support it while the polygon
of the feet that are down contains the body's centre; so fewer than three never do. Forces of the
legs add up. (Beer & Gallagher say of the six legs that the body falls, and stops, where it is not
statically stable; where the joints lie is chosen here: 12.5 to either side of the centre line, as
of the one leg, and 20 apart along it.) There is no friction.

The network reads the angles as 5 θᵢ / (π/6), or nothing: a single 0. What a trial is worth is

    1 − x(T) / (v* T),      v* = `best_velocity`, which is exact for one leg and a bound for six.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from evornn.checks import check_size, check_size_choice, check_switch
from evornn.numerics import arctan, cos, maximum, minimum, sin, where
from evornn.scene import Scene, Shape, box
from evornn.simulators.simulator import Dynamics, Shapes, Simulator

LEGS, OUTPUTS = (1, 6), (2, 3)
LENGTH, FORCE, TORQUE = 15.0, 0.05, 0.5
LIMIT = math.pi / 6.0  # radians
FASTEST, FASTEST_TURN = 6.0, 1.0
#: how far a foot may be behind its joint
STRETCH = 20.0
DT = 0.1
#: of joints along the body, and from its centre line
SPACING, SIDEWAYS = 20.0, 12.5
#: half of what is seen to the side
VIEW = 40.0
SENSOR_GAIN = 5.0 / LIMIT


@dataclass(frozen=True)
class Walker(Simulator):
    """One leg or six; with a sensor of each angle or none; outputs for each leg; steps of a trial.

    Legs are numbered left front, middle, hind, then right front, middle, hind.
    """

    legs: int = 1
    sensor: bool = False
    outputs: int = 3
    steps: int = 2200

    time_step = DT
    motor_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        for name, choices in (("legs", LEGS), ("outputs", OUTPUTS)):
            check_size_choice(f"Walker.{name}", getattr(self, name), choices)
        check_switch("Walker.sensor", self.sensor)
        check_size("Walker.steps", self.steps)

    @property
    def sensors(self) -> int:  # type: ignore[override]
        return self.legs if self.sensor else 1

    @property
    def motors(self) -> int:  # type: ignore[override]
        return self.legs * self.outputs

    @property
    def trial(self) -> Shapes:
        """``angle``: of each leg at the start, in radians; all feet are up."""
        return {"angle": (self.legs,)}

    @property
    def state(self) -> Shapes:
        """``body``: x, v; of each leg θ, ω, and r, h: the foot seen from the joint."""
        each = (self.legs,)
        return {"body": (2,), "angle": each, "omega": each, "ahead": each, "aside": each}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            "distance": np.array([best_velocity(self.legs, self.steps) * self.steps * DT]),
            "joint": SPACING * np.array([1.0, 0.0, -1.0] * 2),
        }

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(
            _begin,
            _sense_angles if self.sensor else _sense_nothing,
            _make_move(self.legs, self.outputs),
            _goes_on,
            _loss,
        )

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The body from above, its legs, and marks on the ground; the view goes along."""
        body = np.stack([bodies["body"][:, 0], np.zeros(len(bodies["body"]))], axis=1)
        shapes: list[Shape] = []
        first = VIEW * np.floor(body[:, 0].min() / VIEW - 2.0)
        for mark in np.arange(first, body[:, 0].max() + 2.0 * VIEW, VIEW / 2.0):
            shapes.append(Shape("line", [[mark, -VIEW], [mark, VIEW]], "path"))
        shapes.append(Shape("polygon", box(body, 3.0 * SPACING, 2.0 * SIDEWAYS)))
        for leg in range(self.legs):
            ahead = SPACING * (1 - leg % 3) if self.legs == 6 else 0.0
            side = 1.0 if leg < 3 else -1.0
            joint = body + np.array([ahead, side * SIDEWAYS])
            reach = np.stack([bodies["ahead"][:, leg], side * bodies["aside"][:, leg]], axis=1)
            shapes.append(Shape("line", np.stack([joint, joint + reach], axis=1), "limb"))
        x, wide = body[:, 0], np.full(len(body), VIEW)
        return Scene(shapes, np.stack([x - 1.5 * VIEW, x + 1.5 * VIEW, -wide, wide], axis=1))


def _begin(k: Any, trial: Any, b: Any) -> None:
    b.body[0] = 0.0
    b.body[1] = 0.0
    for i in range(b.angle.shape[0]):
        b.angle[i] = trial.angle[i]
        b.omega[i] = 0.0
        b.ahead[i] = LENGTH * sin(trial.angle[i])
        b.aside[i] = LENGTH * cos(trial.angle[i])


def _sense_angles(k: Any, b: Any, n: Any, x: Any) -> None:
    for i in range(x.shape[0]):
        x[i] = SENSOR_GAIN * b.angle[i]


def _sense_nothing(k: Any, b: Any, n: Any, x: Any) -> None:
    x[0] = 0.0


@cache
def _make_move(legs: int, outputs: int) -> Callable[..., None]:
    supported = _stands_on_one if legs == 1 else _stands_on_six
    last = outputs - 1  # of a leg's outputs: that which pushes back

    def move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
        push = 0.0 * b.body[1]
        for i in range(legs):
            f = FORCE * (a[outputs * i + last - 1] - a[outputs * i + last])
            angle = b.angle[i]
            useful = ((angle >= -LIMIT) | (f < 0.0)) & ((angle <= LIMIT) | (f > 0.0))
            push = push + where((a[outputs * i] > 0.5) & useful, f, 0.0)
        v = maximum(minimum(b.body[1] + DT * push, FASTEST), -FASTEST)
        b_next.body[0] = b.body[0] + DT * v
        reach = 0.0 * v
        for i in range(legs):
            f = FORCE * (a[outputs * i + last] - a[outputs * i + last - 1])
            _move_leg(i, a[outputs * i] > 0.5, f, v, b, b_next)
            reach = minimum(reach, b_next.ahead[i])
        b_next.body[1] = where(supported(k, a, outputs, b_next) & (reach >= -STRETCH), v, 0.0)

    return move


def _move_leg(i: int, down: Any, f: Any, v: Any, b: Any, b_next: Any) -> None:
    """Leg `i` with its foot `down`, or swung by the force `f`, while the body moves at `v`."""
    ahead = b.ahead[i] - DT * v
    turned = arctan(ahead / b.aside[i])
    omega = maximum(minimum(b.omega[i] + DT * TORQUE * f, FASTEST_TURN), -FASTEST_TURN)
    free = b.angle[i] + DT * omega
    swung = maximum(minimum(free, LIMIT), -LIMIT)
    angle = where(down, turned, swung)
    b_next.angle[i] = angle
    b_next.omega[i] = where(
        down, (turned - b.angle[i]) / DT, where(free == swung, omega, 0.0 * omega)
    )
    b_next.ahead[i] = where(down, ahead, LENGTH * sin(angle))
    b_next.aside[i] = where(down, b.aside[i], LENGTH * cos(angle))


def _stands_on_one(k: Any, a: Any, outputs: int, b: Any) -> Any:
    return a[0] > 0.5


def _stands_on_six(k: Any, a: Any, outputs: int, b: Any) -> Any:
    """Whether the feet that are down have the centre strictly between them.

    The line across the body through two feet, one on either side, meets the centre line at the
    mean of their places, each weighed by how far out the other is; the polygon's part of the centre
    line lies between the foremost and the hindmost such point. Only their signs matter.
    """
    foremost, hindmost = 0.0 * b.body[0], 0.0 * b.body[0]
    for i in range(3):
        for j in range(3, 6):
            both = (a[outputs * i] > 0.5) & (a[outputs * j] > 0.5)
            left, right = k.joint[i] + b.ahead[i], k.joint[j] + b.ahead[j]
            meets = left * (SIDEWAYS + b.aside[j]) + right * (SIDEWAYS + b.aside[i])
            foremost = where(both, maximum(foremost, meets), foremost)
            hindmost = where(both, minimum(hindmost, meets), hindmost)
    return (foremost > 0.0) & (hindmost < 0.0)


def _goes_on(k: Any, b: Any) -> Any:
    return b.angle[0] == b.angle[0]  # until it is not a number


def _loss(k: Any, b: Any) -> Any:
    return 1.0 - b.body[0] / k.distance[0]


@cache
def best_velocity(legs: int, steps: int) -> float:
    """Greatest average forward velocity in `steps` steps from π/6 with the feet up.

    One leg: pushing with all force while that helps, and swinging forward with all torque, are best
    at every moment; what is left to choose is when to lift the foot and when to put it down. A leg
    that is lifted behind −π/6 is at −π/6 one step later, so all swings begin alike, and the best is
    found by going back from the end. With t steps left, on a foot put down after j steps of swing
    and in a swing that begins,

        D(t, j) = max over n of d(n, j) + S(t − n),    S(t) = max over j of D(t − j, j)

    with the distance d(n, j) of n steps on the foot. Lifting it before that is left out: searches
    over all times of lifting and putting down found nothing better.

    Six legs: the velocity if all push all the time, which no gait reaches as legs must swing too.
    """
    if legs == 6:
        return float(np.minimum(DT * 6.0 * FORCE * np.arange(1, steps + 1), FASTEST).mean())
    angles = _swing_angles()
    on_foot, lifted = np.array([_stance(angle, steps) for angle in angles]).swapaxes(0, 1)
    best = np.zeros((steps + 1, len(angles)))
    swinging = np.zeros(steps + 1)
    for t in range(1, steps + 1):
        best[t] = on_foot[:, t - 1]
        if t > 1:
            best[t] = np.maximum(best[t], (lifted[:, : t - 1] + swinging[t - 1 : 0 : -1]).max(1))
        swung = np.arange(1, min(t, len(angles)) + 1)
        swinging[t] = best[t - swung, swung - 1].max()
    return float(best[steps, -1]) / (steps * DT)


def _swing_angles() -> list[float]:
    """Angles after 1, 2, … steps of a swing, up to π/6."""
    angles, omega = [-LIMIT], 0.0
    while angles[-1] < LIMIT:
        omega = min(omega + DT * TORQUE * FORCE, FASTEST_TURN)
        angles.append(min(angles[-1] + DT * omega, LIMIT))
    return angles


def _stance(angle: float, steps: int) -> tuple[list[float], list[float]]:
    """Distances after 1, 2, … `steps` steps on a foot that was put down at `angle`, and those with
    the step that the body glides while the foot is lifted: −inf before the leg is behind −π/6."""
    ahead, aside = LENGTH * math.sin(angle), LENGTH * math.cos(angle)
    x = v = 0.0
    distance, glided = [], []
    for _ in range(steps):
        v = min(v + DT * FORCE * (angle >= -LIMIT), FASTEST)
        x += DT * v
        angle = math.atan((ahead - x) / aside)
        v = v if ahead - x >= -STRETCH else 0.0
        distance.append(x)
        glided.append(x + DT * v if angle < -LIMIT else -math.inf)
    return distance, glided
