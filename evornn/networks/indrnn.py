"""Independently recurrent network, IndRNN (Li, Li, Cook, Zhu & Gao 2018, Independently recurrent
neural network (IndRNN): building a longer and deeper RNN, CVPR).

    h_l(t) = f(W_l a_{l−1}(t) + u_l ⊙ h_l(t−1) + b_l)       u_l in R^n: each unit hears itself only
    a_0 = x,   a_1 = h_1,   a_l = h_l, or h_l + a_{l−1} with ``residual=True``
    y = V a_L + c                                           or the first of a_L, ``readout=False``

f is ReLU, as in the paper, or tanh and the others. Over T steps a unit's state and its gradient
grow by u^T at most, so the paper keeps |u| ≤ γ^(1/T), usually γ = 2, by clipping u after each
update. Here the step clips: with ``horizon=T`` it uses max(−2^(1/T), min(u, 2^(1/T))), which holds
for whatever a search proposes. Beyond the bound u has no gradient; `ranges` are what acts.

The authors start the topmost u near 1, so that its units remember, and the others in
U(0, 2^(1/T)). `self_weight` is added to the u of the topmost layer in each step, and does so for
weights that start around zero. The paper's residual blocks put batch normalisation before each
layer; there is none here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.cut import Cut
from evornn.networks.layers import (
    check_readout,
    cut_before_readout,
    read_out,
    readout_layer,
    readout_weights,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, maximum, minimum

_GAMMA = 2.0  # how far a state may grow over the horizon, Li et al. 2018


@dataclass(frozen=True)
class IndRNN(Network):
    """Sizes and options.

    Parameters
    ----------
    hidden
        Units n of every layer.
    layers
        Number L of recurrent layers. Weights: W (n, inputs), with more than one layer W_above
        (L − 1, n, n), u (L, n), b (L, n).
    residual
        Whether each layer above the lowest adds to what it reads.
    horizon
        T of the bound on u, usually the length of the sequences; None: no bound.
    self_weight
        Added to u in the topmost layer.
    """

    year: ClassVar[int] = 2018
    source: ClassVar[str] = (
        "Li et al. 2018, Independently recurrent neural network (IndRNN): building a longer and "
        "deeper RNN, CVPR"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    layers: int = 1
    residual: bool = False
    horizon: int | None = None
    self_weight: float = 0.0
    activation: str = "relu"
    readout: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "layers"):
            check_size(f"IndRNN.{name}", getattr(self, name))
        check_switch("IndRNN.residual", self.residual)
        if self.residual and self.layers == 1:
            raise ConfigurationError(
                "IndRNN.residual adds a layer to the one below, but IndRNN.layers is 1; take more"
            )
        if self.horizon is not None:
            check_size("IndRNN.horizon", self.horizon)
        check_number("IndRNN.self_weight", self.self_weight)
        check_activation("IndRNN.activation", self.activation)
        check_readout(self)

    @property
    def weights(self) -> Shapes:
        n, layers = self.hidden, self.layers
        above = {"W_above": (layers - 1, n, n)} if layers > 1 else {}
        return {
            "W": (n, self.inputs),
            **above,
            "u": (layers, n),
            "b": (layers, n),
            **readout_weights(self.readout, n, self.outputs),
        }

    @property
    def state(self) -> Shapes:
        return {"h": (self.layers, self.hidden)}

    @property
    def scratch(self) -> Shapes:
        return {"a": (self.layers, self.hidden)} if self.residual else {}

    @property
    def bound(self) -> float:
        """The largest |u| that acts: 2^(1/horizon), or infinity."""
        return np.inf if self.horizon is None else _GAMMA ** (1.0 / self.horizon)

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        offset = np.zeros(self.layers)
        offset[-1] = self.self_weight
        bound = {} if self.horizon is None else {"bound": np.array([self.bound])}
        return {"offset": offset, **bound}

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        if self.horizon is None:
            return {}
        offset = self.constants["offset"]
        return {"u": (-self.bound - float(offset.max()), self.bound - float(offset.min()))}

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(
            _make_step,
            self.activation,
            self.layers > 1,
            self.residual,
            self.horizon is not None,
            self.readout,
        )

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, f = self.named(weights), ACTIVATIONS[self.activation].reference
        u = w["u"].copy()
        u[-1] += self.self_weight
        u = np.clip(u, -self.bound, self.bound)
        h = np.zeros((self.layers, self.hidden))
        outputs = []
        for x in np.asarray(inputs, np.float64):
            a = h[0] = f(w["W"] @ x + u[0] * h[0] + w["b"][0])
            for i in range(1, self.layers):
                h[i] = f(w["W_above"][i - 1] @ a + u[i] * h[i] + w["b"][i])
                a = h[i] + a if self.residual else h[i].copy()
            outputs.append(read_out(w, a, self.outputs))
        return np.array(outputs)


def _make_step(
    activation: str, deep: bool, residual: bool, bounded: bool, readout: bool
) -> Callable[..., None]:
    recur, output_layer = _recurrence(activation, bounded), readout_layer(readout)

    def one_layer(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        h = s_next.h
        affine(w.W, x, w.b[0], h[0])
        recur(w, k, s, h, 0)
        output_layer(w, h[0], y)

    def layers(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        h, top = s_next.h, s_next.h.shape[0] - 1
        affine(w.W, x, w.b[0], h[0])
        recur(w, k, s, h, 0)
        for i in range(top):
            affine(w.W_above[i], h[i], w.b[i + 1], h[i + 1])
            recur(w, k, s, h, i + 1)
        output_layer(w, h[top], y)

    def residual_layers(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        h, a, top = s_next.h, s_next.a, s_next.h.shape[0] - 1
        affine(w.W, x, w.b[0], h[0])
        recur(w, k, s, h, 0)
        for j in range(h.shape[1]):
            a[0, j] = h[0, j]
        for i in range(top):
            affine(w.W_above[i], a[i], w.b[i + 1], h[i + 1])
            recur(w, k, s, h, i + 1)
            for j in range(h.shape[1]):
                a[i + 1, j] = a[i, j] + h[i + 1, j]
        output_layer(w, a[top], y)

    return residual_layers if residual else layers if deep else one_layer


def _recurrence(activation: str, bounded: bool) -> Callable[..., None]:
    """``recur(w, k, s, h, layer)``: h ← f(h + u ⊙ h') in `layer`, whose h holds W a + b."""
    f, clip = ACTIVATIONS[activation].function, _clip if bounded else _leave

    def recur(w: Any, k: Any, s: Any, h: Any, layer: int) -> None:
        for j in range(h.shape[1]):
            u = clip(w.u[layer, j] + k.offset[layer], k)
            h[layer, j] = f(fma(u, s.h[layer, j], h[layer, j]))

    return recur


def _clip(u: Any, k: Any) -> Any:
    return minimum(maximum(u, -k.bound[0]), k.bound[0])


def _leave(u: Any, k: Any) -> Any:
    return u
