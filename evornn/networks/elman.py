"""Simple recurrent network (Elman 1990, Finding structure in time, Cognitive Science 14).

    h(t) = f(W x(t) + U h(t−1) + b)
    y(t) = g(V h(t) + c)

The context units hold the hidden units of the step before, as they were before the update. Elman's
units are logistic; here f is tanh and g the identity unless told otherwise, as in today's texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.layers import dense_layer, recurrent_layer
from evornn.networks.network import Network, Shapes, option_step


@dataclass(frozen=True)
class Elman(Network):
    """Sizes of the layers, and the activations f of the hidden and g of the output units."""

    inputs: int
    hidden: int
    outputs: int
    activation: str = "tanh"
    output_activation: str = "identity"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Elman.{name}", getattr(self, name))
        for name in ("activation", "output_activation"):
            check_activation(f"Elman.{name}", getattr(self, name))

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        return {"W": (n, m), "U": (n, n), "b": (n,), "V": (o, n), "c": (o,)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.output_activation)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w = self.named(weights)
        f = ACTIVATIONS[self.activation].reference
        g = ACTIVATIONS[self.output_activation].reference
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h = f(w["W"] @ x + w["U"] @ h + w["b"])
            outputs.append(g(w["V"] @ h + w["c"]))
        return np.array(outputs)


def _make_step(activation: str, output_activation: str) -> Callable[..., None]:
    hidden_layer, output_layer = recurrent_layer(activation), dense_layer(output_activation)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        hidden_layer(w.W, x, w.U, s.h, w.b, s_next.h)
        output_layer(w.V, s_next.h, w.c, y)

    return step
