"""Controllers of networks with an external memory: what hears the input and what was read.

    feedforward    h = tanh(W x + R r' + b)
    lstm           i, f, o = σ(·), g = tanh(·) of W x + R r' + U h' + b
                   c = f ∘ c' + i ∘ g
                   h = o ∘ tanh(c)

r' are the vectors read at the step before, one after another. The gates of the LSTM (Gers,
Schmidhuber & Cummins 2000) are stacked in the order i, f, o, g; h and c start at zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Shapes
from evornn.numerics import affine, fma, sigmoid, tanh


@dataclass(frozen=True)
class Controller:
    """A kind of controller: its sizes, and its equations as a step and in NumPy.

    ``step(w, x, s, s_next)`` writes s_next.h from x and s.r; ``begin(s)`` writes its initial state;
    ``reference(w, x, r, state)`` gives h and the next state, which is None at first.
    """

    step: Callable[..., None]
    begin: Callable[..., None]
    reference: Callable[..., tuple[np.ndarray, Any]]
    recurrent: bool

    def weights(self, inputs: int, units: int, read: int) -> Shapes:
        """Weights of `units` units that hear `inputs` and `read` numbers."""
        rows = 4 * units if self.recurrent else units
        recurrent = {"U": (rows, units)} if self.recurrent else {}
        return {"W": (rows, inputs), "R": (rows, read), **recurrent, "b": (rows,)}

    def state(self, units: int) -> Shapes:
        return {"h": (units,), "c": (units,)} if self.recurrent else {}

    def scratch(self, units: int) -> Shapes:
        return {"gates": (4 * units,)} if self.recurrent else {"h": (units,)}


def _feedforward(w: Any, x: Any, s: Any, s_next: Any) -> None:
    h = s_next.h
    affine(w.W, x, w.b, h)
    affine(w.R, s.r, h, h)
    for j in range(h.shape[0]):
        h[j] = tanh(h[j])


def _stateless(s: Any) -> None:
    """A feed-forward controller carries nothing from step to step."""


def _reference_feedforward(
    w: dict[str, np.ndarray], x: np.ndarray, r: np.ndarray, state: None
) -> tuple[np.ndarray, None]:
    return np.tanh(w["W"] @ x + w["R"] @ r + w["b"]), None


def lstm(w: Any, x: Any, s: Any, s_next: Any) -> None:
    """One step of the LSTM."""
    gates, h, c = s_next.gates, s_next.h, s_next.c
    n = h.shape[0]
    affine(w.W, x, w.b, gates)
    affine(w.R, s.r, gates, gates)
    affine(w.U, s.h, gates, gates)
    for j in range(3 * n):
        gates[j] = sigmoid(gates[j])
    for j in range(n):
        c[j] = fma(gates[n + j], s.c[j], gates[j] * tanh(gates[3 * n + j]))
        h[j] = gates[2 * n + j] * tanh(c[j])


def _zero_cells(s: Any) -> None:
    for j in range(s.h.shape[0]):
        s.h[j] = 0.0
        s.c[j] = 0.0


def _reference_lstm(
    w: dict[str, np.ndarray], x: np.ndarray, r: np.ndarray, state: tuple | None
) -> tuple[np.ndarray, tuple]:
    logistic = ACTIVATIONS["sigmoid"].reference
    h, c = state or (np.zeros(w["U"].shape[1]),) * 2
    i, f, o, g = np.split(w["W"] @ x + w["R"] @ r + w["U"] @ h + w["b"], 4)
    c = logistic(f) * c + logistic(i) * np.tanh(g)
    h = logistic(o) * np.tanh(c)
    return h, (h, c)


CONTROLLERS = {
    "lstm": Controller(lstm, _zero_cells, _reference_lstm, recurrent=True),
    "feedforward": Controller(_feedforward, _stateless, _reference_feedforward, recurrent=False),
}
