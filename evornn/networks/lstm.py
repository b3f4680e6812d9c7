"""Long short-term memory with a forget gate (Gers, Schmidhuber & Cummins 2000, Learning to forget).

    i = σ(W_i x + U_i h' + b_i)
    f = σ(W_f x + U_f h' + b_f)
    g = tanh(W_g x + U_g h' + b_g)
    o = σ(W_o x + U_o h' + b_o)
    c = f ⊙ c' + i ⊙ g
    h = o ⊙ tanh(c)
    y = V h + c_y

' marks the step before. The cell forgets in one of three ways:

    forget="gate"       f as above
    forget="none"       f = 1             Hochreiter & Schmidhuber 1997, the first LSTM
    forget="coupled"    f = 1 − i         Greff et al. 2017, LSTM: a search space odyssey (CIFG)

(The first LSTM squashed g to ±2 and c by 2σ(c) − 1; here both are tanh, as in Greff et al.) With
``peepholes=True`` (Gers, Schraudolph & Schmidhuber 2002) the gates see the cell: p_i ⊙ c' is added
inside i, p_f ⊙ c' inside f, and p_o ⊙ c, the new cell, inside o. With ``readout=False`` there is no
output layer, and the outputs are the first hidden units.

The gates are stacked in the order i, f, g, o, as in PyTorch: W (4n, inputs), U (4n, n), b (4n,) and
p (3n,) for i, f, o; without an f of its own, three blocks and two. There is one bias where PyTorch
has two that are only ever added. A forget gate that starts open helps gradients to survive
(Jozefowicz, Zaremba & Sutskever 2015): `forget_bias`, added to b_f in each step, does so for
weights that start around zero. Where the gates are coupled it is taken from b_i, which is the same:
1 − σ(a − bias) = σ(bias − a).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.cut import Cut
from evornn.networks.layers import (
    check_readout,
    cut_before_readout,
    read_out,
    readout_layer,
    readout_weights,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.wiring import stacked_wiring
from evornn.numerics import affine, fma, sigmoid, tanh
from evornn.wiring import Wiring


@dataclass(frozen=True)
class LSTM(Network):
    """Sizes; `hidden` is the number n of cells. Weight "c" is the bias of the linear readout."""

    year: ClassVar[int] = 2000
    source: ClassVar[str] = (
        "Gers, Schmidhuber & Cummins 2000, Learning to forget, Neural Computation 12"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    peepholes: bool = False
    forget_bias: float = 0.0
    forget: str = "gate"
    readout: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"LSTM.{name}", getattr(self, name))
        check_switch("LSTM.peepholes", self.peepholes)
        check_number("LSTM.forget_bias", self.forget_bias)
        check_choice("LSTM.forget", self.forget, tuple(_FORGETTING))
        check_readout(self)
        if self.forget == "none" and self.forget_bias != 0.0:
            raise ConfigurationError(
                f"LSTM.forget_bias {self.forget_bias!r} is that of a forget gate, which "
                "forget='none' leaves out; leave it at 0"
            )

    @property
    def _gates(self) -> int:
        """Gates with weights of their own: i, o, and maybe f."""
        return 3 if self.forget == "gate" else 2

    @property
    def weights(self) -> Shapes:
        n, m = self.hidden, self.inputs
        rows = (self._gates + 1) * n
        blocks = {"W": (rows, m), "U": (rows, n), "b": (rows,)}
        peepholes = {"p": (self._gates * n,)} if self.peepholes else {}
        return {**blocks, **peepholes, **readout_weights(self.readout, n, self.outputs)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,), "c": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"a": ((self._gates + 1) * self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"forget_bias": np.array([self.forget_bias], np.float64)}

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self)

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.forget, self.peepholes, self.readout)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        p = np.split(w.get("p", np.zeros(self._gates * self.hidden)), self._gates)
        h, c = np.zeros(self.hidden), np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            a = np.split(w["W"] @ x + w["U"] @ h + w["b"], self._gates + 1)
            coupled_bias = self.forget_bias if self.forget == "coupled" else 0.0
            i = logistic(a[0] + p[0] * c - coupled_bias)
            if self.forget == "gate":
                f = logistic(a[1] + p[1] * c + self.forget_bias)
            else:
                f = np.ones(self.hidden) if self.forget == "none" else 1.0 - i
            c = f * c + i * np.tanh(a[-2])
            h = logistic(a[-1] + p[-1] * c) * np.tanh(c)
            outputs.append(read_out(w, h, self.outputs))
        return np.array(outputs)


def _make_step(forget: str, peepholes: bool, readout: bool) -> Callable[..., None]:
    look_before, look_after = (_see_old_cell, _see_new_cell) if peepholes else (_see_nothing,) * 2
    new_cell, output_layer = _FORGETTING[forget], readout_layer(readout)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        a, h, c = s_next.a, s_next.h, s_next.c
        affine(w.W, x, w.b, a)
        affine(w.U, s.h, a, a)
        look_before(w, s.c, a)
        new_cell(k, s.c, a, c)
        look_after(w, c, a)
        last = a.shape[0] - h.shape[0]
        for j in range(h.shape[0]):
            h[j] = sigmoid(a[last + j]) * tanh(c[j])
        output_layer(w, h, y)

    return step


def _forget_by_gate(k: Any, old: Any, a: Any, c: Any) -> None:
    n = c.shape[0]
    for j in range(n):
        i, f = sigmoid(a[j]), sigmoid(a[n + j] + k.forget_bias[0])
        c[j] = fma(f, old[j], i * tanh(a[2 * n + j]))


def _forget_nothing(k: Any, old: Any, a: Any, c: Any) -> None:
    n = c.shape[0]
    for j in range(n):
        c[j] = fma(sigmoid(a[j]), tanh(a[n + j]), old[j])


def _forget_as_much_as_enters(k: Any, old: Any, a: Any, c: Any) -> None:
    n = c.shape[0]
    for j in range(n):
        i = sigmoid(a[j] - k.forget_bias[0])
        c[j] = fma(i, tanh(a[n + j]) - old[j], old[j])


_FORGETTING = {
    "gate": _forget_by_gate,
    "none": _forget_nothing,
    "coupled": _forget_as_much_as_enters,
}


def _see_nothing(w: Any, c: Any, a: Any) -> None:
    """Gates without peepholes."""


def _see_old_cell(w: Any, c: Any, a: Any) -> None:
    """What i and f, the first blocks of `a`, see."""
    n = c.shape[0]
    for gate in range(0, w.p.shape[0] - n, n):
        for j in range(n):
            a[gate + j] = fma(w.p[gate + j], c[j], a[gate + j])


def _see_new_cell(w: Any, c: Any, a: Any) -> None:
    """What o, the last block, sees."""
    n = c.shape[0]
    p, o = w.p.shape[0] - n, a.shape[0] - n
    for j in range(n):
        a[o + j] = fma(w.p[p + j], c[j], a[o + j])
