"""Recursive neural tensor network (Socher et al. 2013, Recursive deep models for sentiment).

    p = f([c₁; c₂]ᵀ V^{[1:d]} [c₁; c₂] + W [c₁; c₂] + L x + b)
    y = W_s p + b_s

V holds a slice (2d, 2d) for each of the d units of a node: unit i gets cᵀ V^{[i]} c, c = [c₁; c₂],
so that the children act on each other, not only next to each other. With V = 0 it is the
`Recursive` network, whose options it has.

R. Socher, A. Perelygin, J. Wu, J. Chuang, C. Manning, A. Ng & C. Potts (EMNLP) leave out b, which
they call an extra column of W. Their words are looked up, p = L x, and only leaves have features:
``leaf="embedded"``, the default here. f is their tanh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.networks.network import Shapes, option_step
from evornn.networks.recursive import Recursive, node_step
from evornn.numerics import affine, dot


@dataclass(frozen=True)
class RecursiveTensor(Recursive):
    """Sizes; `hidden` is the length d of a node's state. `leaf` is composed or embedded."""

    leaf: str = "embedded"

    year: ClassVar[int] = 2013
    source: ClassVar[str] = "Socher et al. 2013"

    @property
    def weights(self) -> Shapes:
        d = self.hidden
        shapes = dict(super().weights)
        return {"L": shapes.pop("L"), "V": (d, 2 * d, 2 * d), **shapes}

    @property
    def scratch(self) -> Shapes:
        return {**super().scratch, "Vc": (2 * self.hidden * self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {**super().constants, "no_bias": np.zeros(2 * self.hidden * self.hidden)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, self.leaf)

    def _composed(self, w: Mapping[str, np.ndarray], c: np.ndarray) -> np.ndarray:
        return np.einsum("j,ijk,k->i", c, w["V"], c) + w["W"] @ c


def _make_step(activation: str, leaf: str) -> Callable[..., None]:
    return node_step(_add_children, activation, leaf)


def _add_children(w: Any, k: Any, s_next: Any) -> None:
    h, c, Vc = s_next.h, s_next.c, s_next.Vc
    n = c.shape[0]
    affine(w.W, c, h, h)
    # All slices are one matrix: V^{[i]} c for every unit i at once.
    affine(w.V.reshape((Vc.shape[0], n)), c, k.no_bias, Vc)
    for i in range(h.shape[0]):
        h[i] = dot(Vc[i * n : (i + 1) * n], c, h[i])
