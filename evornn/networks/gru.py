"""Gated recurrent unit (Cho et al. 2014, Learning phrase representations using an RNN
encoder–decoder, EMNLP).

    r = σ(W_r x + U_r h' + b_r)
    z = σ(W_z x + U_z h' + b_z)
    n = tanh(W_n x + U_n (r ⊙ h') + b_n)              reset="before" (Cho et al., first version)
    n = tanh(W_n x + b_n + r ⊙ (U_n h' + b_hn))       reset="after" (cuDNN, PyTorch)
    h = (1 − z) ⊙ n + z ⊙ h'
    y = V h + c

' marks the step before. z = 1 keeps the old state, as in Cho et al. and PyTorch; Chung et al.
(2014) write z for our 1 − z. What both gates are made of can be less (Dey & Salem 2017,
Gate-variants of gated recurrent unit neural networks):

    gates="full"              σ(W x + U h' + b)
    gates="state_and_bias"    σ(U h' + b)            GRU1
    gates="state"             σ(U h')                GRU2
    gates="bias"              σ(b)                   GRU3

``minimal=True`` is the minimal gated unit (Zhou et al. 2016, Minimal gated unit for recurrent
neural networks): one gate f does both, r = f and z = 1 − f. Its simplified forms MGU1 to MGU3 (Heck
& Salem 2017) are those of the table. With ``readout=False`` there is no output layer, and the
outputs are the first hidden units.

The gates are stacked in the order r, z, n, as in PyTorch, or f, n: W (3n, inputs), U (3n, n),
b (3n,), less the rows of gates that a simplified form leaves out. With reset="after" the candidate
has a second bias b_hn (n,) that the reset gate scales; PyTorch's other second biases are only ever
added to b, so they are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size, check_switch
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
from evornn.numerics import affine, dot, fma, sigmoid, tanh
from evornn.wiring import Wiring


@dataclass(frozen=True)
class GRU(Network):
    """Sizes; where the reset gate acts, what gates are made of, and whether there is only one."""

    year: ClassVar[int] = 2014
    source: ClassVar[str] = (
        "Cho et al. 2014, Learning phrase representations using an RNN encoder–decoder, EMNLP"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    reset: str = "before"
    gates: str = "full"
    minimal: bool = False
    readout: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"GRU.{name}", getattr(self, name))
        check_choice("GRU.reset", self.reset, ("before", "after"))
        check_choice("GRU.gates", self.gates, tuple(_GATES))
        check_switch("GRU.minimal", self.minimal)
        check_readout(self)

    @property
    def _gate_rows(self) -> int:
        return self.hidden * (1 if self.minimal else 2)

    @property
    def weights(self) -> Shapes:
        n, every = self.hidden, self.hidden + self._gate_rows
        W, U, b = (every if seen else n for seen in _SEEN_BY_GATES[self.gates])
        blocks = {"W": (W, self.inputs), "U": (U, n), "b": (b,)}
        second_bias = {"b_hn": (n,)} if self.reset == "after" else {}
        return {**blocks, **second_bias, **readout_weights(self.readout, n, self.outputs)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        n = self.hidden
        return {"gates": (self._gate_rows,), "a": (n,), "q": (n,)}

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self)

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.reset, self.gates, self.minimal, self.readout)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        # A gate that leaves something out has a weight of zero there.
        every = self.hidden + self._gate_rows
        W, U, b = (
            np.concatenate([np.zeros((every - len(part), *part.shape[1:])), part])
            for part in (w["W"], w["U"], w["b"])
        )
        W_n, U_n, b_n = W[-self.hidden :], U[-self.hidden :], b[-self.hidden :]
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            gates = logistic(W @ x + U @ h + b)[: -self.hidden]
            r, z = (gates, 1.0 - gates) if self.minimal else np.split(gates, 2)
            recurrent = U_n @ (r * h) if self.reset == "before" else r * (U_n @ h + w["b_hn"])
            n = np.tanh(W_n @ x + recurrent + b_n)
            h = (1.0 - z) * n + z * h
            outputs.append(read_out(w, h, self.outputs))
        return np.array(outputs)


def _make_step(reset: str, gates: str, minimal: bool, readout: bool) -> Callable[..., None]:
    gate_sums = _GATES[gates]
    add_recurrent = _reset_before if reset == "before" else _reset_after
    mix = _mix_by_one_gate if minimal else _mix_by_update_gate
    output_layer = readout_layer(readout)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        g, a, h = s_next.gates, s_next.a, s_next.h
        n = h.shape[0]
        gate_sums(w, x, s.h, g)
        for j in range(g.shape[0]):
            g[j] = sigmoid(g[j])
        affine(w.W[w.W.shape[0] - n :], x, w.b[w.b.shape[0] - n :], a)
        add_recurrent(w, w.U[w.U.shape[0] - n :], s.h, g, s_next.q, a)
        mix(g, s.h, a, h)
        output_layer(w, h, y)

    return step


def _full_gates(w: Any, x: Any, h: Any, g: Any) -> None:
    rows = g.shape[0]
    affine(w.W[:rows], x, w.b[:rows], g)
    affine(w.U[:rows], h, g, g)


def _gates_of_state_and_bias(w: Any, x: Any, h: Any, g: Any) -> None:
    rows = g.shape[0]
    affine(w.U[:rows], h, w.b[:rows], g)


def _gates_of_state(w: Any, x: Any, h: Any, g: Any) -> None:
    rows = g.shape[0]
    for j in range(rows):
        g[j] = dot(w.U[j], h, 0.0)


def _gates_of_bias(w: Any, x: Any, h: Any, g: Any) -> None:
    for j in range(g.shape[0]):
        g[j] = w.b[j]


_GATES = {
    "full": _full_gates,
    "state_and_bias": _gates_of_state_and_bias,
    "state": _gates_of_state,
    "bias": _gates_of_bias,
}
#: whether W, U and b have rows for the gates
_SEEN_BY_GATES = {
    "full": (True, True, True),
    "state_and_bias": (False, True, True),
    "state": (False, True, False),
    "bias": (False, False, True),
}


def _reset_before(w: Any, U: Any, h: Any, g: Any, q: Any, a: Any) -> None:
    """a ← a + U (r ⊙ h), where r are the first of the gates `g`."""
    for j in range(q.shape[0]):
        q[j] = g[j] * h[j]
    affine(U, q, a, a)


def _reset_after(w: Any, U: Any, h: Any, g: Any, q: Any, a: Any) -> None:
    """a ← a + r ⊙ (U h + b_hn), where r are the first of the gates `g`."""
    affine(U, h, w.b_hn, q)
    for j in range(q.shape[0]):
        a[j] = fma(g[j], q[j], a[j])


def _mix_by_update_gate(g: Any, old: Any, a: Any, h: Any) -> None:
    """h = (1 − z) ⊙ tanh(a) + z ⊙ old, where z are the last of the gates."""
    n = h.shape[0]
    for j in range(n):
        new = tanh(a[j])
        h[j] = fma(g[n + j], old[j] - new, new)


def _mix_by_one_gate(g: Any, old: Any, a: Any, h: Any) -> None:
    """h = f ⊙ tanh(a) + (1 − f) ⊙ old."""
    for j in range(h.shape[0]):
        h[j] = fma(g[j], tanh(a[j]) - old[j], old[j])
