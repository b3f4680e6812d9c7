"""Continuous-time recurrent network (Beer 1995, On the dynamics of small CTRNNs, Adapt. Behav. 3).

    τ_i dy_i/dt = −y_i + Σ_j w_ij σ(g_j (y_j + θ_j)) + I_i,      I = W x

Beer writes w_ji for the weight from j to i; here w[i, j] is that weight, row i what neuron i
receives. One step advances the state by `dt`, all neurons from the old outputs, with the input of
that step, by the `integrator` (`evornn.networks.integrators`); y(0) = 0.

The outputs are σ(g (y + θ)) of the first `outputs` neurons after the step, or with ``readout=True``
a linear map V σ(g ⊙ (y + θ)) + c of all. Without ``gains=True`` all g are 1.

``form="neat"`` is the network of neat-python's `ctrnn` module (and of Funahashi & Nakamura 1993,
Approximation of dynamical systems by continuous time recurrent neural networks):

    τ_i dy_i/dt = −y_i + σ(b_i + g_i (Σ_j w_ij y_j + I_i))

Here the state itself is the output, in (0, 1), and an input acts through σ; so the two forms are
not equivalent where there are inputs. neat-python calls g the response, and its default σ has
slope 5.

The ranges are those of Beer's walkers (Beer, Chiel & Gallagher 1999): w and θ in ±16, τ in
[0.5, 10], to be searched by its logarithm; gains in [1, 5] are those of Beer (2003).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.cut import Cut
from evornn.networks.integrators import INTEGRATORS, make_integrator, reference_step
from evornn.networks.layers import cut_before_readout, readout_weights
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.wiring import stacked_wiring
from evornn.numerics import affine, sigmoid
from evornn.wiring import Wiring

_WEIGHT_RANGE = (-16.0, 16.0)
_TAU_RANGE = (0.5, 10.0)
_GAIN_RANGE = (1.0, 5.0)
#: what the bias of a neuron is called in each form
_BIAS = {"beer": "theta", "neat": "b"}


@dataclass(frozen=True)
class CTRNN(Network):
    """Sizes; `hidden` is the number of neurons, outputs among them unless there is a readout.

    Weights: tau (n,), theta (n,) (b in the form "neat"), g (n,) with gains, w (n, n), W (n,
    inputs), and with a readout V (outputs, n), c (outputs,). `dt` has the unit of the time
    constants.
    """

    year: ClassVar[int] = 1995
    source: ClassVar[str] = (
        "Beer 1995, On the dynamics of small continuous-time recurrent neural networks, "
        "Adaptive Behavior 3"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    dt: float = 0.1
    gains: bool = False
    readout: bool = False
    form: str = "beer"
    integrator: str = "euler"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"CTRNN.{name}", getattr(self, name))
        check_number("CTRNN.dt", self.dt, above=0.0)
        for name in ("gains", "readout"):
            check_switch(f"CTRNN.{name}", getattr(self, name))
        check_choice("CTRNN.form", self.form, _BIAS)
        check_choice("CTRNN.integrator", self.integrator, INTEGRATORS)
        if not self.readout and self.hidden < self.outputs:
            raise ConfigurationError(
                f"CTRNN takes its outputs from its neurons: {self.hidden} hidden neurons "
                f"cannot give {self.outputs} outputs; raise hidden or set readout=True"
            )

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        gains = {"g": (n,)} if self.gains else {}
        neurons = {"tau": (n,), _BIAS[self.form]: (n,), **gains, "w": (n, n), "W": (n, m)}
        return neurons | readout_weights(self.readout, n, o)

    @property
    def state(self) -> Shapes:
        return {"y": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        n = (self.hidden,)
        stages = {"stage": n, "total": n} if self.integrator == "runge_kutta" else {}
        return {"o": n, "p": n, **stages}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"dt": np.array([self.dt], np.float64)}

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        slowest = max(_TAU_RANGE[1], 20.0 * self.dt)
        ranges = {
            "tau": (max(_TAU_RANGE[0], self.dt), slowest),
            _BIAS[self.form]: _WEIGHT_RANGE,
            "g": _GAIN_RANGE,
            "w": _WEIGHT_RANGE,
            "W": _WEIGHT_RANGE,
        }
        return {name: ranges[name] for name in self.weights if name in ranges}

    @property
    def exponential(self) -> frozenset[str]:
        return frozenset({"tau"})

    @property
    def output_range(self) -> tuple[float, float]:
        return super().output_range if self.readout else (0.0, 1.0)

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self)

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.form, self.integrator, self.gains, self.readout)

    def centre_crossing(self, weights: Any) -> np.ndarray:
        """`weights` with θ_i = −Σ_j w_ij / 2, as a flat vector in genome order.

        Each neuron's steepest response then lies at the mean of its input, where the dynamics are
        richest: good seeds for a search (Mathayomchan & Beer 2002). In the form "neat" the mean of
        what a neuron is given is the same sum times its gain.
        """
        parts = self.named(weights)
        parts[self.bias][:] = self.centre(parts)
        return np.concatenate([parts[name].ravel() for name in self.weights])

    def centre(self, blocks: Mapping[str, np.ndarray]) -> np.ndarray:
        """The biases (…, n) of `centre_crossing`, for `blocks` of weights (…, *shape)."""
        return -self.centre_gain(blocks) * blocks["w"].sum(axis=-1) / 2.0

    def centre_gain(self, blocks: Mapping[str, np.ndarray]) -> np.ndarray:
        """What the mean of a neuron's input counts for in its bias (…, n)."""
        if self.gains and self.form == "neat":
            return blocks["g"]
        return np.ones(blocks["w"].shape[:-1])

    @property
    def bias(self) -> str:
        """What the block of the biases is called."""
        return _BIAS[self.form]

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        rate, g = self.dt / np.maximum(w["tau"], self.dt), w.get("g", 1.0)
        beer = self.form == "beer"

        def fired(y: np.ndarray) -> np.ndarray:
            return logistic(g * (y + w["theta"])) if beer else y

        def z(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            drive = w["w"] @ fired(y) + w["W"] @ x
            return drive if beer else logistic(w["b"] + g * drive)

        y = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            y = reference_step(self.integrator, partial(z, x), y, rate)
            o = fired(y)
            outputs.append(w["V"] @ o + w["c"] if self.readout else o[: self.outputs])
        return np.array(outputs)


def _make_step(form: str, integrator: str, gains: bool, readout: bool) -> Callable[..., None]:
    pull, fire = _beer(gains) if form == "beer" else _neat(gains)
    integrate = make_integrator(integrator, pull)

    def outputs_are_neurons(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        integrate(w, k, x, s.y, s_next)
        fire(w, s_next.y, y)

    def linear_readout(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        integrate(w, k, x, s.y, s_next)
        fire(w, s_next.y, s_next.o)
        affine(w.V, s_next.o, w.c, y)

    return linear_readout if readout else outputs_are_neurons


def _beer(gains: bool) -> tuple[Callable[..., None], Callable[..., None]]:
    """The pull −y + w σ(g (y + θ)) + W x, and the outputs σ(g (y + θ))."""
    fire = _fire_with_gains if gains else _fire

    def pull(w: Any, x: Any, y: Any, o: Any, p: Any) -> None:
        fire(w, y, o)
        for i in range(p.shape[0]):
            p[i] = -y[i]
        affine(w.w, o, p, p)
        affine(w.W, x, p, p)

    return pull, fire


def _neat(gains: bool) -> tuple[Callable[..., None], Callable[..., None]]:
    """The pull −y + σ(b + g (w y + W x)), and the outputs y."""
    add_up = _drive_with_gains if gains else _drive

    def pull(w: Any, x: Any, y: Any, o: Any, p: Any) -> None:
        add_up(w, x, y, p)
        for i in range(p.shape[0]):
            p[i] = sigmoid(p[i]) - y[i]

    return pull, _outputs_are_states


def _fire(w: Any, y: Any, out: Any) -> None:
    """Outputs σ(y + θ) of as many neurons as `out` has room for."""
    for i in range(out.shape[0]):
        out[i] = sigmoid(y[i] + w.theta[i])


def _fire_with_gains(w: Any, y: Any, out: Any) -> None:
    """Outputs σ(g (y + θ)) of as many neurons as `out` has room for."""
    for i in range(out.shape[0]):
        out[i] = sigmoid(w.g[i] * (y[i] + w.theta[i]))


def _outputs_are_states(w: Any, y: Any, out: Any) -> None:
    for i in range(out.shape[0]):
        out[i] = y[i]


def _drive(w: Any, x: Any, y: Any, p: Any) -> None:
    """b + w y + W x."""
    affine(w.w, y, w.b, p)
    affine(w.W, x, p, p)


def _drive_with_gains(w: Any, x: Any, y: Any, p: Any) -> None:
    """b + g (w y + W x)."""
    for i in range(p.shape[0]):
        p[i] = 0.0
    affine(w.w, y, p, p)
    affine(w.W, x, p, p)
    for i in range(p.shape[0]):
        p[i] = w.b[i] + w.g[i] * p[i]
