"""Second-order network (Giles et al. 1992, Learning and extracting finite state automata).

    S_i = g(Σ_jk W_ijk S'_j I_k + b_i),    S(0) = (1, 0, …, 0)

' marks the step before, I is the input, W is (n, n, inputs). With one-hot inputs each symbol k has
a transition matrix W[:, :, k] of its own, as a finite automaton has. C. L. Giles, C. B. Miller,
D. Chen, H. H. Chen, G. Z. Sun & Y. C. Lee (Neural Computation 4) have no bias; ``bias=True`` adds
b. J. B. Pollack (1991, The induction of dynamical recognizers) has the same products with a bias.
g is the logistic function in both.

The answer is that of the response units, which are the first units:

    y_o = S_o                              response="unit": for squared errors, targets 0 and 1
    y_o = Σ_jk W_ojk S'_j I_k + b_o        response="logit": for cross-entropies, σ(y_o) = S_o
    y   = V S + c                          response="readout"
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.cut import Cut
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine

RESPONSES = ("unit", "logit", "readout")


@dataclass(frozen=True)
class SecondOrder(Network):
    """Sizes; `hidden` is the number n of state units, response units among them."""

    inputs: int
    hidden: int
    outputs: int
    activation: str = "sigmoid"
    bias: bool = False
    response: str = "logit"

    year: ClassVar[int] = 1990
    source: ClassVar[str] = "Giles et al. 1990, 1992; Pollack 1991"
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"SecondOrder.{name}", getattr(self, name))
        check_activation("SecondOrder.activation", self.activation)
        check_switch("SecondOrder.bias", self.bias)
        check_choice("SecondOrder.response", self.response, RESPONSES)
        if self.response != "readout" and self.hidden < self.outputs:
            raise ConfigurationError(
                f"SecondOrder takes its outputs from its units: {self.hidden} hidden units cannot "
                f"give {self.outputs} outputs; raise hidden or set response='readout'"
            )

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        shapes: dict[str, tuple[int, ...]] = {"W": (n, n, m)}
        if self.bias:
            shapes["b"] = (n,)
        if self.response == "readout":
            shapes |= {"V": (o, n), "c": (o,)}
        return shapes

    @property
    def state(self) -> Shapes:
        return {"S": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"products": (self.hidden * self.inputs,), "a": (self.hidden,)}

    @property
    def start(self) -> Callable[..., None]:
        return first_unit_on

    @property
    def cut(self) -> Cut | None:
        if self.response != "readout":
            return None
        units = dataclasses.replace(self, response="unit", outputs=self.hidden)
        return Cut(units, "V", "c")

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.bias, self.response)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, g = self.named(weights), ACTIVATIONS[self.activation].reference
        S = np.eye(self.hidden)[0]
        outputs = []
        for I in np.asarray(inputs, np.float64):  # noqa: E741 - the letter of the equation
            a = np.einsum("ijk,j,k->i", w["W"], S, I) + w.get("b", 0.0)
            S = g(a)
            answer = {"unit": S, "logit": a, "readout": S}[self.response]
            readout = self.response == "readout"
            outputs.append(w["V"] @ S + w["c"] if readout else answer[: self.outputs])
        return np.array(outputs)


def first_unit_on(w: Any, k: Any, x: Any, s: Any) -> None:
    """The initial state (1, 0, …, 0) of units `S`."""
    for i in range(s.S.shape[0]):
        s.S[i] = 0.0
    s.S[0] = 1.0


def _make_step(activation: str, bias: bool, response: str) -> Callable[..., None]:
    g = ACTIVATIONS[activation].function
    net_input = _net_input_with_bias if bias else _net_input
    respond = {"unit": _units, "logit": _logits, "readout": _readout}[response]

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        a, S = s_next.a, s_next.S
        outer_product(s.S, x, s_next.products)
        net_input(w, s_next.products, a)
        for i in range(S.shape[0]):
            S[i] = g(a[i])
        respond(w, a, S, y)

    return step


def outer_product(S: Any, x: Any, out: Any) -> None:
    """out = S_j x_k at j · inputs + k: every product is made once for all units."""
    m = x.shape[0]
    for j in range(S.shape[0]):
        for i in range(m):
            out[j * m + i] = S[j] * x[i]


def _net_input(w: Any, products: Any, a: Any) -> None:
    for i in range(a.shape[0]):
        a[i] = 0.0
    affine(w.W.reshape((a.shape[0], products.shape[0])), products, a, a)


def _net_input_with_bias(w: Any, products: Any, a: Any) -> None:
    affine(w.W.reshape((a.shape[0], products.shape[0])), products, w.b, a)


def _units(w: Any, a: Any, S: Any, y: Any) -> None:
    for o in range(y.shape[0]):
        y[o] = S[o]


def _logits(w: Any, a: Any, S: Any, y: Any) -> None:
    for o in range(y.shape[0]):
        y[o] = a[o]


def _readout(w: Any, a: Any, S: Any, y: Any) -> None:
    affine(w.V, S, w.c, y)
