"""Fully recurrent network (Williams & Zipser 1989).

    h(t) = f(W x(t) + U h(t−1) + b)

Its outputs are its first units, which take part in the recurrence like all others. With
``readout=True`` they are a linear map of the units instead: y = V h + c.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine


@dataclass(frozen=True)
class FullyRecurrent(Network):
    """Sizes of the network; `hidden` is the number of units, outputs among them.

    Without a readout the outputs are the first `outputs` units, so ``hidden >= outputs``.
    """

    inputs: int
    hidden: int
    outputs: int
    readout: bool = False
    activation: str = "tanh"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"FullyRecurrent.{name}", getattr(self, name))
        check_activation("FullyRecurrent.activation", self.activation)
        if not self.readout and self.hidden < self.outputs:
            raise ConfigurationError(
                f"FullyRecurrent takes its outputs from its units: {self.hidden} hidden units "
                f"cannot give {self.outputs} outputs; raise hidden or set readout=True"
            )

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        recurrent = {"W": (n, m), "U": (n, n), "b": (n,)}
        return {**recurrent, "V": (o, n), "c": (o,)} if self.readout else recurrent

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.readout)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, f = self.named(weights), ACTIVATIONS[self.activation].reference
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h = f(w["W"] @ x + w["U"] @ h + w["b"])
            outputs.append(w["V"] @ h + w["c"] if self.readout else h[: self.outputs])
        return np.array(outputs)


def _make_step(activation: str, readout: bool) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function

    def units(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        h = s_next.h
        affine(w.W, x, w.b, h)
        affine(w.U, s.h, h, h)
        for i in range(h.shape[0]):
            h[i] = f(h[i])

    def outputs_are_units(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        units(w, k, x, s, s_next, y)
        for o in range(y.shape[0]):
            y[o] = s_next.h[o]

    def linear_readout(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        units(w, k, x, s, s_next, y)
        affine(w.V, s_next.h, w.c, y)

    return linear_readout if readout else outputs_are_units
