"""Recurrent multilayer perceptron (Puskorius & Feldkamp 1994, Neurocontrol of nonlinear dynamical
systems with Kalman filter trained recurrent networks, IEEE Trans. Neural Networks 5).

    x_l(t) = f(W_l x_{l−1}(t) + R_l x_l(t−1) + b_l)                  l = 1 … L,  x_0 the inputs
    y(t) = g(W_o x_L(t) + R_o y(t−1) + b_o)

A cascade of layers, each recurrent in itself (Tutschku 1995, Recurrent multilayer perceptrons for
identification and control): a layer hears the layer below in this step, and all of its own units in
the step before. Whether the output layer is recurrent too is left open; here it is, and
``recurrent_output=False`` leaves R_o out. f is tanh, and g the identity unless told otherwise.

It is a `Stack` of fully recurrent layers, and has its names: W_1, R_1, b_1 are the weights
"layer0_W", "layer0_U", "layer0_b", and so on, to the output layer. An output layer that is not
recurrent is the readout of the topmost hidden layer, its weights V and c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.elman import Elman
from evornn.networks.fully_recurrent import FullyRecurrent
from evornn.networks.nested import Composite
from evornn.networks.network import Network, Shapes
from evornn.networks.stack import Stack


@dataclass(frozen=True)
class RecurrentMLP(Composite):
    """Sizes and options.

    Parameters
    ----------
    hidden
        Units of the hidden layers from the lowest to the highest, as in (8, 4), or of the only one.
    recurrent_output
        Whether the output layer hears its own outputs of the step before.
    """

    year: ClassVar[int] = 1994
    source: ClassVar[str] = (
        "Puskorius & Feldkamp 1994, Neurocontrol of nonlinear dynamical systems with Kalman filter "
        "trained recurrent networks, IEEE Trans. Neural Networks 5"
    )

    inputs: int
    hidden: int | tuple[int, ...]
    outputs: int
    recurrent_output: bool = True
    activation: str = "tanh"
    output_activation: str = "identity"

    def __post_init__(self) -> None:
        for name in ("inputs", "outputs"):
            check_size(f"RecurrentMLP.{name}", getattr(self, name))
        if isinstance(self.hidden, list):
            object.__setattr__(self, "hidden", tuple(self.hidden))
        if self.hidden == ():
            raise ConfigurationError("RecurrentMLP.hidden has no layer; give sizes, as in (8, 4)")
        for size in self.sizes:
            check_size("RecurrentMLP.hidden", size)
        check_switch("RecurrentMLP.recurrent_output", self.recurrent_output)
        for name in ("activation", "output_activation"):
            check_activation(f"RecurrentMLP.{name}", getattr(self, name))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return self.hidden if isinstance(self.hidden, tuple) else (self.hidden,)

    @cached_property
    def stack(self) -> Stack:
        """The network as a stack of its layers."""
        f, g, o = self.activation, self.output_activation, self.outputs
        widths = (self.inputs, *self.sizes)
        layers: list[Network] = [
            FullyRecurrent(below, units, units, activation=f)
            for below, units in zip(widths, self.sizes, strict=False)
        ]
        if self.recurrent_output:
            layers.append(FullyRecurrent(widths[-1], o, o, activation=g))
        else:
            layers[-1] = Elman(widths[-2], widths[-1], o, activation=f, output_activation=g)
        return Stack(self.inputs, max(self.sizes), o, tuple(layers))

    @property
    def parts(self) -> Mapping[str, Network]:
        return self.stack.parts

    @property
    def scratch(self) -> Shapes:
        return self.stack.scratch

    @property
    def step(self) -> Callable[..., None]:
        return self.stack.step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, top = self.named(weights), len(self.sizes)
        f = ACTIVATIONS[self.activation].reference
        g = ACTIVATIONS[self.output_activation].reference
        W = [w[f"layer{i}_W"] for i in range(top)]
        R = [w[f"layer{i}_U"] for i in range(top)]
        b = [w[f"layer{i}_b"] for i in range(top)]
        if self.recurrent_output:
            W_o, R_o, b_o = (w[f"layer{top}_{name}"] for name in "WUb")
        else:
            W_o, b_o = w[f"layer{top - 1}_V"], w[f"layer{top - 1}_c"]
            R_o = np.zeros((self.outputs, self.outputs))
        x, y = [np.zeros(n) for n in self.sizes], np.zeros(self.outputs)
        outputs = []
        for below in np.asarray(inputs, np.float64):
            for i in range(top):
                below = x[i] = f(W[i] @ below + R[i] @ x[i] + b[i])
            y = g(W_o @ below + R_o @ y + b_o)
            outputs.append(y)
        return np.array(outputs)
