"""A memory matrix M of N locations (rows) of width W, read and written through weightings.

What the neural Turing machine (Graves, Wayne & Danihelka 2014, arXiv 1410.5401) and the
differentiable neural computer (Graves et al. 2016, Nature 538, 471–476) share:

    |u|² = Σ_j u_j² + ε                                            length
    K(u, v) = u·v / (|u| |v| + ε)                                  cosine similarity
    C(M, k, β)_i = exp(β K(k, M_i)) / Σ_j exp(β K(k, M_j))         content weighting
    r = Mᵀ w                                                       read
    M = M' ∘ Π_h (1 − w_h e_hᵀ) + Σ_h w_h a_hᵀ                     erase and add, heads h

ε = 1e-6 keeps similarities and their gradients finite where a location or a key is empty. It stands
in the two places where DeepMind's implementation of the DNC has it (github.com/google-deepmind/dnc,
addressing.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.numerics import dot, exp, fma, log, maximum, sigmoid, sqrt

EPSILON = 1e-6


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) as −log σ(−x); it stops growing where σ underflows, at 87 in float32."""
    return -log(sigmoid(-x))


def softmax(v: Any) -> None:
    """v_i ← exp(v_i) / Σ_j exp(v_j), in place."""
    top = v[0]
    for i in range(1, v.shape[0]):
        top = maximum(top, v[i])
    total = 0.0
    for i in range(v.shape[0]):
        v[i] = exp(v[i] - top)
        total = total + v[i]
    for i in range(v.shape[0]):
        v[i] = v[i] / total


def lengths(M: Any, out: Any) -> None:
    """|M_i| of every location."""
    for i in range(M.shape[0]):
        out[i] = sqrt(dot(M[i], M[i], EPSILON))


def content_weighting(M: Any, lengths_of_M: Any, k: Any, beta: Any, out: Any) -> None:
    """out = C(M, k, β); the lengths of M's rows serve all heads."""
    length_of_k = sqrt(dot(k, k, EPSILON))
    for i in range(out.shape[0]):
        similarity = dot(M[i], k, 0.0) / fma(length_of_k, lengths_of_M[i], EPSILON)
        out[i] = beta * similarity
    softmax(out)


def read(M: Any, w: Any, r: Any) -> None:
    """r = Mᵀ w."""
    for j in range(r.shape[0]):
        total = 0.0
        for i in range(M.shape[0]):
            total = fma(w[i], M[i, j], total)
        r[j] = total


def write(M: Any, w: Any, e: Any, a: Any, M_next: Any) -> None:
    """All heads erase, then all add: weightings w (heads, N), vectors e and a (heads · W,)."""
    width = M.shape[1]
    for i in range(M.shape[0]):
        for j in range(width):
            M_next[i, j] = M[i, j]
        for h in range(w.shape[0]):
            minus_w = -w[h, i]
            for j in range(width):
                M_next[i, j] = M_next[i, j] * fma(minus_w, e[h * width + j], 1.0)
        for h in range(w.shape[0]):
            for j in range(width):
                M_next[i, j] = fma(w[h, i], a[h * width + j], M_next[i, j])


def reference_softmax(v: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, in NumPy."""
    exponentials = np.exp(v - v.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def reference_content_weighting(M: np.ndarray, k: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """C(M, k, β), (heads, N), for keys k (heads, W) and strengths beta (heads,), in NumPy."""
    length_of_M, length_of_k = (np.sqrt((u**2).sum(axis=1) + EPSILON) for u in (M, k))
    similarity = (k @ M.T) / (np.outer(length_of_k, length_of_M) + EPSILON)
    return reference_softmax(beta[:, np.newaxis] * similarity)
