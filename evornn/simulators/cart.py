"""A cart on a track with one or two poles (Wieland 1991, Evolving neural network controllers for
unstable systems, IJCNN; constants and integration of Gomez, Schmidhuber & Miikkulainen 2008,
Accelerated neural evolution through cooperatively coevolved synapses, JMLR 9, appendix A).

    x'' = (F − μc sgn(x') + Σ F̃ᵢ) / (M + Σ m̃ᵢ)
    θᵢ'' = −3/(4 lᵢ) (x'' cos θᵢ + g sin θᵢ + μp θᵢ' / (mᵢ lᵢ))
    F̃ᵢ = mᵢ lᵢ θᵢ'² sin θᵢ + 3/4 mᵢ cos θᵢ (μp θᵢ' / (mᵢ lᵢ) + g sin θᵢ)
    m̃ᵢ = mᵢ (1 − 3/4 cos² θᵢ)

with g = −9.8 m/s², a cart of M = 1 kg, poles of 0.1 and 0.01 kg whose half lengths l are 0.5 and
0.05 m, μc = 5·10⁻⁴, μp = 2·10⁻⁶. A control step is two steps of Runge & Kutta of 0.01 s. The force
is ten newtons times the output, which is cut off at ±1.

A trial ends where the cart is more than 2.4 m from the middle, or a pole more than 36° (one pole
alone: 12°) from upright. The network reads x / 4.8, x' / 2, θ / 0.52 and θ' / 2, as in Shark; or,
without the velocities, x and the angles, so that it needs memory.

What a trial is worth, of t control steps out of T:

    standard   1 − t/T
    damping    1 − 0.1 t/T − 0.9 f,   f = 0.75 / Σ (|x| + |x'| + |θ₁| + |θ₁'|) over the last 100
               steps, and 0 before the 100th (Gruau, Whitley & Pyeatt 1996): the poles must come to
               rest, swinging the cart does not pay
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from evornn.checks import check_choice, check_size, check_switch
from evornn.numerics import absolute, cos, maximum, minimum, sin, where
from evornn.scene import Scene, Shape, box
from evornn.simulators.simulator import Shapes, Simulator

POLES = (1, 2)
WORTH = ("standard", "damping")
MASSES, HALF_LENGTHS = (0.1, 0.01), (0.5, 0.05)
#: radians from upright at which a pole has fallen, for one pole and for two
FALLEN = {1: math.radians(12.0), 2: math.radians(36.0)}
TRACK = 2.4  # metres
#: control steps over which `damping` looks back
WINDOW = 100


@dataclass(frozen=True)
class Cart(Simulator):
    """Poles on the cart; what is read; what counts, in trials of `steps` control steps."""

    poles: int = 2
    velocities: bool = True
    worth: str = "standard"
    steps: int = 1000

    motors = 1
    time_step = 0.02

    def __post_init__(self) -> None:
        check_size("Cart.poles", self.poles)
        check_choice("Cart.poles", str(self.poles), [str(n) for n in POLES])
        check_switch("Cart.velocities", self.velocities)
        check_choice("Cart.worth", self.worth, WORTH)
        check_size("Cart.steps", self.steps)

    @property
    def sensors(self) -> int:  # type: ignore[override]
        return (1 + self.poles) * (2 if self.velocities else 1)

    @property
    def trial(self) -> Shapes:
        """``motion``: x, x', and for each pole θ, θ', in metres, radians and seconds."""
        return {"motion": (2 + 2 * self.poles,)}

    @property
    def state(self) -> Shapes:
        window = {"restless": (WINDOW,)} if self.worth == "damping" else {}
        return {"motion": (2 + 2 * self.poles,), "clock": (1,), **window}

    @property
    def scratch(self) -> Shapes:
        numbers = (2 + 2 * self.poles,)
        return {"slope": numbers, "stage": numbers, "total": numbers, "sine": (self.poles,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            "mass": np.array(MASSES[: self.poles]),
            "half_length": np.array(HALF_LENGTHS[: self.poles]),
            "fallen": np.array([FALLEN[self.poles]]),
            "steps": np.array([float(self.steps)]),
        }

    @property
    def begin(self) -> Callable[..., None]:
        return _begin_restless if self.worth == "damping" else _begin

    @property
    def sense(self) -> Callable[..., None]:
        return _sense_all if self.velocities else _sense_places

    @property
    def move(self) -> Callable[..., None]:
        return _move_and_look_back if self.worth == "damping" else _move

    @property
    def goes_on(self) -> Callable[..., Any]:
        return _make_goes_on(self.poles)

    @property
    def loss(self) -> Callable[..., Any]:
        return _damping if self.worth == "damping" else _standard

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The track, its ends, the cart, and the poles in their whole length."""
        motion = bodies["motion"]
        hinge = np.stack([motion[:, 0], np.zeros(len(motion))], axis=1)
        cart = box(hinge - (0.0, 0.1), 0.5, 0.2)
        ends = np.array([[-TRACK, 0.0], [-TRACK, -0.25], [TRACK, -0.25], [TRACK, 0.0]])
        shapes = [Shape("line", ends, "world"), Shape("polygon", cart)]
        for pole in range(self.poles):
            angle, length = motion[:, 2 + 2 * pole], 2.0 * HALF_LENGTHS[pole]
            tip = hinge + length * np.stack([np.sin(angle), np.cos(angle)], axis=1)
            role = ("limb", "second")[pole]
            shapes.append(Shape("line", np.stack([hinge, tip], axis=1), role))
        return Scene(shapes, (-2.7, 2.7, -0.3, 1.1))


