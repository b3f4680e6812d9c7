"""Rules that store patterns in the weights of an associative memory, without any search.

P patterns ξ of n units, each −1 or +1, become weights W (n, n), symmetric, w_ii = 0:

    hebbian          w_ij = Σ_μ ξ_i^μ ξ_j^μ
    storkey          w_ij ← w_ij + (ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j)/n,  h_ij = Σ_{k≠i,j} w_ik ξ_k
    pseudo_inverse   W = Ξ Ξ⁺,  the columns of Ξ being the patterns

Hebb's rule is that of Hopfield (1982), in whole numbers: a factor 1/n, as often written, moves no
sign. It stores about n/(2 ln n) random patterns without an error, and breaks down beyond 0.138 n
(Amit, Gutfreund & Sompolinsky 1985). Storkey's takes the patterns one after the other, each seeing
what is already stored, and holds about n/√(2 ln n) without an error. The pseudo-inverse is the
projection on the patterns (Kohonen's least squares, W Ξ = Ξ): it holds any linearly independent
patterns, however alike, but is not local. Its diagonal is dropped here too, which leaves
w_i·ξ = (1 − W_ii) ξ_i, of the right sign as long as there are fewer patterns than units.

References
----------
D. O. Hebb 1949, "The organization of behavior".
J. J. Hopfield 1982, "Neural networks and physical systems with emergent collective computational
    abilities", PNAS 79.
L. Personnaz, I. Guyon & G. Dreyfus 1986, "Collective computational properties of neural networks:
    new learning mechanisms", Physical Review A 34.
A. Storkey 1997, "Increasing the capacity of a Hopfield network without sacrificing functionality",
    ICANN 97.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.checks import check_choice
from evornn.networks.bipolar import bipolar_patterns


def hebbian(patterns: np.ndarray) -> np.ndarray:
    """Σ_μ ξ ξᵀ without its diagonal (n, n), for patterns (P, n)."""
    return _without_diagonal(patterns.T @ patterns)


def storkey(patterns: np.ndarray) -> np.ndarray:
    """Storkey's rule, pattern after pattern (n, n), for patterns (P, n)."""
    n = patterns.shape[1]
    W = np.zeros((n, n))
    for xi in patterns:
        # The diagonal is zero, so k = i drops out by itself; k = j is taken out.
        h = (W @ xi)[:, np.newaxis] - W * xi
        W = _without_diagonal(W + (np.outer(xi, xi) - (xi[:, np.newaxis] * h.T + h * xi)) / n)
    return W


def pseudo_inverse(patterns: np.ndarray) -> np.ndarray:
    """The projection on the patterns without its diagonal (n, n), for patterns (P, n)."""
    W = _without_diagonal(patterns.T @ np.linalg.pinv(patterns.T))
    return (W + W.T) / 2.0


STORAGE_RULES = {"hebbian": hebbian, "pseudo_inverse": pseudo_inverse, "storkey": storkey}


def stored(patterns: Any, units: int, rule: str) -> np.ndarray:
    """Weights (units, units) that store `patterns` (pattern, units) by the `rule` of that name."""
    check_choice("rule", rule, STORAGE_RULES)
    return STORAGE_RULES[rule](bipolar_patterns("patterns", patterns, units))


def _without_diagonal(W: np.ndarray) -> np.ndarray:
    np.fill_diagonal(W, 0.0)
    return W
