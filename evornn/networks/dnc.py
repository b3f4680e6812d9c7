"""Differentiable neural computer (Graves et al. 2016, Nature 538, 471–476, Methods).

An LSTM (`evornn.networks.controllers`) with a memory M of N locations of width W
(`evornn.networks.external_memory`: C is the content weighting), one writing head and R reading
heads. ' marks the step before:

    h = LSTM([x; r'], h')
    ψ = Π_r (1 − f_r w_r')                          retention, by the free gates
    u = (u' + w_w' − u' ∘ w_w') ∘ ψ                 usage
    a_i = (1 − u_i) Π_{j before i} u_j              allocation, locations in ascending order of u
    w_w = g_w [g_a a + (1 − g_a) C(M', k_w, β_w)]   write weighting
    M = M' ∘ (1 − w_w eᵀ) + w_w vᵀ                  erase and write
    L_ij = (1 − w_w,i − w_w,j) L'_ij + w_w,i p'_j   temporal links, L_ii = 0
    p = (1 − Σ_i w_w,i) p' + w_w                    precedence
    w_r = π_r1 Lᵀ w_r' + π_r2 C(M, k_r, β_r) + π_r3 L w_r'    backward, content, forward
    r_r = Mᵀ w_r
    y = V h + V_r [r_1; …; r_R] + c

The interface is W_p h + b_p, in the order: keys k_r of the reading heads, k_w, v; under σ e, f, g_a
and g_w; under oneplus(x) = 1 + log(1 + exp(x)) β_r and β_w; under a softmax π of each reading head.
All memories and weightings start at zero, as do h and c.

"j before i" needs no sorting: it is u_j < u_i, or u_j = u_i and j < i, which is the order of the
paper's free list with ties in the order of the locations, and differentiable wherever that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.controllers import CONTROLLERS, lstm
from evornn.networks.external_memory import (
    content_weighting,
    lengths,
    read,
    reference_content_weighting,
    reference_softmax,
    softmax,
    softplus,
    write,
)
from evornn.networks.network import Network, Shapes
from evornn.numerics import affine, dot, fma, sigmoid, where

_LSTM = CONTROLLERS["lstm"]


@dataclass(frozen=True)
class DNC(Network):
    """Sizes.

    Parameters
    ----------
    hidden
        Cells of the controller.
    locations, width
        N and W. The paper has 16 × 16 and more; links and allocation cost N² operations a step.
    read_heads
        R.
    """

    inputs: int
    hidden: int
    outputs: int
    locations: int = 16
    width: int = 8
    read_heads: int = 1

    year: ClassVar[int] = 2016
    source: ClassVar[str] = "Graves et al. 2016, Nature 538, 471–476"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "locations", "width", "read_heads"):
            check_size(f"DNC.{name}", getattr(self, name))

    @property
    def weights(self) -> Shapes:
        n, o, read = self.hidden, self.outputs, self.read_heads * self.width
        interface = {"W_p": (self._interface, n), "b_p": (self._interface,)}
        readout = {"V": (o, n), "V_r": (o, read), "c": (o,)}
        return {**_LSTM.weights(self.inputs, n, read), **interface, **readout}

    @property
    def state(self) -> Shapes:
        N, W, R = self.locations, self.width, self.read_heads
        vectors = {"r": (R * W,), "u": (N,), "p": (N,), "w_w": (1, N), "w_r": (R, N)}
        return {**_LSTM.state(self.hidden), **vectors, "M": (N, W), "L": (N, N)}

    @property
    def scratch(self) -> Shapes:
        N = self.locations
        vectors = {"xi": (self._interface,), "a": (N,), "content": (N,), "lengths": (N,)}
        return {**_LSTM.scratch(self.hidden), **vectors}

    @property
    def step(self) -> Callable[..., None]:
        return step

    @property
    def _interface(self) -> int:
        """Length of the interface vector."""
        return self.width * (self.read_heads + 3) + 5 * self.read_heads + 3

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, N, R = self.named(weights), self.locations, self.read_heads
        M, L, state = np.zeros((N, self.width)), np.zeros((N, N)), None
        u, p, w_w, w_r = np.zeros(N), np.zeros(N), np.zeros(N), np.zeros((R, N))
        r = np.zeros(R * self.width)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h, state = _LSTM.reference(w, x, r, state)
            i = self._split(w["W_p"] @ h + w["b_p"])
            psi = np.prod(1.0 - i["f"][:, np.newaxis] * w_r, axis=0)
            u = (u + w_w - u * w_w) * psi
            content = reference_content_weighting(M, i["k_w"][np.newaxis], i["beta_w"])[0]
            w_w = i["g_w"] * (i["g_a"] * _allocation(u) + (1.0 - i["g_a"]) * content)
            M = M * (1.0 - np.outer(w_w, i["e"])) + np.outer(w_w, i["v"])
            L = (1.0 - w_w[:, np.newaxis] - w_w) * L + np.outer(w_w, p)
            np.fill_diagonal(L, 0.0)
            p = (1.0 - w_w.sum()) * p + w_w
            modes = i["pi"][:, :, np.newaxis]
            content = reference_content_weighting(M, i["k_r"], i["beta_r"])
            w_r = modes[:, 0] * (w_r @ L) + modes[:, 1] * content + modes[:, 2] * (w_r @ L.T)
            r = (w_r @ M).ravel()
            outputs.append(w["V"] @ h + w["V_r"] @ r + w["c"])
        return np.array(outputs)

    def _split(self, xi: np.ndarray) -> dict[str, np.ndarray]:
        """The interface vector by name."""
        R, W = self.read_heads, self.width
        sizes = [R * W, W, W, W, R, 1, 1, R, 1]
        k_r, k_w, v, e, f, g_a, g_w, beta_r, beta_w, pi = np.split(xi, np.cumsum(sizes))
        logistic = ACTIVATIONS["sigmoid"].reference
        return {
            "k_r": k_r.reshape(R, W),
            "k_w": k_w,
            "v": v,
            "e": logistic(e),
            "f": logistic(f),
            "g_a": logistic(g_a),
            "g_w": logistic(g_w),
            "beta_r": 1.0 + np.logaddexp(0.0, beta_r),
            "beta_w": 1.0 + np.logaddexp(0.0, beta_w),
            "pi": reference_softmax(pi.reshape(R, 3)),
        }


def _allocation(u: np.ndarray) -> np.ndarray:
    """The paper's allocation weighting, with its free list φ."""
    phi = np.argsort(u, kind="stable")
    a = np.empty_like(u)
    a[phi] = (1.0 - u[phi]) * np.concatenate([[1.0], np.cumprod(u[phi])[:-1]])
    return a


