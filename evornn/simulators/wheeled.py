"""Robots on two wheels in a flat arena, after the Khepera (Mondada, Franzi & Ienne 1993, Mobile
robot miniaturisation: a tool for investigation in control algorithms, ISER).

With speeds l and r of the left and the right wheel, B apart, a control step of h = 0.1 s turns the
robot by 2 u and moves it along the arc

    u = h (r − l) / 2B      x += h (l + r)/2 · sin(u)/u · (cos(θ + u), sin(θ + u))      θ += 2 u

A disc of 55 mm across, the wheels B = 53 mm apart, at most 80 mm/s. An output of ±1 is full speed,
beyond which it is cut off; ``rest=0.5`` is for outputs from 0 to 1: there a wheel stands still.

Eight infra-red sensors sit on the rim and look where the Khepera's do (angles and range of the
simulator KiKS, Storm 2004), each along one ray: 1 where it touches, falling linearly to 0 at 50 mm.

    number                   0    1    2    3    4    5     6     7
    sits at (°, left > 0)   68   43   13  −13  −43  −68  −158   158
    looks to                90   45   10  −10  −45  −90   180   180

Robots move one after another. Whoever would stand in a wall, an obstacle or another robot is pushed
back to its surface, along which it slides; where that doesn't help, as in a narrow corner, it turns
on the spot. So no robot is ever inside of anything, if none is at the start: the tasks see to that.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_number
from evornn.errors import ConfigurationError
from evornn.numerics import cos, maximum, minimum, sin, sqrt, where
from evornn.scene import Scene, Shape
from evornn.simulators.arena import Arena
from evornn.simulators.rays import activate, see_disc, see_nothing, see_wall
from evornn.simulators.robots_scene import robots_scene
from evornn.simulators.simulator import Shapes, Simulator

RADIUS, BETWEEN_WHEELS = 0.0275, 0.053  # metres
TOP_SPEED = 0.08  # metres per second
REACH = 0.05  # metres
STEP = 0.1  # seconds
SITS_AT = (68.0, 43.0, 13.0, -13.0, -43.0, -68.0, -158.0, 158.0)
LOOKS_TO = (90.0, 45.0, 10.0, -10.0, -45.0, -90.0, 180.0, 180.0)
PROXIMITY = len(SITS_AT)
#: the share of a radius squared by which rounding may bring two bodies too close
ROUNDING = 1e-9
#: an arena without anything in it
OPEN = Arena()


@dataclass(frozen=True)
class Wheeled(Simulator):
    """Base of the worlds of wheeled robots.

    Parameters
    ----------
    arena
        Walls and obstacles.
    motor_noise, sensor_noise
        Standard deviations of what is added to each wheel's speed, as a share of the highest, and
        to each sensor.
    rest
        The output at which a wheel stands still: 0, or 0.5 for outputs from 0 to 1.
    """

    arena: Arena = OPEN
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0

    time_step = STEP

    def __post_init__(self) -> None:
        name = type(self).__name__
        if not isinstance(self.arena, Arena):
            raise ConfigurationError(f"{name}.arena must be an Arena, got {self.arena!r:.80}")
        check_number(f"{name}.motor_noise", self.motor_noise, least=0.0)
        check_number(f"{name}.sensor_noise", self.sensor_noise, least=0.0)
        check_number(f"{name}.rest", self.rest, least=0.0, most=0.9)

    @property
    def motor_range(self) -> tuple[float, float]:  # type: ignore[override]
        """From full speed backwards to full speed forwards."""
        return (2.0 * self.rest - 1.0, 1.0)

    @property
    def robots(self) -> int:
        """Robots in the world."""
        return 1

    @property
    def motors(self) -> int:  # type: ignore[override]
        """Left and right wheel of each robot."""
        return 2 * self.robots

    @property
    def trial(self) -> Shapes:
        """``start`` (robot, 3): x, y, θ, in metres and radians."""
        return {"start": (self.robots, 3)}

    @property
    def state(self) -> Shapes:
        """``place``: x, y, cos θ, sin θ; ``near``: the proximity sensors; ``wheels``: speeds as
        shares of the highest; ``clock``: control steps made; and the world's own.
        """
        n = self.robots
        body = {"place": (n, 4), "near": (n, PROXIMITY), "wheels": (2 * n,), "clock": (1,)}
        return body | dict(self.own_state)

    @property
    @abstractmethod
    def own_state(self) -> Shapes:
        """What this world keeps besides its robots."""

    @property
    def noise(self) -> int:
        return self.motors + self.sensors if self.motor_noise or self.sensor_noise else 0

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        sits, looks = np.radians(SITS_AT), np.radians(LOOKS_TO)
        rays = [RADIUS * np.cos(sits), RADIUS * np.sin(sits), np.cos(looks), np.sin(looks)]
        return {
            **self.arena.constants,
            "ray": np.stack(rays, axis=1),
            "motor_noise": np.array([float(self.motor_noise)]),
            "sensor_noise": np.array([float(self.sensor_noise)]),
            "rest": np.array([float(self.rest)]),
        }

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """Walls and obstacles, what lies about, and the robots with their ways and headings."""
        things = self.things(bodies)
        return robots_scene(self.arena, RADIUS, bodies["place"], self.numbers, things)

    @property
    def numbers(self) -> Sequence[int]:
        """The number of each robot in a scene, where each has a colour of its own."""
        return range(self.robots)

    def things(self, bodies: Mapping[str, np.ndarray]) -> list[Shape]:
        """What lies about in this world, for a scene."""
        return []


def always(k: Any, b: Any) -> Any:
    return b.clock[0] >= 0.0


def begin_robots(k: Any, trial: Any, b: Any) -> None:
    """All robots at their start, the wheels at rest."""
    b.clock[0] = 0.0
    for i in range(b.wheels.shape[0]):
        b.wheels[i] = 0.0
    for r in range(b.place.shape[0]):
        b.place[r, 0] = trial.start[r, 0]
        b.place[r, 1] = trial.start[r, 1]
        b.place[r, 2] = cos(trial.start[r, 2])
        b.place[r, 3] = sin(trial.start[r, 2])
    look_around(k, b)


def move_robots(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    """A control step of all robots with the outputs `a` (2 robots,)."""
    set_wheels(k, a, n, b_next.wheels)
    roll_robots(k, b, b_next)


def set_wheels(k: Any, a: Any, n: Any, wheels: Any) -> None:
    """The speeds that the outputs `a` ask for."""
    for i in range(wheels.shape[0]):
        wheels[i] = maximum(minimum((a[i] - k.rest[0]) / (1.0 - k.rest[0]), 1.0), -1.0)
    for i in range(min(n.shape[0], wheels.shape[0])):
        wheels[i] = wheels[i] + k.motor_noise[0] * n[i]


def roll_robots(k: Any, b: Any, b_next: Any) -> None:
    """All robots one step on, with the speeds ``b_next.wheels``; and what they see from there."""
    drive_robots(k, b, b_next)
    look_around(k, b_next)


def drive_robots(k: Any, b: Any, b_next: Any) -> None:
    """The next places of all robots, as far as nothing is in the way."""
    b_next.clock[0] = b.clock[0] + 1.0
    for r in range(b.place.shape[0]):
        for i in range(4):
            b_next.place[r, i] = b.place[r, i]
    for r in range(b.place.shape[0]):
        _roll(k, b_next.wheels, r, b_next.place)


def sense_proximity(b: Any, r: int, x: Any, first: int) -> None:
    """The proximity sensors of robot `r`, as the senses from `first` on."""
    for i in range(b.near.shape[1]):
        x[first + i] = b.near[r, i]


def add_noise(k: Any, n: Any, x: Any) -> None:
    """Noise on all senses; the first draws of `n` are those of the motors."""
    for i in range(min(n.shape[0], x.shape[0])):
        x[i] = x[i] + k.sensor_noise[0] * n[n.shape[0] - x.shape[0] + i]


def _roll(k: Any, wheels: Any, r: int, place: Any) -> None:
    """Robot `r` along its arc, as far as nothing is in the way."""
    left, right = TOP_SPEED * wheels[2 * r], TOP_SPEED * wheels[2 * r + 1]
    u = STEP * (right - left) / (2.0 * BETWEEN_WHEELS)
    c, s = cos(u), sin(u)
    chord = STEP * 0.5 * (left + right) * where(u == 0.0, 1.0, s / where(u == 0.0, 1.0, u))
    cosine, sine = _turned(place[r, 2], place[r, 3], c, s)
    x, y = place[r, 0] + chord * cosine, place[r, 1] + chord * sine
    place[r, 2], place[r, 3] = _turned(cosine, sine, c, s)
    x, y = _pushed(k, place, r, x, y)
    free = _is_free(k, place, r, x, y)
    place[r, 0] = where(free, x, place[r, 0])
    place[r, 1] = where(free, y, place[r, 1])


def _turned(x: Any, y: Any, c: Any, s: Any) -> Any:
    """The vector (x, y) turned to the left by the angle with cosine `c` and sine `s`."""
    return x * c - y * s, y * c + x * s


def _pushed(k: Any, place: Any, r: int, x: Any, y: Any) -> Any:
    """The place (x, y) of robot `r`, pushed out of one thing after another."""
    for w in range(k.wall.shape[0]):
        qx, qy = _nearest(k.wall, w, x, y)
        x, y = _out_of(qx, qy, RADIUS, x, y)
    for o in range(k.obstacle.shape[0]):
        x, y = _out_of(k.obstacle[o, 0], k.obstacle[o, 1], RADIUS + k.obstacle[o, 2], x, y)
    for j in range(place.shape[0]):
        if j != r:
            x, y = _out_of(place[j, 0], place[j, 1], 2.0 * RADIUS, x, y)
    return x, y


def _is_free(k: Any, place: Any, r: int, x: Any, y: Any) -> Any:
    """Whether robot `r` can stand at (x, y)."""
    free = x == x
    for w in range(k.wall.shape[0]):
        qx, qy = _nearest(k.wall, w, x, y)
        free = free & _apart(qx, qy, RADIUS, x, y)
    for o in range(k.obstacle.shape[0]):
        reach = RADIUS + k.obstacle[o, 2]
        free = free & _apart(k.obstacle[o, 0], k.obstacle[o, 1], reach, x, y)
    for j in range(place.shape[0]):
        if j != r:
            free = free & _apart(place[j, 0], place[j, 1], 2.0 * RADIUS, x, y)
    return free


def _nearest(wall: Any, w: int, x: Any, y: Any) -> Any:
    """The point of wall `w` that is nearest to (x, y)."""
    along = (x - wall[w, 0]) * wall[w, 2] + (y - wall[w, 1]) * wall[w, 3]
    along = maximum(minimum(along, wall[w, 4]), 0.0)
    return wall[w, 0] + along * wall[w, 2], wall[w, 1] + along * wall[w, 3]


def _out_of(qx: Any, qy: Any, reach: Any, x: Any, y: Any) -> Any:
    """(x, y), moved away from (qx, qy) to the distance `reach` where it is nearer."""
    dx, dy = x - qx, y - qy
    # Exactly 0 where it isn't, so that nothing is moved by rounding.
    share = maximum(reach / sqrt(dx * dx + dy * dy) - 1.0, 0.0)
    return x + share * dx, y + share * dy


def _apart(qx: Any, qy: Any, reach: Any, x: Any, y: Any) -> Any:
    dx, dy = x - qx, y - qy
    return dx * dx + dy * dy >= reach * reach * (1.0 - ROUNDING)


def look_around(k: Any, b: Any) -> None:
    """The proximity sensors of all robots."""
    for r in range(b.place.shape[0]):
        see_nothing(b.near, r)
        for w in range(k.wall.shape[0]):
            see_wall(k.ray, k.wall, w, b.place, r, b.near)
        for o in range(k.obstacle.shape[0]):
            x, y, radius = k.obstacle[o, 0], k.obstacle[o, 1], k.obstacle[o, 2]
            see_disc(k.ray, x, y, radius, b.place, r, b.near)
        for j in range(b.place.shape[0]):
            if j != r:
                see_disc(k.ray, b.place[j, 0], b.place[j, 1], RADIUS, b.place, r, b.near)
        activate(REACH, b.near, r)
