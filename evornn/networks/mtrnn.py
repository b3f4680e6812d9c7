"""Multiple-timescales network (Yamashita & Tani 2008, PLoS Computational Biology 4, e1000220).

Neurons of three groups, with time constants τ: input–output (2), fast context (5), slow context
(70). The slow context is not connected with input and output:

    u_f(t) = (1 − 1/τ_f) u_f' + (W_f x + U_ff c_f' + U_fs c_s') / τ_f      c_f = f(u_f + b_f)
    u_s(t) = (1 − 1/τ_s) u_s' + (U_sf c_f' + U_ss c_s') / τ_s              c_s = f(u_s + b_s)
    u_o(t) = (1 − 1/τ_o) u_o' + (W_o x + U_of c_f') / τ_o                  y = g(u_o + b_o)

' marks the step before; c' are the activities there, f(u' + b). The outputs y are the softmax of
each of `groups`, as published (each group a population code), or without groups the activation g.

The initial state of the slow context, u_s(0), is part of the genome, and that is what tells several
sequences apart: the first `cues` inputs name a sequence (one-hot, at the first step), they choose a
column of u_s(0), and no step sees them. Without cues there is one u_s(0) for all sequences. The
other neurons begin with u = 0. A bias inside the activations is that of the authors' later papers;
with b = 0 it is the equation of 2008.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, exp, fma, maximum

_GROUPS = ("o", "f", "s")


@dataclass(frozen=True)
class MTRNN(Network):
    """Sizes: `hidden` fast and `slow` slow context neurons; the time constants are in steps.

    `cues` of the inputs only choose the initial slow state. `groups` are the sizes of the softmax
    groups of outputs, which together must be all outputs; () means g = `output_activation` instead.
    """

    year: ClassVar[int] = 2008
    source: ClassVar[str] = (
        "Yamashita & Tani 2008, Emergence of functional hierarchy in a multiple timescale neural "
        "network model, PLoS Computational Biology 4"
    )

    inputs: int
    hidden: int
    outputs: int
    slow: int = 2
    cues: int = 0
    tau_output: float = 2.0
    tau_fast: float = 5.0
    tau_slow: float = 70.0
    activation: str = "tanh"
    output_activation: str = "identity"
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "slow"):
            check_size(f"MTRNN.{name}", getattr(self, name))
        check_size("MTRNN.cues", self.cues, least=0)
        for name in ("tau_output", "tau_fast", "tau_slow"):
            check_number(f"MTRNN.{name}", getattr(self, name), 1.0)
        for name in ("activation", "output_activation"):
            check_activation(f"MTRNN.{name}", getattr(self, name))
        object.__setattr__(self, "groups", tuple(self.groups))
        for size in self.groups:
            check_size("MTRNN.groups", size)
        if self.cues > self.inputs:
            raise ConfigurationError(
                f"MTRNN.cues must be some of the {self.inputs} inputs, got {self.cues}"
            )
        if self.groups and sum(self.groups) != self.outputs:
            raise ConfigurationError(
                f"MTRNN.groups {self.groups} must add up to the {self.outputs} outputs"
            )
        if self.groups and self.output_activation != "identity":
            raise ConfigurationError(
                f"MTRNN.output_activation {self.output_activation!r} has no place beside groups, "
                "whose outputs are softmax"
            )

    @property
    def weights(self) -> Shapes:
        f, s, o, m = self.hidden, self.slow, self.outputs, self.inputs - self.cues
        links = {"W_f": (f, m), "U_ff": (f, f), "U_fs": (f, s), "b_f": (f,)}
        links |= {"U_sf": (s, f), "U_ss": (s, s), "b_s": (s,)}
        links |= {"W_o": (o, m), "U_of": (o, f), "b_o": (o,)}
        return {**links, "u_s0": (s, self.cues) if self.cues else (s,)}

    @property
    def state(self) -> Shapes:
        return {f"u_{group}": (size,) for group, size in self._sizes.items()}

    @property
    def scratch(self) -> Shapes:
        sizes = self._sizes
        sums = {f"a_{group}": (size,) for group, size in sizes.items()}
        return {**sums, "c_f": (sizes["f"],), "c_s": (sizes["s"],)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        rates = 1.0 / np.array([self.tau_output, self.tau_fast, self.tau_slow])
        arrays = {"rate": rates, "zeros": np.zeros(self.slow)}
        return arrays | ({"edges": np.cumsum([0, *self.groups])} if self.groups else {})

    @property
    def _sizes(self) -> dict[str, int]:
        return dict(zip(_GROUPS, (self.outputs, self.hidden, self.slow), strict=True))

    @property
    def step(self) -> Callable[..., None]:
        g = "softmax" if self.groups else self.output_activation
        return option_step(_make_step, self.activation, g)

    @property
    def start(self) -> Callable[..., None]:
        return _start_by_cue if self.cues else _start_the_same

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, f = self.named(weights), ACTIVATIONS[self.activation].reference
        inputs = np.asarray(inputs, np.float64)
        rate_o, rate_f, rate_s = 1.0 / self.tau_output, 1.0 / self.tau_fast, 1.0 / self.tau_slow
        u_o, u_f = np.zeros(self.outputs), np.zeros(self.hidden)
        u_s = w["u_s0"] @ inputs[0, : self.cues] if self.cues else w["u_s0"]
        outputs = []
        for x in inputs[:, self.cues :]:
            c_f, c_s = f(u_f + w["b_f"]), f(u_s + w["b_s"])
            a_f = w["W_f"] @ x + w["U_ff"] @ c_f + w["U_fs"] @ c_s
            a_s = w["U_sf"] @ c_f + w["U_ss"] @ c_s
            a_o = w["W_o"] @ x + w["U_of"] @ c_f
            u_f = (1.0 - rate_f) * u_f + rate_f * a_f
            u_s = (1.0 - rate_s) * u_s + rate_s * a_s
            u_o = (1.0 - rate_o) * u_o + rate_o * a_o
            outputs.append(self._outputs(u_o + w["b_o"]))
        return np.array(outputs)

    def _outputs(self, u: np.ndarray) -> np.ndarray:
        if not self.groups:
            return ACTIVATIONS[self.output_activation].reference(u)
        parts = np.split(u, np.cumsum(self.groups)[:-1])
        return np.concatenate([np.exp(part) / np.exp(part).sum() for part in parts])


def _start_by_cue(w: Any, k: Any, x: Any, s: Any) -> None:
    _begin(s)
    affine(w.u_s0, x[: w.u_s0.shape[1]], k.zeros, s.u_s)


def _start_the_same(w: Any, k: Any, x: Any, s: Any) -> None:
    _begin(s)
    for i in range(s.u_s.shape[0]):
        s.u_s[i] = w.u_s0[i]


def _begin(s: Any) -> None:
    for i in range(s.u_o.shape[0]):
        s.u_o[i] = 0.0
    for i in range(s.u_f.shape[0]):
        s.u_f[i] = 0.0


def _make_step(activation: str, output_activation: str) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function
    respond = _softmax_groups if output_activation == "softmax" else _each(output_activation)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        c_f, c_s = s_next.c_f, s_next.c_s
        a_f, a_s, a_o = s_next.a_f, s_next.a_s, s_next.a_o
        for i in range(c_f.shape[0]):
            c_f[i] = f(s.u_f[i] + w.b_f[i])
        for i in range(c_s.shape[0]):
            c_s[i] = f(s.u_s[i] + w.b_s[i])
        seen = x[x.shape[0] - w.W_f.shape[1] :]
        _clear(a_f)
        affine(w.W_f, seen, a_f, a_f)
        affine(w.U_ff, c_f, a_f, a_f)
        affine(w.U_fs, c_s, a_f, a_f)
        _clear(a_s)
        affine(w.U_sf, c_f, a_s, a_s)
        affine(w.U_ss, c_s, a_s, a_s)
        _clear(a_o)
        affine(w.W_o, seen, a_o, a_o)
        affine(w.U_of, c_f, a_o, a_o)
        _relax(s.u_o, a_o, k.rate[0], s_next.u_o)
        _relax(s.u_f, a_f, k.rate[1], s_next.u_f)
        _relax(s.u_s, a_s, k.rate[2], s_next.u_s)
        for o in range(y.shape[0]):
            a_o[o] = s_next.u_o[o] + w.b_o[o]
        respond(k, a_o, y)

    return step


def _clear(a: Any) -> None:
    for i in range(a.shape[0]):
        a[i] = 0.0


def _relax(u: Any, a: Any, rate: Any, out: Any) -> None:
    """(1 − 1/τ) u + a/τ, with the rate 1/τ."""
    for i in range(out.shape[0]):
        out[i] = fma(rate, a[i] - u[i], u[i])


def _each(activation: str) -> Callable[..., None]:
    g = ACTIVATIONS[activation].function

    def respond(k: Any, a: Any, y: Any) -> None:
        for o in range(y.shape[0]):
            y[o] = g(a[o])

    return respond


def _softmax_groups(k: Any, a: Any, y: Any) -> None:
    for group in range(k.edges.shape[0] - 1):
        first, last = k.edges[group], k.edges[group + 1]
        largest = a[first]
        for o in range(first + 1, last):
            largest = maximum(largest, a[o])
        total = exp(a[first] - largest)
        y[first] = total
        for o in range(first + 1, last):
            y[o] = exp(a[o] - largest)
            total = total + y[o]
        for o in range(first, last):
            y[o] = y[o] / total
