"""Jordan network (Jordan 1986, Serial order: a parallel distributed processing approach, ICS 8604).

    s(t) = µ s(t−1) + y(t−1)
    h(t) = f(W x(t) + U s(t) + b)
    y(t) = g(V h(t) + c)

The context s is an exponentially fading trace of the network's own outputs. Modern texts set µ = 0,
the default here: the context is then the last output. What is carried to the next step is the
context that it will read, µ s(t) + y(t).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.layers import dense_layer, recurrent_layer
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import fma


@dataclass(frozen=True)
class Jordan(Network):
    """Sizes of the layers, the memory µ of the context (0 to 1), and the activations f and g.

    With µ = 1 the context is the sum of all outputs so far.
    """

    year: ClassVar[int] = 1986
    source: ClassVar[str] = "Jordan 1986, Serial order, ICS Report 8604, UC San Diego"

    inputs: int
    hidden: int
    outputs: int
    mu: float = 0.0
    activation: str = "tanh"
    output_activation: str = "identity"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Jordan.{name}", getattr(self, name))
        check_number("Jordan.mu", self.mu, 0.0, 1.0)
        for name in ("activation", "output_activation"):
            check_activation(f"Jordan.{name}", getattr(self, name))

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        return {"W": (n, m), "U": (n, o), "b": (n,), "V": (o, n), "c": (o,)}

    @property
    def state(self) -> Shapes:
        return {"s": (self.outputs,)}

    @property
    def scratch(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"mu": np.array([self.mu], np.float64)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.output_activation)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w = self.named(weights)
        f = ACTIVATIONS[self.activation].reference
        g = ACTIVATIONS[self.output_activation].reference
        s, y = np.zeros(self.outputs), np.zeros(self.outputs)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            s = self.mu * s + y
            h = f(w["W"] @ x + w["U"] @ s + w["b"])
            y = g(w["V"] @ h + w["c"])
            outputs.append(y)
        return np.array(outputs)


def _make_step(activation: str, output_activation: str) -> Callable[..., None]:
    hidden_layer, output_layer = recurrent_layer(activation), dense_layer(output_activation)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        hidden_layer(w.W, x, w.U, s.s, w.b, s_next.h)
        output_layer(w.V, s_next.h, w.c, y)
        for o in range(y.shape[0]):
            s_next.s[o] = fma(k.mu[0], s.s[o], y[o])

    return step
