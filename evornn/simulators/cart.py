"""A cart on a track with one or two poles (Wieland 1991, Evolving neural network controllers for
unstable systems, IJCNN; constants and integration of Gomez, Schmidhuber & Miikkulainen 2008,
Accelerated neural evolution through cooperatively coevolved synapses, JMLR 9, appendix A).

    x'' = (F − μc sgn(x') + Σ F̃ᵢ) / (M + Σ m̃ᵢ)
    θᵢ'' = −3/(4 lᵢ) (x'' cos θᵢ + g sin θᵢ + μp θᵢ' / (mᵢ lᵢ))
    F̃ᵢ = mᵢ lᵢ θᵢ'² sin θᵢ + 3/4 mᵢ cos θᵢ (μp θᵢ' / (mᵢ lᵢ) + g sin θᵢ)
    m̃ᵢ = mᵢ (1 − 3/4 cos² θᵢ)

with g = −9.8 m/s², a cart of M = 1 kg, poles of 0.1 and 0.01 kg whose half lengths l are 0.5 and
0.05 m, μc = 5·10⁻⁴, μp = 2·10⁻⁶. A second pole that is longer weighs as much per metre, and is the
harder to balance the less it differs from the first (Wieland 1991). A control step is two steps of
Runge & Kutta of 0.01 s. The force is ten newtons times the output, which is cut off at ±1; with
`snap` it is never less than 10/256 newtons, as in Gomez et al. (not in the cart of the library
Shark).

A trial ends where the cart is more than 2.4 m from the middle, or a pole more than 36° (one pole
alone: 12°) from upright. The network reads x / 4.8, x' / 2, θ / 0.52 and θ' / 2, as in Shark; or,
without the velocities, x and the angles, so that it needs memory.

What a trial is worth, of t control steps out of T:

    standard   1 − t/T
    damping    1 − 0.1 t/T − 0.9 f,   f = 0.75 / Σ (|x| + |x'| + |θ₁| + |θ₁'|) over the last 100
               steps, and 0 before the 100th (Gruau, Whitley & Pyeatt 1996): the poles must come to
               rest, swinging the cart does not pay. Below 0 where they rest well
    swing_up   1 − 1/T Σ (1 + cos θ)/2 cos(π/2 x/2.4), with the mean cos θ of the poles; the poles
               may turn as they like, and in place of θ / 0.52 the network reads sin θ and cos θ
               (the reward of the swing-up of EvoJAX: Tang, Tian & Ha 2022, GECCO)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from evornn.checks import (
    check_choice,
    check_number,
    check_size,
    check_size_choice,
    check_switch,
)
from evornn.errors import ConfigurationError
from evornn.numerics import absolute, cos, maximum, minimum, sin, where
from evornn.scene import Scene, Shape, box
from evornn.simulators.simulator import Dynamics, Shapes, Simulator

POLES = (1, 2)
WORTH = ("standard", "damping", "swing_up")
MASSES, HALF_LENGTHS = (0.1, 0.01), (0.5, 0.05)
SECOND_POLE = 0.1  # metres, of the whole pole that these are of
RAIL_FRICTION, HINGE_FRICTION = 5e-4, 2e-6
#: radians from upright at which a pole has fallen, for one pole and for two
FALLEN = {1: math.radians(12.0), 2: math.radians(36.0)}
TRACK = 2.4  # metres
LEAST_FORCE = 10.0 / 256.0  # newtons
#: control steps over which `damping` looks back
WINDOW = 100
#: what the sums of `damping` are added up in, side by side
SUMS = 4


@dataclass(frozen=True)
class Cart(Simulator):
    """Poles on the cart; what is read; what counts, in trials of `steps` control steps.

    `second_pole` is the whole length of the second one, metres.
    """

    poles: int = 2
    velocities: bool = True
    worth: str = "standard"
    steps: int = 1000
    friction: bool = True
    snap: bool = False
    second_pole: float = SECOND_POLE

    motors = 1
    time_step = 0.02

    def __post_init__(self) -> None:
        check_size_choice("Cart.poles", self.poles, POLES)
        check_choice("Cart.worth", self.worth, WORTH)
        check_size("Cart.steps", self.steps)
        for name in ("velocities", "friction", "snap"):
            check_switch(f"Cart.{name}", getattr(self, name))
        check_number("Cart.second_pole", self.second_pole, above=0.0, most=1.0)
        if self.poles == 1 and self.second_pole != SECOND_POLE:
            raise ConfigurationError(
                f"second_pole {self.second_pole:g} is the length of a pole that is not there: "
                "leave it out, or set poles=2"
            )

    @property
    def half_lengths(self) -> np.ndarray:
        """Of the poles (pole,), metres."""
        return self._sized(HALF_LENGTHS)

    def _sized(self, usual: tuple[float, float]) -> np.ndarray:
        """What grows with the length of a pole, (pole,): `usual` where the second has 0.1 m."""
        return np.array([usual[0], usual[1] * (self.second_pole / SECOND_POLE)][: self.poles])

    @property
    def sensors(self) -> int:  # type: ignore[override]
        angles = self.poles * (2 if self.worth == "swing_up" else 1)
        return 1 + angles + (1 + self.poles if self.velocities else 0)

    @property
    def trial(self) -> Shapes:
        """``motion``: x, x', and for each pole θ, θ', in metres, radians and seconds."""
        return {"motion": (2 + 2 * self.poles,)}

    @property
    def state(self) -> Shapes:
        """``restless``: the last terms of the sum f, the youngest first; ``total``: their sums, or
        that over the trial."""
        sums: Shapes = {
            "standard": {},
            "damping": {"restless": (WINDOW,), "total": (SUMS,)},
            "swing_up": {"total": (1,)},
        }[self.worth]
        return {"motion": (2 + 2 * self.poles,), "clock": (1,), **sums}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """What the equations are made of: m, m l, μp / (m l), −3/(4 l) of each pole, and so on."""
        mass, length = self._sized(MASSES), self.half_lengths
        return {
            "mass": mass,
            "lever": mass * length,
            "hinge": HINGE_FRICTION * self.friction / (mass * length),
            "turn": -0.75 / length,
            "rail": np.array([RAIL_FRICTION * self.friction]),
            "least_force": np.array([LEAST_FORCE * self.snap]),
            "fallen": np.array([FALLEN[self.poles]]),
            "steps": np.array([float(self.steps)]),
        }

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(
            begin=_begin if self.worth == "standard" else _make_begin(self.worth),
            sense=_make_sense(self.velocities, self.worth == "swing_up"),
            move=_make_move(self.poles, self.worth),
            goes_on=_on_the_track if self.worth == "swing_up" else _make_upright(self.poles),
            loss={"standard": _standard, "damping": _damping, "swing_up": _swing_up}[self.worth],
        )

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The track, its ends, the cart, and the poles in their whole length."""
        motion = bodies["motion"]
        hinge = np.stack([motion[:, 0], np.zeros(len(motion))], axis=1)
        cart = box(hinge - (0.0, 0.1), 0.5, 0.2)
        ends = np.array([[-TRACK, 0.0], [-TRACK, -0.25], [TRACK, -0.25], [TRACK, 0.0]])
        shapes = [Shape("line", ends, "world"), Shape("polygon", cart)]
        for pole in range(self.poles):
            angle, length = motion[:, 2 + 2 * pole], 2.0 * self.half_lengths[pole]
            tip = hinge + length * np.stack([np.sin(angle), np.cos(angle)], axis=1)
            role = ("limb", "second")[pole]
            shapes.append(Shape("line", np.stack([hinge, tip], axis=1), role))
        return Scene(shapes, (-2.7, 2.7, -0.3, 1.1))


