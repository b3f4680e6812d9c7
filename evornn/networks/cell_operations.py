"""What a node of a gated cell does, unit by unit: as text, in NumPy, and in a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.networks.activations import ACTIVATIONS
from evornn.numerics import sigmoid, tanh


@dataclass(frozen=True)
class Operation:
    """What a node does: in a step its place in `OPERATIONS`, in a reference `apply`."""

    operands: int
    text: str
    apply: Callable[..., np.ndarray]


OPERATIONS = {
    "add": Operation(2, "{} + {}", np.add),
    "sub": Operation(2, "{} − {}", np.subtract),
    "mul": Operation(2, "{} ⊙ {}", np.multiply),
    "tanh": Operation(1, "tanh({})", np.tanh),
    "sigmoid": Operation(1, "σ({})", ACTIVATIONS["sigmoid"].reference),
    "not": Operation(1, "1 − {}", lambda u: 1.0 - u),
}


def operate(operation: int, u: Any, v: Any, out: Any) -> None:
    """`out` = the operation of that place in `OPERATIONS`. It is the same for all lanes."""
    n = out.shape[0]
    if operation == 0:
        for j in range(n):
            out[j] = u[j] + v[j]
    elif operation == 1:
        for j in range(n):
            out[j] = u[j] - v[j]
    elif operation == 2:
        for j in range(n):
            out[j] = u[j] * v[j]
    elif operation == 3:
        for j in range(n):
            out[j] = tanh(u[j])
    elif operation == 4:
        for j in range(n):
            out[j] = sigmoid(u[j])
    else:
        for j in range(n):
            out[j] = 1.0 - u[j]
