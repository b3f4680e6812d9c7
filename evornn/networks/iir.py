"""Locally recurrent multilayer network with IIR synapses (Back & Tsoi 1991, FIR and IIR synapses, a
new neural network architecture for time series modeling, Neural Computation 3; Tsoi & Back 1994,
Locally recurrent globally feedforward networks: a critical review, IEEE Trans. Neural Networks 5).

    y_nm(t) = Σ_{p=0..P} w_nm,p x_m(t−p) + Σ_{p=1..Q} v_nm,p y_nm(t−p)       one synapse
    s_n(t)  = Σ_m y_nm(t) + b_n,      x_n(t) = f(s_n(t))                     one neuron

Every synapse is a linear filter with an infinite impulse response; all feedback is inside a
synapse, and between the layers signals go upwards only. P = Q = 0 is a multilayer perceptron, Q = 0
one with tapped delay lines (FIR synapses). f is tanh, and the identity in the output layer, unless
told otherwise. It is a `Stack` of such layers, with its names: w, v and b of the lowest are
"layer0_w" (units, inputs, P + 1), "layer0_v" (units, inputs, Q), "layer0_b" (units).

A filter is stable where the roots of z^Q − Σ_p v_p z^(Q−p) lie inside the unit circle. That holds
wherever Σ_p |v_p| < 1, and so within `ranges`, |v_p| < 1/Q. They leave out stable filters that
ring; free weights reach these. `evornn.OnlineCRBP` is the learning rule made for this network
(Campolucci, Uncini, Piazza & Rao 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.nested import Composite
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.stack import Stack
from evornn.numerics import dot, fma


@dataclass(frozen=True)
class IIR(Composite):
    """Sizes and orders of the filters.

    Parameters
    ----------
    hidden
        Units of the hidden layers from the lowest to the highest, as in (8, 4), or of the only one;
        () for a single layer of output neurons.
    input_delays
        P of every layer, or one for each, the output layer last.
    output_delays
        Q of every layer, or one for each: 0 for FIR synapses.
    """

    year: ClassVar[int] = 1991
    source: ClassVar[str] = (
        "Back & Tsoi 1991, FIR and IIR synapses, a new neural network architecture for time series "
        "modeling, Neural Computation 3"
    )

    inputs: int
    hidden: int | tuple[int, ...]
    outputs: int
    input_delays: int | tuple[int, ...] = 1
    output_delays: int | tuple[int, ...] = 1
    activation: str = "tanh"
    output_activation: str = "identity"

    def __post_init__(self) -> None:
        for name in ("inputs", "outputs"):
            check_size(f"IIR.{name}", getattr(self, name))
        for name in ("hidden", "input_delays", "output_delays"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        for size in _several(self.hidden, 1):
            check_size("IIR.hidden", size)
        layers = len(self.widths) - 1
        for name in ("input_delays", "output_delays"):
            orders = _several(getattr(self, name), layers)
            for order in orders:
                check_size(f"IIR.{name}", order, least=0)
            if len(orders) != layers:
                raise ConfigurationError(
                    f"IIR.{name} must be one number, or one for each of the {layers} layers, the "
                    f"output layer last; got {orders}"
                )
        for name in ("activation", "output_activation"):
            check_activation(f"IIR.{name}", getattr(self, name))

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers of inputs, of the units of each hidden layer, and of outputs."""
        return (self.inputs, *_several(self.hidden, 1), self.outputs)

    @cached_property
    def stack(self) -> Stack:
        """The network as a stack of its layers."""
        sizes = list(pairwise(self.widths))
        P, Q = (_several(order, len(sizes)) for order in (self.input_delays, self.output_delays))
        functions = [self.activation] * (len(sizes) - 1) + [self.output_activation]
        layers = tuple(
            _Layer(below, units, p, q, f)
            for (below, units), p, q, f in zip(sizes, P, Q, functions, strict=True)
        )
        return Stack(self.inputs, max(self.widths), self.outputs, layers)

    @property
    def parts(self) -> Mapping[str, Network]:
        return self.stack.parts

    @property
    def scratch(self) -> Shapes:
        return self.stack.scratch

    @property
    def step(self) -> Callable[..., None]:
        return self.stack.step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        signal = np.asarray(inputs, np.float64)
        for name, layer in self.parts.items():
            signal = layer.reference(self.weights_of(name, weights), signal)
        return signal