def _begin(k: Any, trial: Any, b: Any) -> None:
    for i in range(b.motion.shape[0]):
        b.motion[i] = trial.motion[i]
    b.clock[0] = 0.0


@cache
def _make_begin(worth: str) -> Callable[..., None]:
    """For trials in which something is added up."""
    damping = worth == "damping"

    def begin(k: Any, trial: Any, b: Any) -> None:
        _begin(k, trial, b)
        for i in range(b.total.shape[0]):
            b.total[i] = 0.0
        if damping:
            for i in range(b.restless.shape[0]):
                b.restless[i] = 0.0

    return begin


@cache
def _make_sense(velocities: bool, turning: bool) -> Callable[..., None]:
    def sense(k: Any, b: Any, n: Any, x: Any) -> None:
        m, at = b.motion, 1
        x[0] = (1.0 / 4.8) * m[0]
        if velocities:
            x[1] = 0.5 * m[1]
            at = 2
        for i in range(2, m.shape[0], 2):
            if turning:
                x[at] = sin(m[i])
                x[at + 1] = cos(m[i])
                at += 2
            else:
                x[at] = (1.0 / 0.52) * m[i]
                at += 1
            if velocities:
                x[at] = 0.5 * m[i + 1]
                at += 1

    return sense


@cache
def _make_move(poles: int, worth: str) -> Callable[..., None]:
    runge_kutta = _make_runge_kutta(poles)

    def move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
        force = 10.0 * maximum(minimum(a[0], 1.0), -1.0)
        least = k.least_force[0]
        snapped = where(force < 0.0, -least, 0.0 * force + least)
        force = where(absolute(force) < least, snapped, force)
        runge_kutta(k, force, b.motion, b_next.motion)
        runge_kutta(k, force, b_next.motion, b_next.motion)
        b_next.clock[0] = b.clock[0] + 1.0

    return {"standard": move, "damping": _look_back(move), "swing_up": _look_up(move)}[worth]