def _begin(k: Any, trial: Any, b: Any) -> None:
    for i in range(b.motion.shape[0]):
        b.motion[i] = trial.motion[i]
    b.clock[0] = 0.0


def _begin_restless(k: Any, trial: Any, b: Any) -> None:
    _begin(k, trial, b)
    for i in range(b.restless.shape[0]):
        b.restless[i] = 0.0


def _sense_all(k: Any, b: Any, n: Any, x: Any) -> None:
    x[0] = b.motion[0] / 4.8
    x[1] = b.motion[1] / 2.0
    for i in range(1, x.shape[0] // 2):
        x[2 * i] = b.motion[2 * i] / 0.52
        x[2 * i + 1] = b.motion[2 * i + 1] / 2.0


def _sense_places(k: Any, b: Any, n: Any, x: Any) -> None:
    x[0] = b.motion[0] / 4.8
    for i in range(1, x.shape[0]):
        x[i] = b.motion[2 * i] / 0.52


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    force = 10.0 * maximum(minimum(a[0], 1.0), -1.0)
    _runge_kutta(k, force, b.motion, b_next)
    _runge_kutta(k, force, b_next.motion, b_next)
    b_next.clock[0] = b.clock[0] + 1.0


def _move_and_look_back(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    _move(k, a, n, b, b_next)
    m = b_next.motion
    b_next.restless[0] = absolute(m[0]) + absolute(m[1]) + absolute(m[2]) + absolute(m[3])
    for i in range(1, b_next.restless.shape[0]):
        b_next.restless[i] = b.restless[i - 1]


def _runge_kutta(k: Any, force: Any, before: Any, b_next: Any) -> None:
    """One step of 0.01 s from `before` to ``b_next.motion``, which may be the same."""
    h, slope, stage, total = 0.01, b_next.slope, b_next.stage, b_next.total
    _slopes(k, force, before, b_next.sine, slope)
    for i in range(slope.shape[0]):
        total[i] = slope[i]
        stage[i] = before[i] + h / 2.0 * slope[i]
    _slopes(k, force, stage, b_next.sine, slope)
    for i in range(slope.shape[0]):
        total[i] = total[i] + 2.0 * slope[i]
        stage[i] = before[i] + h / 2.0 * slope[i]
    _slopes(k, force, stage, b_next.sine, slope)
    for i in range(slope.shape[0]):
        total[i] = total[i] + 2.0 * slope[i]
        stage[i] = before[i] + h * slope[i]
    _slopes(k, force, stage, b_next.sine, slope)
    for i in range(slope.shape[0]):
        b_next.motion[i] = before[i] + h / 6.0 * (total[i] + slope[i])


def _slopes(k: Any, force: Any, m: Any, sine: Any, slope: Any) -> None:
    """The derivatives of the motion `m` by time; keeps the cosines in `slope` for a while."""
    g, friction = -9.8, 2e-6
    push = force - 5e-4 * where(m[1] > 0.0, 1.0, where(m[1] < 0.0, -1.0, 0.0 * m[1]))
    mass = 1.0 + 0.0 * m[1]
    for i in range(k.mass.shape[0]):
        angle, speed = m[2 + 2 * i], m[3 + 2 * i]
        s, c = sin(angle), cos(angle)
        hinge = friction * speed / (k.mass[i] * k.half_length[i])
        push = push + k.mass[i] * (
            k.half_length[i] * speed * speed * s + 0.75 * c * (hinge + g * s)
        )
        mass = mass + k.mass[i] * (1.0 - 0.75 * c * c)
        sine[i], slope[2 + 2 * i] = s, c
    acceleration = push / mass
    for i in range(k.mass.shape[0]):
        speed = m[3 + 2 * i]
        hinge = friction * speed / (k.mass[i] * k.half_length[i])
        turn = acceleration * slope[2 + 2 * i] + g * sine[i] + hinge
        slope[3 + 2 * i] = -0.75 / k.half_length[i] * turn
        slope[2 + 2 * i] = speed
    slope[0] = m[1]
    slope[1] = acceleration


@cache
def _make_goes_on(poles: int) -> Callable[..., Any]:
    def goes_on(k: Any, b: Any) -> Any:
        # A number that is not one is not within bounds either.
        within = (absolute(b.motion[0]) <= TRACK) & (absolute(b.motion[2]) <= k.fallen[0])
        if poles == 2:
            within = within & (absolute(b.motion[4]) <= k.fallen[0])
        return within

    return goes_on


def _standard(k: Any, b: Any) -> Any:
    return 1.0 - b.clock[0] / k.steps[0]


def _damping(k: Any, b: Any) -> Any:
    restless = b.restless[0]
    for i in range(1, b.restless.shape[0]):
        restless = restless + b.restless[i]
    rest = where(b.clock[0] >= 100.0, 0.75 / restless, 0.0)
    return 1.0 - 0.1 * b.clock[0] / k.steps[0] - 0.9 * rest
