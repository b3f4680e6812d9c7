"""Recursive network (Goller & Küchler 1996; Socher, Lin, Ng & Manning 2011).

    p = f(W [c₁; c₂] + L x + b)
    y = W_s p + b_s

p is the state of a node, c₁ and c₂ are those of its children (zero where there is none), x are the
features of the node, its label. The same weights serve every node, and y is read at every node that
is judged, often the root alone; for classes it is the logits of a cross-entropy.

C. Goller & A. Küchler ("Learning task-dependent distributed representations by backpropagation
through structure") label every node, and a leaf is composed like the rest: p = f(L x + b). In
R. Socher et al. ("Parsing natural scenes and natural language with recursive neural networks") only
leaves have features, so that p = f(W [c₁; c₂] + b) above them; a word is looked up, p = L x, which
is ``leaf="embedded"`` (their image segments are composed leaves).

f is tanh unless told otherwise, as in Socher et al. 2013. A chain of nodes with one child each is
a recurrent network: `Elman` with the weights L, the left half of W, b, W_s and b_s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.network import Shapes, option_step
from evornn.networks.tree_network import TreeNetwork
from evornn.numerics import affine, where

LEAVES = ("composed", "embedded")


@dataclass(frozen=True)
class Recursive(TreeNetwork):
    """Sizes; `hidden` is the length of a node's state. `leaf` is composed or embedded."""

    inputs: int
    hidden: int
    outputs: int
    activation: str = "tanh"
    leaf: str = "composed"

    year: ClassVar[int] = 1996
    source: ClassVar[str] = "Goller & Küchler 1996; Socher et al. 2011"
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT")

    def __post_init__(self) -> None:
        name = type(self).__name__
        for size in ("inputs", "hidden", "outputs"):
            check_size(f"{name}.{size}", getattr(self, size))
        check_activation(f"{name}.activation", self.activation)
        check_choice(f"{name}.leaf", self.leaf, LEAVES)

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        return {"L": (n, m), "W": (n, 2 * n), "b": (n,), "W_s": (o, n), "b_s": (o,)}

    @property
    def state(self) -> Shapes:
        # A node is a leaf where neither child has written a 1 into `present`.
        present = {"present": (1,)} if self.leaf == "embedded" else {}
        return {"h": (self.hidden,), **present}

    @property
    def scratch(self) -> Shapes:
        embedding = {"e": (self.hidden,)} if self.leaf == "embedded" else {}
        return {"c": (2 * self.hidden,), **embedding}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"zeros": np.zeros(self.hidden)} if self.leaf == "embedded" else {}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.leaf)

    def reference_node(
        self, w: Mapping[str, np.ndarray], x: np.ndarray, left: Any, right: Any
    ) -> tuple[Any, np.ndarray]:
        if self.leaf == "embedded" and left is right is None:
            p = w["L"] @ x
        else:
            nothing = np.zeros(self.hidden)
            c = np.concatenate([nothing if child is None else child for child in (left, right)])
            f = ACTIVATIONS[self.activation].reference
            p = f(self._composed(w, c) + w["L"] @ x + w["b"])
        return p, w["W_s"] @ p + w["b_s"]

    def _composed(self, w: Mapping[str, np.ndarray], c: np.ndarray) -> np.ndarray:
        """For the reference: what the children add, before f."""
        return w["W"] @ c


def node_step(compose: Callable[..., None], activation: str, leaf: str) -> Callable[..., None]:
    """The step of a network whose children add ``compose(w, k, s_next)`` to ``s_next.h``.

    It finds their states, one behind the other, in ``s_next.c``.
    """
    f = ACTIVATIONS[activation].function

    def composed(w: Any, k: Any, x: Any, left: Any, right: Any, s_next: Any, y: Any) -> None:
        h = s_next.h
        _join(left.h, right.h, s_next.c)
        affine(w.L, x, w.b, h)
        compose(w, k, s_next)
        for i in range(h.shape[0]):
            h[i] = f(h[i])
        affine(w.W_s, h, w.b_s, y)

    def embedded(w: Any, k: Any, x: Any, left: Any, right: Any, s_next: Any, y: Any) -> None:
        h, e = s_next.h, s_next.e
        _join(left.h, right.h, s_next.c)
        affine(w.L, x, k.zeros, e)
        for i in range(h.shape[0]):
            h[i] = e[i] + w.b[i]
        compose(w, k, s_next)
        inner = left.present[0] + right.present[0] > 0.0
        for i in range(h.shape[0]):
            h[i] = where(inner, f(h[i]), e[i])
        s_next.present[0] = 1.0
        affine(w.W_s, h, w.b_s, y)

    return embedded if leaf == "embedded" else composed


def _join(left: Any, right: Any, c: Any) -> None:
    n = left.shape[0]
    for i in range(n):
        c[i] = left[i]
        c[n + i] = right[i]


def _make_step(activation: str, leaf: str) -> Callable[..., None]:
    return node_step(_add_children, activation, leaf)


def _add_children(w: Any, k: Any, s_next: Any) -> None:
    affine(w.W, s_next.c, s_next.h, s_next.h)
