"""Chemotaxis: a round animal finds a patch by its smell (Beer & Gallagher 1992, Evolving dynamical
neural networks for adaptive behavior, Adaptive Behavior 1).

Their animal has a chemical sensor and an effector on either side, and the patch's smell falls with
the square of the distance. With the place z and heading ψ of the body, and a step of dt = 0.1,

    z ← z + dt V (o_L + o_R)/2 · (cos ψ, sin ψ),      ψ ← ψ + dt V (o_R − o_L) / (2 r)

so that the effector on the left turns it to the right. The sensors lie on its edge, at ψ ± π/4, and
read

    10 R² / (R² + D²)         at the distance D from the patch: an inverse square beyond R

A trial is worth the mean over time of the distance of the body from the patch, as a share of that
at the start. The sizes are chosen here, in units of a fifth of the body: r = 2.5, R = 10, and the
greatest speed V = 2, at which half a turn takes 8 and the patch is at most 25 away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.numerics import cos, sin, sqrt
from evornn.scene import Scene, Shape, path
from evornn.simulators.robots_scene import around
from evornn.simulators.simulator import Dynamics, Shapes, Simulator

RADIUS, PATCH, SPEED, GAIN = 2.5, 10.0, 2.0, 10.0
SENSOR = math.pi / 4.0  # from the heading
DT = 0.1


@dataclass(frozen=True)
class Chemotaxis(Simulator):
    """An animal at 0, heading along x, in trials of `steps`; left before right in all it has."""

    steps: int = 1000

    sensors = 2
    motors = 2
    time_step = DT
    motor_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_size("Chemotaxis.steps", self.steps)

    @property
    def trial(self) -> Shapes:
        """``patch``: where it is, x and y; not at 0."""
        return {"patch": (2,)}

    @property
    def state(self) -> Shapes:
        """``pose``: x, y, ψ; ``total``: of all distances so far, in distances at the start."""
        return {"pose": (3,), "patch": (2,), "far": (1,), "total": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"steps": np.array([float(self.steps)])}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The patch, the animal with its heading, and its way."""
        pose = bodies["pose"]
        heading = RADIUS * np.stack([np.cos(pose[:, 2]), np.sin(pose[:, 2])], axis=1)
        centre = pose[:, np.newaxis, :2]
        shapes = [
            Shape("disc", trial["patch"][np.newaxis], "goal", PATCH),
            path(pose[:, :2]),
            Shape("disc", centre, "body", RADIUS),
            Shape("line", centre + np.stack([0.0 * heading, heading], axis=1), "world"),
        ]
        return Scene(shapes, around(shapes, PATCH + RADIUS))


def _begin(k: Any, trial: Any, b: Any) -> None:
    for i in range(b.pose.shape[0]):
        b.pose[i] = 0.0
    for i in range(b.patch.shape[0]):
        b.patch[i] = trial.patch[i]
    b.far[0] = sqrt(trial.patch[0] * trial.patch[0] + trial.patch[1] * trial.patch[1])
    b.total[0] = 0.0


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    x[0] = _smell(b, b.pose[2] + SENSOR)
    x[1] = _smell(b, b.pose[2] - SENSOR)


def _smell(b: Any, direction: Any) -> Any:
    """What a sensor on the body's edge, in this direction from its centre, reads."""
    right = b.pose[0] + RADIUS * cos(direction) - b.patch[0]
    up = b.pose[1] + RADIUS * sin(direction) - b.patch[1]
    return GAIN * PATCH * PATCH / (PATCH * PATCH + right * right + up * up)


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    forward = DT * SPEED * (a[0] + a[1]) / 2.0
    b_next.pose[0] = b.pose[0] + forward * cos(b.pose[2])
    b_next.pose[1] = b.pose[1] + forward * sin(b.pose[2])
    b_next.pose[2] = b.pose[2] + DT * SPEED * (a[1] - a[0]) / (2.0 * RADIUS)
    for i in range(b.patch.shape[0]):
        b_next.patch[i] = b.patch[i]
    b_next.far[0] = b.far[0]
    right, up = b_next.pose[0] - b.patch[0], b_next.pose[1] - b.patch[1]
    b_next.total[0] = b.total[0] + sqrt(right * right + up * up) / b.far[0]


def _goes_on(k: Any, b: Any) -> Any:
    return b.total[0] == b.total[0]  # until it is not a number


def _loss(k: Any, b: Any) -> Any:
    return b.total[0] / k.steps[0]