def _several(given: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    """`given` itself where it is several, or that number `count` times."""
    return given if isinstance(given, tuple) else (given,) * count


@dataclass(frozen=True)
class _Layer(Network):
    """One layer: orders P and Q of its filters, and f of its neurons."""

    inputs: int
    outputs: int
    P: int
    Q: int
    activation: str

    @property
    def weights(self) -> Shapes:
        synapses = (self.outputs, self.inputs)
        recursive = {"v": (*synapses, self.Q)} if self.Q else {}
        return {"w": (*synapses, self.P + 1), **recursive, "b": (self.outputs,)}

    @property
    def state(self) -> Shapes:
        """The delay lines, the youngest first: of each input, and of each synapse's output."""
        of_inputs = {"x": (self.inputs, self.P)} if self.P else {}
        of_synapses = {"y": (self.outputs, self.inputs, self.Q)} if self.Q else {}
        return of_inputs | of_synapses

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return {"v": (-1.0 / self.Q, 1.0 / self.Q)} if self.Q else {}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.P > 0, self.Q > 0)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        named, f = self.named(weights), ACTIVATIONS[self.activation].reference
        w, v = named["w"], named.get("v", np.zeros((self.outputs, self.inputs, 0)))
        x = np.vstack([np.zeros((self.P, self.inputs)), inputs])
        y = np.zeros((self.Q + len(inputs), self.outputs, self.inputs))
        for t in range(len(inputs)):
            newest_first = x[t : t + self.P + 1][::-1], y[t : t + self.Q][::-1]
            y[t + self.Q] = np.einsum("nmp,pm->nm", w, newest_first[0])
            y[t + self.Q] += np.einsum("nmp,pnm->nm", v, newest_first[1])
        return f(y[self.Q :].sum(axis=2) + named["b"])


def _make_step(activation: str, delayed: bool, recursive: bool) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function
    moving_average = _of_all_inputs if delayed else _of_this_input
    synapse = _recursive(moving_average) if recursive else moving_average
    remember = _shift if delayed else _nothing

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        for n in range(y.shape[0]):
            total = w.b[n]
            for m in range(x.shape[0]):
                total = synapse(w, x, s, s_next, n, m, total)
            y[n] = f(total)
        remember(x, s, s_next)

    return step


def _of_this_input(w: Any, x: Any, s: Any, s_next: Any, n: int, m: int, total: Any) -> Any:
    return fma(w.w[n, m, 0], x[m], total)


def _of_all_inputs(w: Any, x: Any, s: Any, s_next: Any, n: int, m: int, total: Any) -> Any:
    return dot(w.w[n, m][1:], s.x[m], fma(w.w[n, m, 0], x[m], total))


def _recursive(moving_average: Callable[..., Any]) -> Callable[..., Any]:
    """The same with feedback: the synapse's output by itself, which is remembered."""

    def synapse(w: Any, x: Any, s: Any, s_next: Any, n: int, m: int, total: Any) -> Any:
        line = s_next.y[n, m]
        for p in range(line.shape[0] - 1, 0, -1):
            line[p] = s.y[n, m, p - 1]
        line[0] = 0.0
        line[0] = moving_average(w, x, s, s_next, n, m, dot(w.v[n, m], s.y[n, m], line[0]))
        return total + line[0]

    return synapse


def _shift(x: Any, s: Any, s_next: Any) -> None:
    for m in range(x.shape[0]):
        s_next.x[m, 0] = x[m]
        for p in range(1, s_next.x.shape[1]):
            s_next.x[m, p] = s.x[m, p - 1]


def _nothing(x: Any, s: Any, s_next: Any) -> None:
    """Without delayed inputs."""
