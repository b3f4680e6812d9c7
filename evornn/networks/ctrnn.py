"""Continuous-time recurrent network (Beer 1995, On the dynamics of small CTRNNs, Adapt. Behav. 3).

    τ_i dy_i/dt = −y_i + Σ_j w_ij σ(g_j (y_j + θ_j)) + I_i,      I = W x

Beer writes w_ji for the weight from j to i; here w[i, j] is that weight, row i what neuron i
receives. One step is one Euler step of length `dt`, all neurons from the old outputs, with the
input of that step:

    y(t+dt) = y(t) + dt/τ ⊙ (−y(t) + w σ(g ⊙ (y(t) + θ)) + W x),    y(0) = 0

The outputs are σ(g (y + θ)) of the first `outputs` neurons after the step, or with ``readout=True``
a linear map V σ(g ⊙ (y + θ)) + c of all. Without ``gains=True`` all g are 1.

A time constant below `dt` acts as `dt`. Euler's step overshoots there, below dt/2 it diverges, and
a negative τ means nothing; so every genome, of any encoding, is a network with bounded states.

The ranges are those of Beer's walkers (Beer, Chiel & Gallagher 1999): w and θ in ±16, τ in
[0.5, 10], to be searched by its logarithm; gains in [1, 5] are those of Beer (2003).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, maximum, sigmoid

_WEIGHT_RANGE = (-16.0, 16.0)
_TAU_RANGE = (0.5, 10.0)
_GAIN_RANGE = (1.0, 5.0)


@dataclass(frozen=True)
class CTRNN(Network):
    """Sizes; `hidden` is the number of neurons, outputs among them unless there is a readout.

    Weights: tau (n,), theta (n,), g (n,) with gains, w (n, n), W (n, inputs), and with a readout
    V (outputs, n), c (outputs,). `dt` has the unit of the time constants.
    """

    year: ClassVar[int] = 1995
    source: ClassVar[str] = (
        "Beer 1995, "
        "On the dynamics of small continuous-time recurrent neural networks, Adaptive Behavior 3"
    )

    inputs: int
    hidden: int
    outputs: int
    dt: float = 0.1
    gains: bool = False
    readout: bool = False

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"CTRNN.{name}", getattr(self, name))
        check_number("CTRNN.dt", self.dt, above=0.0)
        for name in ("gains", "readout"):
            check_switch(f"CTRNN.{name}", getattr(self, name))
        if not self.readout and self.hidden < self.outputs:
            raise ConfigurationError(
                f"CTRNN takes its outputs from its neurons: {self.hidden} hidden neurons "
                f"cannot give {self.outputs} outputs; raise hidden or set readout=True"
            )

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        shapes: dict[str, tuple[int, ...]] = {"tau": (n,), "theta": (n,)}
        if self.gains:
            shapes["g"] = (n,)
        shapes |= {"w": (n, n), "W": (n, m)}
        if self.readout:
            shapes |= {"V": (o, n), "c": (o,)}
        return shapes

    @property
    def state(self) -> Shapes:
        return {"y": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"o": (self.hidden,), "drive": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"dt": np.array([self.dt], np.float64)}

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        slowest = max(_TAU_RANGE[1], 20.0 * self.dt)
        ranges = {
            "tau": (max(_TAU_RANGE[0], self.dt), slowest),
            "theta": _WEIGHT_RANGE,
            "g": _GAIN_RANGE,
            "w": _WEIGHT_RANGE,
            "W": _WEIGHT_RANGE,
        }
        return {name: ranges[name] for name in self.weights if name in ranges}

    @property
    def exponential(self) -> frozenset[str]:
        return frozenset({"tau"})

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.gains, self.readout)

    def centre_crossing(self, weights: Any) -> np.ndarray:
        """`weights` with θ_i = −Σ_j w_ij / 2, as a flat vector in genome order.

        Each neuron's steepest response then lies at the mean of its input, where the dynamics are
        richest: good seeds for a search (Mathayomchan & Beer 2002).
        """
        parts = self.named(weights)
        parts["theta"] = -parts["w"].sum(axis=1) / 2.0
        return np.concatenate([parts[name].ravel() for name in self.weights])

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        tau, g = np.maximum(w["tau"], self.dt), w.get("g", 1.0)
        y = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            slope = (-y + w["w"] @ logistic(g * (y + w["theta"])) + w["W"] @ x) / tau
            y = y + self.dt * slope
            o = logistic(g * (y + w["theta"]))
            outputs.append(w["V"] @ o + w["c"] if self.readout else o[: self.outputs])
        return np.array(outputs)


def _make_step(gains: bool, readout: bool) -> Callable[..., None]:
    fire = _fire_with_gains if gains else _fire

    def advance(w: Any, k: Any, x: Any, s: Any, s_next: Any) -> None:
        drive = s_next.drive
        fire(w, s.y, s_next.o)
        for i in range(drive.shape[0]):
            drive[i] = -s.y[i]
        affine(w.w, s_next.o, drive, drive)
        affine(w.W, x, drive, drive)
        for i in range(drive.shape[0]):
            s_next.y[i] = fma(k.dt[0] / maximum(w.tau[i], k.dt[0]), drive[i], s.y[i])

    def outputs_are_neurons(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        advance(w, k, x, s, s_next)
        fire(w, s_next.y, y)

    def linear_readout(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        advance(w, k, x, s, s_next)
        fire(w, s_next.y, s_next.o)
        affine(w.V, s_next.o, w.c, y)

    return linear_readout if readout else outputs_are_neurons


def _fire(w: Any, y: Any, out: Any) -> None:
    """Outputs σ(y + θ) of as many neurons as `out` has room for."""
    for i in range(out.shape[0]):
        out[i] = sigmoid(y[i] + w.theta[i])


def _fire_with_gains(w: Any, y: Any, out: Any) -> None:
    """Outputs σ(g (y + θ)) of as many neurons as `out` has room for."""
    for i in range(out.shape[0]):
        out[i] = sigmoid(w.g[i] * (y[i] + w.theta[i]))
