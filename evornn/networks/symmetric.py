"""Symmetric weights without self-connections: the upper triangle is all that a genome holds.

The weight between units i < j is number i (2n − i − 1)/2 + j − i − 1 of n (n − 1)/2: row after row,
as `numpy.triu_indices(n, 1)` orders them. Every genome is then a symmetric matrix with a diagonal
of zeros, which is what keeps the energy of an associative memory from rising.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.numerics import fma


def triangle_size(n: int) -> int:
    """Number of weights between `n` units."""
    return n * (n - 1) // 2


def to_triangle(W: np.ndarray) -> np.ndarray:
    """The upper triangle (n (n − 1)/2,) of `W` (n, n), row after row."""
    return W[np.triu_indices(len(W), 1)]


def from_triangle(w: np.ndarray, n: int) -> np.ndarray:
    """The symmetric matrix (n, n) with the upper triangle `w` and a diagonal of zeros."""
    W = np.zeros((n, n))
    W[np.triu_indices(n, 1)] = w
    return W + W.T


def add_field(w: Any, s: Any, i: int, total: Any) -> Any:
    """total + Σⱼ w_ij s[j], for a step: what unit `i` receives through the triangle `w`."""
    n = s.shape[0]
    p = i - 1
    for j in range(i):
        total = fma(w[p], s[j], total)
        p += n - 2 - j
    for j in range(i + 1, n):
        p += 1
        total = fma(w[p], s[j], total)
    return total


def add_fields(w: Any, s: Any, a: Any) -> None:
    """a[i] + Σⱼ w_ij s[j] into a[i], for all units at once: each weight is read only once."""
    n = s.shape[0]
    p = 0
    for i in range(n):
        total = a[i]
        for j in range(i + 1, n):
            total = fma(w[p], s[j], total)
            a[j] = fma(w[p], s[i], a[j])
            p += 1
        a[i] = total
