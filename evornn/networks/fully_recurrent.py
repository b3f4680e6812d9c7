"""Fully recurrent network (Williams & Zipser 1989).

    h(t) = f(W x(t) + U h(t−1) + b)

Its outputs are its first units, which take part in the recurrence like all others. With
``readout=True`` they are a linear map of the units instead: y = V h + c.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
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
class FullyRecurrent(Network):
    """Sizes of the network; `hidden` is the number of units, outputs among them.

    Without a readout the outputs are the first `outputs` units, so ``hidden >= outputs``.
    """

    year: ClassVar[int] = 1989
    source: ClassVar[str] = (
        "Williams & Zipser 1989, A learning algorithm for continually running fully recurrent "
        "neural networks, Neural Computation 1"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    readout: bool = False
    activation: str = "tanh"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"FullyRecurrent.{name}", getattr(self, name))
        check_activation("FullyRecurrent.activation", self.activation)
        check_readout(self)

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
        return cut_before_readout(self)

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.readout)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, f = self.named(weights), ACTIVATIONS[self.activation].reference
        h = np.zeros(self.hidden)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h = f(w["W"] @ x + w["U"] @ h + w["b"])
            outputs.append(read_out(w, h, self.outputs))
        return np.array(outputs)


def _make_step(activation: str, readout: bool) -> Callable[..., None]:
    units, output_layer = recurrent_layer(activation), readout_layer(readout)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        units(w.W, x, w.U, s.h, w.b, s_next.h)
        output_layer(w, s_next.h, y)

    return step
