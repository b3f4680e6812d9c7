"""Simple recurrent network (Elman 1990, Finding structure in time, Cognitive Science 14).

    h(t) = f(W x(t) + U h(t−1) + b)
    y(t) = g(V h(t) + c)

The context units hold the hidden units of the step before, as they were before the update. Elman's
units are logistic; here f is tanh and g the identity unless told otherwise, as in today's texts.
With ``readout=False`` there is no output layer, and the outputs are the first hidden units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.cut import Cut
from evornn.networks.layers import (
    check_readout,
    cut_before_readout,
    read_out,
    readout_layer,
    readout_weights,
    recurrent_layer,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.wiring import stacked_wiring
from evornn.wiring import Wiring


@dataclass(frozen=True)
class Elman(Network):
    """Sizes of the layers, and the activations f of the hidden and g of the output units."""

    year: ClassVar[int] = 1990
    source: ClassVar[str] = "Elman 1990, Finding structure in time, Cognitive Science 14"
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    activation: str = "tanh"
    output_activation: str = "identity"
    readout: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Elman.{name}", getattr(self, name))
        for name in ("activation", "output_activation"):
            check_activation(f"Elman.{name}", getattr(self, name))
        check_readout(self)
        if not self.readout and self.output_activation != "identity":
            raise ConfigurationError(
                f"Elman.output_activation {self.output_activation!r} is that of the readout, "
                "which readout=False leaves out; leave it at 'identity'"
            )

    @property
    def weights(self) -> Shapes:
        n, m = self.hidden, self.inputs
        recurrent = {"W": (n, m), "U": (n, n), "b": (n,)}
        return recurrent | readout_weights(self.readout, n, self.outputs)

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self) if self.output_activation == "identity" else None

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.output_activation, self.readout)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w = self.named(weights)
        f = ACTIVATIONS[self.activation].reference
        g = ACTIVATIONS[self.output_activation].reference
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h = f(w["W"] @ x + w["U"] @ h + w["b"])
            outputs.append(g(read_out(w, h, self.outputs)))
        return np.array(outputs)


def _make_step(activation: str, output_activation: str, readout: bool) -> Callable[..., None]:
    hidden_layer = recurrent_layer(activation)
    output_layer = readout_layer(readout, output_activation)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        hidden_layer(w.W, x, w.U, s.h, w.b, s_next.h)
        output_layer(w, s_next.h, y)

    return step
