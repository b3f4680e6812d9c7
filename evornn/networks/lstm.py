"""Long short-term memory with a forget gate (Gers, Schmidhuber & Cummins 2000, Learning to forget).

    i = σ(W_i x + U_i h' + b_i)
    f = σ(W_f x + U_f h' + b_f)
    g = tanh(W_g x + U_g h' + b_g)
    o = σ(W_o x + U_o h' + b_o)
    c = f ⊙ c' + i ⊙ g
    h = o ⊙ tanh(c)
    y = V h + c_y

' marks the step before. Hochreiter & Schmidhuber (1997) had no forget gate (f = 1). With
``peepholes=True`` (Gers, Schraudolph & Schmidhuber 2002) the gates see the cell: p_i ⊙ c' is added
inside i, p_f ⊙ c' inside f, and p_o ⊙ c, the new cell, inside o.

The gates are stacked in the order i, f, g, o, as in PyTorch: W (4n, inputs), U (4n, n), b (4n,) and
p (3n,) for i, f, o. There is one bias where PyTorch has two that are only ever added. A forget gate
that starts open helps gradients to survive (Jozefowicz, Zaremba & Sutskever 2015): `forget_bias`,
added to b_f in each step, does so for weights that start around zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size, check_switch
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, sigmoid, tanh


@dataclass(frozen=True)
class LSTM(Network):
    """Sizes; `hidden` is the number n of cells. Weight "c" is the bias of the linear readout."""

    year: ClassVar[int] = 2000
    source: ClassVar[str] = (
        "Gers, Schmidhuber & Cummins 2000, Learning to forget, Neural Computation 12"
    )

    inputs: int
    hidden: int
    outputs: int
    peepholes: bool = False
    forget_bias: float = 0.0

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"LSTM.{name}", getattr(self, name))
        check_switch("LSTM.peepholes", self.peepholes)
        check_number("LSTM.forget_bias", self.forget_bias)

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        gates = {"W": (4 * n, m), "U": (4 * n, n), "b": (4 * n,)}
        peepholes = {"p": (3 * n,)} if self.peepholes else {}
        return {**gates, **peepholes, "V": (o, n), "c": (o,)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,), "c": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"a": (4 * self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"forget_bias": np.array([self.forget_bias], np.float64)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.peepholes)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        p_i, p_f, p_o = np.split(w.get("p", np.zeros(3 * self.hidden)), 3)
        h, c = np.zeros(self.hidden), np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            a_i, a_f, a_g, a_o = np.split(w["W"] @ x + w["U"] @ h + w["b"], 4)
            i = logistic(a_i + p_i * c)
            f = logistic(a_f + p_f * c + self.forget_bias)
            c = f * c + i * np.tanh(a_g)
            h = logistic(a_o + p_o * c) * np.tanh(c)
            outputs.append(w["V"] @ h + w["c"])
        return np.array(outputs)


def _make_step(peepholes: bool) -> Callable[..., None]:
    look_before, look_after = (_see_old_cell, _see_new_cell) if peepholes else (_see_nothing,) * 2

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        a, h, c = s_next.a, s_next.h, s_next.c
        n = h.shape[0]
        affine(w.W, x, w.b, a)
        affine(w.U, s.h, a, a)
        look_before(w, s.c, a)
        for j in range(n):
            i, f = sigmoid(a[j]), sigmoid(a[n + j] + k.forget_bias[0])
            c[j] = fma(f, s.c[j], i * tanh(a[2 * n + j]))
        look_after(w, c, a)
        for j in range(n):
            h[j] = sigmoid(a[3 * n + j]) * tanh(c[j])
        affine(w.V, h, w.c, y)

    return step


def _see_nothing(w: Any, c: Any, a: Any) -> None:
    """Gates without peepholes."""


def _see_old_cell(w: Any, c: Any, a: Any) -> None:
    n = c.shape[0]
    for j in range(n):
        a[j] = fma(w.p[j], c[j], a[j])
        a[n + j] = fma(w.p[n + j], c[j], a[n + j])


def _see_new_cell(w: Any, c: Any, a: Any) -> None:
    n = c.shape[0]
    for j in range(n):
        a[3 * n + j] = fma(w.p[2 * n + j], c[j], a[3 * n + j])