def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
    lstm(w, x, s, s_next)
    affine(w.W_p, s_next.h, w.b_p, s_next.xi)
    _squash(s_next.xi, s.w_r.shape[0], s.M.shape[1])
    _use(s, s_next)
    _allocate(s_next.u, s_next.a)
    _write(s, s_next)
    _link(s, s_next)
    _read(s, s_next)
    affine(w.V, s_next.h, w.c, y)
    affine(w.V_r, s_next.r, y, y)


def _squash(xi: Any, R: int, W: int) -> None:
    """The gates, strengths and modes of the interface vector in their ranges."""
    erase, strength = (R + 2) * W, (R + 3) * W + R + 2
    modes = strength + R + 1
    for i in range(erase, strength):
        xi[i] = sigmoid(xi[i])
    for i in range(strength, modes):
        xi[i] = 1.0 + softplus(xi[i])
    for head in range(R):
        softmax(xi[modes + 3 * head : modes + 3 * head + 3])


def _use(s: Any, s_next: Any) -> None:
    """Usage: what was written is in use until a head that read it frees it."""
    R, N, W = s.w_r.shape[0], s.w_r.shape[1], s.M.shape[1]
    f, u = s_next.xi[(R + 3) * W :], s_next.u
    for i in range(N):
        u[i] = s.u[i] + s.w_w[0, i] * (1.0 - s.u[i])
        for head in range(R):
            u[i] = u[i] * (1.0 - f[head] * s.w_r[head, i])


def _allocate(u: Any, a: Any) -> None:
    N = u.shape[0]
    for i in range(N):
        free = 1.0 - u[i]
        for j in range(i):
            free = free * where(u[j] <= u[i], u[j], 1.0)
        for j in range(i + 1, N):
            free = free * where(u[j] < u[i], u[j], 1.0)
        a[i] = free


def _write(s: Any, s_next: Any) -> None:
    R, N, W = s.w_r.shape[0], s.w_r.shape[1], s.M.shape[1]
    xi, a, content = s_next.xi, s_next.a, s_next.content
    k_w, v, e = xi[R * W : (R + 1) * W], xi[(R + 1) * W : (R + 2) * W], xi[(R + 2) * W :]
    gates = xi[(R + 3) * W + R :]
    g_a, g_w, beta_w = gates[0], gates[1], gates[2 + R]
    lengths(s.M, s_next.lengths)
    content_weighting(s.M, s_next.lengths, k_w, beta_w, content)
    for i in range(N):
        s_next.w_w[0, i] = g_w * fma(g_a, a[i] - content[i], content[i])
    write(s.M, s_next.w_w, e, v, s_next.M)


def _link(s: Any, s_next: Any) -> None:
    """In which order the locations were written."""
    w_w, L, N = s_next.w_w[0], s_next.L, s.L.shape[0]
    written = 0.0
    for i in range(N):
        written = written + w_w[i]
    for i in range(N):
        s_next.p[i] = fma(1.0 - written, s.p[i], w_w[i])
        kept = 1.0 - w_w[i]
        for j in range(N):
            L[i, j] = fma(kept - w_w[j], s.L[i, j], w_w[i] * s.p[j])
        L[i, i] = 0.0


def _read(s: Any, s_next: Any) -> None:
    R, N, W = s.w_r.shape[0], s.w_r.shape[1], s.M.shape[1]
    xi, L, content = s_next.xi, s_next.L, s_next.content
    beta_r = xi[(R + 3) * W + R + 2 :]
    lengths(s_next.M, s_next.lengths)
    for head in range(R):
        pi, w_r = beta_r[R + 1 + 3 * head :], s_next.w_r[head]
        k_r = xi[head * W : (head + 1) * W]
        content_weighting(s_next.M, s_next.lengths, k_r, beta_r[head], content)
        for i in range(N):
            backward = dot(s.w_r[head], L[:, i], 0.0)
            forward = dot(s.w_r[head], L[i], 0.0)
            w_r[i] = fma(pi[2], forward, fma(pi[0], backward, pi[1] * content[i]))
        read(s_next.M, w_r, s_next.r[head * W : (head + 1) * W])
