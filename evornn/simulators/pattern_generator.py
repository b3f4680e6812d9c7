"""No body: an output that shall swing like a sine, whatever its phase (the problem of central
pattern generators; Beer 1995, On the dynamics of small CTRNNs, Adaptive Behavior 3, has circuits
that solve it).

The output y(t) is compared with 1/2 + A sin(ω t + φ), A = 0.4, from the end of a transient on, with
the phase φ that fits best. With u = y − 1/2 and means over the steps that count, which are whole
periods,

    min over φ of ⟨(u − A sin(ω t + φ))²⟩ = ⟨u²⟩ + A²/2 − 2 A √(⟨u cos ω t⟩² + ⟨u sin ω t⟩²)

and the loss is this over A²/2: 1 for an output that stands still in the middle, or swings with
another period; 0.46 for a square wave of amplitude A, and 0.05 for a triangular one.

The network reads 1 in the first step and 0 from then on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.numerics import cos, maximum, sin, sqrt, where
from evornn.scene import Scene, Shape, path
from evornn.simulators.simulator import Dynamics, Shapes, Simulator

MIDDLE, AMPLITUDE = 0.5, 0.4
#: of its scene: how wide all that is shown lies, how far the output is followed, and its bead
_WIDTH, _BEYOND, _BEAD = 4.0, 0.2, 0.05


@dataclass(frozen=True)
class PatternGenerator(Simulator):
    """Steps of `time_step` each, `transient` of them before any counts."""

    transient: int = 500
    time_step: float = 0.1

    sensors = 1
    motors = 1
    motor_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        check_size("PatternGenerator.transient", self.transient, least=0)
        check_number("PatternGenerator.time_step", self.time_step, above=0.0)

    @property
    def trial(self) -> Shapes:
        """``period``: 2π/ω, in the unit of time."""
        return {"period": (1,)}

    @property
    def state(self) -> Shapes:
        """``rate``: ω; ``clock``: steps; ``counted``: how many count, Σ u², Σ u cos, Σ u sin;
        ``output``: y, 1/2 at first.
        """
        return {"rate": (1,), "clock": (1,), "counted": (4,), "output": (1,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"transient": np.array([float(self.transient)]), "dt": np.array([self.time_step])}

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)

    def scene(self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]) -> Scene:
        """The output as a bead that draws its curve to the right, on the nearest sine."""
        clock = bodies["clock"][:, 0]
        x = _WIDTH * (clock - clock[-1]) / max(clock[-1] - clock[0], 1.0)
        y = np.nan_to_num(bodies["output"][:, 0], nan=MIDDLE)
        place = np.stack([x, np.clip(y, -_BEYOND, 1.0 + _BEYOND)], axis=1)
        shapes = [Shape("line", [[-_WIDTH, end], [0.0, end]], "world") for end in (0.0, 1.0)]
        shapes += [
            Shape("line", np.stack([x, self._nearest(clock, place[:, 1], trial["period"])], axis=1),
                  "goal"),
            path(place),
            Shape("disc", place[:, np.newaxis], "body", _BEAD),
        ]  # fmt: skip
        edge = 2.0 * _BEAD
        return Scene(shapes, (-_WIDTH - edge, edge, -_BEYOND - edge, 1.0 + _BEYOND + edge))

    def _nearest(self, clock: np.ndarray, output: np.ndarray, period: np.ndarray) -> np.ndarray:
        """The sine (frame,) whose phase fits best where the output counts; in the last period
        where none does yet."""
        made = clock - 1.0  # the step in which each output was made
        angle = 2.0 * np.pi * self.time_step / period * made
        counts = made >= self.transient
        if not counts.any():
            counts = made > made[-1] - period / self.time_step
        u = output[counts] - MIDDLE
        phase = np.arctan2(u @ np.cos(angle[counts]), u @ np.sin(angle[counts]))
        return MIDDLE + AMPLITUDE * np.sin(angle + phase)


def whole_periods(period: float, periods: int, time_step: float) -> int:
    """Steps of so many periods; there must be a whole number of them in a period.

    Raises
    ------
    ConfigurationError
        Where the period is no multiple of the step.
    """
    steps = round(period / time_step)
    if not math.isclose(steps * time_step, period, rel_tol=1e-9) or steps < 4:
        raise ConfigurationError(
            f"period must be a multiple of the time step {time_step:g}, and 4 of it at least; "
            f"got {period:g}"
        )
    return periods * steps


def _begin(k: Any, trial: Any, b: Any) -> None:
    b.rate[0] = 2.0 * math.pi / trial.period[0]
    b.clock[0] = 0.0
    for i in range(b.counted.shape[0]):
        b.counted[i] = 0.0
    b.output[0] = MIDDLE


def _sense(k: Any, b: Any, n: Any, x: Any) -> None:
    x[0] = where(b.clock[0] > 0.0, 0.0, 1.0 + 0.0 * b.clock[0])


def _move(k: Any, a: Any, n: Any, b: Any, b_next: Any) -> None:
    u = a[0] - MIDDLE
    phase = b.rate[0] * k.dt[0] * b.clock[0]
    # Not a factor of 0 or 1: before the end of the transient even inf must not count.
    counts = b.clock[0] >= k.transient[0]
    b_next.counted[0] = b.counted[0] + where(counts, 1.0 + 0.0 * u, 0.0)
    b_next.counted[1] = b.counted[1] + where(counts, u * u, 0.0)
    b_next.counted[2] = b.counted[2] + where(counts, u * cos(phase), 0.0)
    b_next.counted[3] = b.counted[3] + where(counts, u * sin(phase), 0.0)
    b_next.rate[0] = b.rate[0]
    b_next.clock[0] = b.clock[0] + 1.0
    b_next.output[0] = a[0]


def _goes_on(k: Any, b: Any) -> Any:
    return b.counted[0] == b.counted[0]  # until the output is not a number


def _loss(k: Any, b: Any) -> Any:
    count = maximum(b.counted[0], 1.0)
    c, s = b.counted[2] / count, b.counted[3] / count
    fitted = sqrt(c * c + s * s)
    power = AMPLITUDE * AMPLITUDE / 2.0
    return (b.counted[1] / count + power - 2.0 * AMPLITUDE * fitted) / power
