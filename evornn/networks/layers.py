"""Layers that recurrent networks are made of: f(W x + b), f(W x + U r + b), and the readout.

Each maker gives a function for a step to call, with the activation function built in. A readout is
the last layer of a network of units h, where it has one:

    y = V h + c        readout=True
    y = h_1 … h_o      readout=False: the outputs are the first o units
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from evornn.checks import check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.cut import Cut
from evornn.numerics import affine


def dense_layer(activation: str) -> Callable[..., None]:
    """``layer(W, x, b, out)``: out = f(W x + b)."""
    if activation == "identity":
        return affine
    f = ACTIVATIONS[activation].function

    def dense(W: Any, x: Any, b: Any, out: Any) -> None:
        affine(W, x, b, out)
        for i in range(out.shape[0]):
            out[i] = f(out[i])

    return dense


def recurrent_layer(activation: str) -> Callable[..., None]:
    """``layer(W, x, U, r, b, out)``: out = f(W x + U r + b), where `r` is what recurs."""
    dense = dense_layer(activation)

    def recurrent(W: Any, x: Any, U: Any, r: Any, b: Any, out: Any) -> None:
        affine(W, x, b, out)
        dense(U, r, out, out)

    return recurrent


def check_readout(network: Any) -> None:
    """`network.readout` must be a switch; without a readout there must be units for all outputs."""
    name, hidden, outputs = type(network).__name__, network.hidden, network.outputs
    check_switch(f"{name}.readout", network.readout)
    if not network.readout and hidden < outputs:
        raise ConfigurationError(
            f"{name} takes its outputs from its units: {hidden} hidden units cannot give "
            f"{outputs} outputs; raise hidden or set readout=True"
        )


def readout_weights(readout: bool, units: int, outputs: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the readout's weights: none without one."""
    return {"V": (outputs, units), "c": (outputs,)} if readout else {}


def cut_before_readout(network: Any) -> Cut | None:
    """`network` cut before its readout: its outputs are all the units that this reads."""
    if not network.readout:
        return None
    units = dataclasses.replace(network, readout=False, outputs=network.hidden)
    return Cut(units, "V", "c")


def readout_layer(readout: bool, activation: str = "identity") -> Callable[..., None]:
    """``layer(w, h, y)``: the outputs y of the units h, g(V h + c) or the first of them."""
    if not readout:
        return _first_units
    output_layer = dense_layer(activation)

    def linear_readout(w: Any, h: Any, y: Any) -> None:
        output_layer(w.V, h, w.c, y)

    return linear_readout


def _first_units(w: Any, h: Any, y: Any) -> None:
    for o in range(y.shape[0]):
        y[o] = h[o]


def read_out(w: Mapping[str, np.ndarray], h: np.ndarray, outputs: int) -> np.ndarray:
    """For references: the outputs of the units h, with a readout where `w` holds one."""
    return w["V"] @ h + w["c"] if "V" in w else h[:outputs]
