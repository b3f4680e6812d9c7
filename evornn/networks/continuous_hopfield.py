"""Continuous Hopfield network (Hopfield 1984, Neurons with graded response, PNAS 81).

    τ du_i/dt = −u_i + Σ_j T_ij V_j + I_i,    V_i = tanh(g u_i),    T_ij = T_ji,  T_ii = 0

The resistances of the paper's circuit are 1, so that T and I are in units of u. Euler steps of
length `dt`, all units from the old V:

    u(t+dt) = u(t) + dt/τ (−u(t) + T V(t) + I)

The outputs are V of the first units after each step. The input is the cue, in one of two ways:

``cue="state"``     the first input is where the units begin: u(0) = x, or 0 without an input; I = 0
``cue="current"``   the input of every step is the current into the units: I(t) = x(t), u(0) = 0

Either way the energy

    E = −½ Σ_ij T_ij V_i V_j − Σ_i I_i V_i + 1/g Σ_i ∫₀^{V_i} artanh(V) dV

falls along the trajectories of the differential equation (for constant I), and along Euler's where
dt/τ is small. As the gain g grows its minima become those of the binary network. Unlike that, the
step has a derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number
from evornn.networks.hopfield import check_units
from evornn.networks.network import TRAINED_BY, Network, Shapes, option_step
from evornn.networks.storage import stored
from evornn.networks.symmetric import add_fields, from_triangle, to_triangle, triangle_size
from evornn.numerics import fma, tanh

CUES = ("state", "current")


@dataclass(frozen=True)
class ContinuousHopfield(Network):
    """Sizes and constants. Weights: T (hidden (hidden − 1)/2,), the upper triangle.

    Parameters
    ----------
    hidden
        Number of units. The first `inputs` of them take the cue, the first `outputs` are read.
    tau, dt
        Time constant and Euler step, in one unit of time; ``dt <= tau``.
    gain
        Slope g of the units at u = 0.
    cue
        Whether the input is the initial ``state`` or a ``current``.
    """

    year: ClassVar[int] = 1984
    source: ClassVar[str] = (
        "Hopfield 1984, Neurons with graded response have collective computational properties "
        "like those of two-state neurons, PNAS 81"
    )
    trained_by: ClassVar[tuple[str, ...]] = TRAINED_BY  # by all that there is
    data: ClassVar[str] = "recall"

    inputs: int
    hidden: int
    outputs: int
    tau: float = 1.0
    dt: float = 0.1
    gain: float = 1.0
    cue: str = "state"

    def __post_init__(self) -> None:
        check_units(self)
        check_number("ContinuousHopfield.tau", self.tau, above=0.0)
        check_number("ContinuousHopfield.dt", self.dt, most=self.tau, above=0.0)
        check_number("ContinuousHopfield.gain", self.gain, above=0.0)
        check_choice("ContinuousHopfield.cue", self.cue, CUES)

    @property
    def weights(self) -> Shapes:
        return {"T": (triangle_size(self.hidden),)}

    @property
    def state(self) -> Shapes:
        return {"u": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"V": (self.hidden,), "slope": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"rate": np.array([self.dt / self.tau]), "gain": np.array([self.gain])}

    @property
    def start(self) -> Callable[..., None] | None:
        return _start_at_cue if self.cue == "state" else None

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.cue == "current")

    def store(self, patterns: Any, rule: str = "hebbian") -> np.ndarray:
        """A genome (weights,) that stores `patterns` (pattern, hidden) of −1 and +1.

        `rule` as for `Hopfield.store`. The weights are scaled so that Σ_j T_ij ξ_j has the size 1,
        on average over units and patterns: `gain` then tells how far the units saturate.
        """
        T = stored(patterns, self.hidden, rule)
        size = np.mean(np.asarray(patterns) * (np.asarray(patterns, np.float64) @ T))
        return to_triangle(T / size)

    def matrix(self, weights: Any) -> np.ndarray:
        """T between all units (hidden, hidden)."""
        return from_triangle(self.named(weights)["T"], self.hidden)

    def energy(self, weights: Any, states: Any, current: Any = 0.0) -> np.ndarray:
        """E of V = `states` (..., hidden) in [−1, 1] with the current I = `current` (hidden,)."""
        V = np.asarray(states, np.float64)
        # ∫ artanh = V artanh V + ½ log(1 − V²), as a sum that is finite at ±1, too.
        p = np.clip(np.stack([1.0 + V, 1.0 - V]) / 2.0, 0.0, 1.0)
        entropy = np.where(p > 0.0, p * np.log(np.where(p > 0.0, p, 1.0)), 0.0).sum(axis=0)
        leak = (entropy + np.log(2.0)).sum(axis=-1) / self.gain
        links = np.einsum("...i,ij,...j", V, self.matrix(weights), V)
        return -0.5 * links - (V * current).sum(axis=-1) + leak

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        T, x = self.matrix(weights), np.zeros((len(inputs), self.hidden))
        x[:, : self.inputs] = inputs
        u, currents = (x[0], 0.0 * x) if self.cue == "state" else (np.zeros(self.hidden), x)
        outputs = []
        for current in currents:
            V = np.tanh(self.gain * u)
            u = u + self.dt * (-u + T @ V + current) / self.tau
            outputs.append(np.tanh(self.gain * u[: self.outputs]))
        return np.array(outputs)


def _start_at_cue(w: Any, k: Any, x: Any, s: Any) -> None:
    for i in range(s.u.shape[0]):
        s.u[i] = 0.0
    for i in range(x.shape[0]):
        s.u[i] = x[i]


def _make_step(driven: bool) -> Callable[..., None]:
    drive = _add_current if driven else _no_current

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        u, V, slope = s_next.u, s_next.V, s_next.slope
        for i in range(u.shape[0]):
            V[i] = tanh(k.gain[0] * s.u[i])
            slope[i] = -s.u[i]
        add_fields(w.T, V, slope)
        drive(x, slope)
        for i in range(u.shape[0]):
            u[i] = fma(k.rate[0], slope[i], s.u[i])
        for o in range(y.shape[0]):
            y[o] = tanh(k.gain[0] * u[o])

    return step


def _no_current(x: Any, slope: Any) -> None:
    """The input is where the units begin."""


def _add_current(x: Any, slope: Any) -> None:
    for i in range(x.shape[0]):
        slope[i] = slope[i] + x[i]
