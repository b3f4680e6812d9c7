"""Random circuits: a connected graph whose edges are memristors, and the loops of its currents.

A is the loop matrix, (loops, edges): A[l, e] is +1 where the loop l runs along the edge e, −1 where
it runs against it. The loops are the fundamental ones: each closes one edge outside a spanning tree
through the tree. Currents that obey Kirchhoff's current law are i = Aᵀ y with the mesh currents y,
and Ω = Aᵀ (A Aᵀ)⁻¹ A projects onto them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=16)
def draw_circuit(edges: int, seed: int) -> np.ndarray:
    """The loop matrix (⌈edges/2⌉, edges) of a random connected graph, read-only float64.

    Its 1 + ⌊edges/2⌋ nodes are joined by a random tree; the other edges join random pairs of
    different nodes, and several may join the same pair. A lone edge is closed onto itself. The
    direction of every edge is random.
    """
    rng = np.random.default_rng(seed)
    nodes = 1 + edges // 2
    tree = [(int(rng.integers(node)), node) for node in range(1, nodes)]
    chords = [_pair(rng, nodes) for _ in range(edges - len(tree))]
    A = np.zeros((len(chords), edges))
    for loop, (tail, head) in enumerate(chords):
        A[loop, len(tree) + loop] = 1.0
        # Back through the tree: from the head up to the root, and from the root down to the tail.
        A[loop, : len(tree)] = _to_root(tree, head) - _to_root(tree, tail)
    A *= rng.choice([-1.0, 1.0], edges)
    A.flags.writeable = False
    return A


def _pair(rng: np.random.Generator, nodes: int) -> tuple[int, int]:
    if nodes == 1:
        return 0, 0
    tail, head = rng.choice(nodes, 2, replace=False)
    return int(tail), int(head)


def _to_root(tree: list[tuple[int, int]], node: int) -> np.ndarray:
    """How the path from `node` to node 0 runs along the edges (parent, child) of the tree."""
    path = np.zeros(len(tree))
    while node:
        # Edge n leads to node n + 1, and this path runs against it.
        path[node - 1] = -1.0
        node = tree[node - 1][0]
    return path


def projector(A: np.ndarray) -> np.ndarray:
    """Ω (edges, edges), symmetric and idempotent, from the loop matrix."""
    return A.T @ np.linalg.solve(A @ A.T, A)
