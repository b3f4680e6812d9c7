"""Gated recurrent unit (Cho et al. 2014, Learning phrase representations using an RNN
encoder–decoder, EMNLP).

    r = σ(W_r x + U_r h' + b_r)
    z = σ(W_z x + U_z h' + b_z)
    n = tanh(W_n x + U_n (r ⊙ h') + b_n)              reset="before" (Cho et al., first version)
    n = tanh(W_n x + b_n + r ⊙ (U_n h' + b_hn))       reset="after" (cuDNN, PyTorch)
    h = (1 − z) ⊙ n + z ⊙ h'
    y = V h + c

' marks the step before. z = 1 keeps the old state, as in Cho et al. and PyTorch; Chung et al.
(2014) write z for our 1 − z. The gates are stacked in the order r, z, n, as in PyTorch:
W (3n, inputs), U (3n, n), b (3n,). With reset="after" the candidate has a second bias b_hn (n,)
that the reset gate scales; PyTorch's other second biases are only ever added to b, so they are
left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, sigmoid, tanh


@dataclass(frozen=True)
class GRU(Network):
    """Sizes; `reset` says whether the reset gate acts before or after the recurrent weights."""

    year: ClassVar[int] = 2014
    source: ClassVar[str] = (
        "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder, EMNLP"
    )

    inputs: int
    hidden: int
    outputs: int
    reset: str = "before"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"GRU.{name}", getattr(self, name))
        check_choice("GRU.reset", self.reset, ("before", "after"))

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        gates = {"W": (3 * n, m), "U": (3 * n, n), "b": (3 * n,)}
        second_bias = {"b_hn": (n,)} if self.reset == "after" else {}
        return {**gates, **second_bias, "V": (o, n), "c": (o,)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"a": (3 * self.hidden,), "q": (self.hidden,)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.reset)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        W_r, W_z, W_n = np.split(w["W"], 3)
        U_r, U_z, U_n = np.split(w["U"], 3)
        b_r, b_z, b_n = np.split(w["b"], 3)
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            r = logistic(W_r @ x + U_r @ h + b_r)
            z = logistic(W_z @ x + U_z @ h + b_z)
            recurrent = U_n @ (r * h) if self.reset == "before" else r * (U_n @ h + w["b_hn"])
            n = np.tanh(W_n @ x + recurrent + b_n)
            h = (1.0 - z) * n + z * h
            outputs.append(w["V"] @ h + w["c"])
        return np.array(outputs)


def _make_step(reset: str) -> Callable[..., None]:
    candidate = _reset_before if reset == "before" else _reset_after

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        a, h = s_next.a, s_next.h
        n = h.shape[0]
        affine(w.W, x, w.b, a)
        affine(w.U[: 2 * n], s.h, a[: 2 * n], a[: 2 * n])
        for j in range(2 * n):
            a[j] = sigmoid(a[j])
        candidate(w, s.h, a, s_next.q)
        for j in range(n):
            new = tanh(a[2 * n + j])
            h[j] = fma(a[n + j], s.h[j] - new, new)
        affine(w.V, h, w.c, y)

    return step


def _reset_before(w: Any, h: Any, a: Any, q: Any) -> None:
    """a_n ← a_n + U_n (r ⊙ h), where `a` holds r, z and a_n."""
    n = h.shape[0]
    for j in range(n):
        q[j] = a[j] * h[j]
    affine(w.U[2 * n :], q, a[2 * n :], a[2 * n :])


def _reset_after(w: Any, h: Any, a: Any, q: Any) -> None:
    """a_n ← a_n + r ⊙ (U_n h + b_hn), where `a` holds r, z and a_n."""
    n = h.shape[0]
    affine(w.U[2 * n :], h, w.b_hn, q)
    for j in range(n):
        a[2 * n + j] = fma(a[j], q[j], a[2 * n + j])
