"""Layers that simple recurrent networks are made of: f(W x + b), and f(W x + U r + b).

Each maker gives a function for a step to call, with the activation function built in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evornn.networks.activations import ACTIVATIONS
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