def _look_back(move: Callable[..., None]) -> Callable[..., None]:
    def move_and_look_back(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
        move(k, a, n, b, b_next)
        m, old, new, total = b_next.motion, b.restless, b_next.restless, b_next.total
        new[0] = absolute(m[0]) + absolute(m[1]) + absolute(m[2]) + absolute(m[3])
        for j in range(SUMS):
            total[j] = 0.0
        total[0] = new[0]
        for i in range(1, new.shape[0]):
            new[i] = old[i - 1]
            total[i % SUMS] = total[i % SUMS] + new[i]

    return move_and_look_back


def _look_up(move: Callable[..., None]) -> Callable[..., None]:
    def move_and_look_up(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
        move(k, a, n, b, b_next)
        m = b_next.motion
        height = 0.0 * m[0]
        for i in range(2, m.shape[0], 2):
            height = height + cos(m[i])
        upright = 0.5 + height / (m.shape[0] - 2.0)
        b_next.total[0] = b.total[0] + upright * cos((0.5 * math.pi / TRACK) * m[0])

    return move_and_look_up


@cache
def _make_runge_kutta(poles: int) -> Callable[..., None]:
    """One step of 0.01 s. With one pole the last is the first, and compiled but once."""
    h, last = 0.01, poles - 1

    def accelerations(k: Any, force: Any, v: Any, θ: Any, ω: Any, φ: Any, ψ: Any) -> Any:
        push, mass, cosine, own = _pull(k, 0, θ, ω)
        push_of_last, mass_of_last, cosine_of_last, own_of_last = _pull(k, last, φ, ψ)
        if poles == 2:
            push, mass = push + push_of_last, mass + mass_of_last
        rail = k.rail[0]
        rubbing = where(v > 0.0, rail, where(v < 0.0, -rail, 0.0 * v))
        a = (force - rubbing + push) / (1.0 + mass)
        return a, k.turn[0] * (a * cosine + own), k.turn[last] * (a * cosine_of_last + own_of_last)

    def runge_kutta(k: Any, force: Any, before: Any, after: Any) -> None:
        x, v, θ, ω, φ, ψ = (
            before[0], before[1], before[2], before[3], before[2 * poles], before[2 * poles + 1],
        )  # fmt: skip
        half = 0.5 * h
        # Of a second-order equation the angles of a stage need the velocities of the stage before.
        a, b, c = accelerations(k, force, v, θ, ω, φ, ψ)
        u, p, q = v + half * a, ω + half * b, ψ + half * c
        a2, b2, c2 = accelerations(k, force, u, θ + half * ω, p, φ + half * ψ, q)
        u2, p2, q2 = v + half * a2, ω + half * b2, ψ + half * c2
        a3, b3, c3 = accelerations(k, force, u2, θ + half * p, p2, φ + half * q, q2)
        u3, p3, q3 = v + h * a3, ω + h * b3, ψ + h * c3
        a4, b4, c4 = accelerations(k, force, u3, θ + h * p2, p3, φ + h * q2, q3)
        after[0] = x + h / 6.0 * (v + 2.0 * u + 2.0 * u2 + u3)
        after[1] = v + h / 6.0 * (a + 2.0 * a2 + 2.0 * a3 + a4)
        after[2] = θ + h / 6.0 * (ω + 2.0 * p + 2.0 * p2 + p3)
        after[3] = ω + h / 6.0 * (b + 2.0 * b2 + 2.0 * b3 + b4)
        after[2 * poles] = φ + h / 6.0 * (ψ + 2.0 * q + 2.0 * q2 + q3)
        after[2 * poles + 1] = ψ + h / 6.0 * (c + 2.0 * c2 + 2.0 * c3 + c4)

    return runge_kutta


def _pull(k: Any, i: int, angle: Any, speed: Any) -> Any:
    """F̃ and m̃ of pole `i`; its cosine, and what turns it of itself."""
    s, c = sin(angle), cos(angle)
    own = k.hinge[i] * speed - 9.8 * s
    push = k.lever[i] * speed * speed * s + 0.75 * k.mass[i] * c * own
    return push, k.mass[i] * (1.0 - 0.75 * c * c), c, own


def _on_the_track(k: Any, b: Any) -> Any:
    # A number that is not one is not within bounds either.
    return absolute(b.motion[0]) <= TRACK


@cache
def _make_upright(poles: int) -> Callable[..., Any]:
    def upright(k: Any, b: Any) -> Any:
        within = _on_the_track(k, b) & (absolute(b.motion[2]) <= k.fallen[0])
        if poles == 2:
            within = within & (absolute(b.motion[4]) <= k.fallen[0])
        return within

    return upright


def _standard(k: Any, b: Any) -> Any:
    return 1.0 - b.clock[0] / k.steps[0]


def _damping(k: Any, b: Any) -> Any:
    restless = (b.total[0] + b.total[1]) + (b.total[2] + b.total[3])
    rest = where(b.clock[0] >= 100.0, 0.75 / restless, 0.0)
    return 1.0 - 0.1 * b.clock[0] / k.steps[0] - 0.9 * rest


def _swing_up(k: Any, b: Any) -> Any:
    return 1.0 - b.total[0] / k.steps[0]
