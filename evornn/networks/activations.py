"""Activation functions that a network's units may have, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_choice
from evornn.numerics import identity, relu, sigmoid, tanh


@dataclass(frozen=True)
class Activation:
    """The function as a step calls it, and in plain NumPy for references, with its derivative.

    `slope` gives f'(x) from the value f(x).
    """

    function: Callable[[Any], Any]
    reference: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def _logistic(x: np.ndarray) -> np.ndarray:
    # exp(−log(1 + exp(−x))), which overflows nowhere.
    return np.exp(-np.logaddexp(0.0, -x))


ACTIVATIONS = {
    "tanh": Activation(tanh, np.tanh, lambda y: 1.0 - y * y),
    "sigmoid": Activation(sigmoid, _logistic, lambda y: y * (1.0 - y)),
    "relu": Activation(relu, lambda x: np.maximum(x, 0.0), lambda y: np.where(y > 0.0, 1.0, 0.0)),
    "identity": Activation(identity, lambda x: x, np.ones_like),
}


def check_activation(what: str, name: object) -> None:
    """`name` must be a known activation."""
    check_choice(what, name, ACTIVATIONS)
