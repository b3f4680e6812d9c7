"""What a user of Numba writes first: one genome after another, genomes in a parallel loop."""

from __future__ import annotations

import math

import numba
import numpy as np


@numba.njit(parallel=True, fastmath=True)
def losses(genomes: np.ndarray, inputs: np.ndarray, targets: np.ndarray, n: int) -> np.ndarray:
    """Losses (population,) of fully recurrent tanh networks with a linear readout."""
    m, k = inputs.shape[1], targets.shape[1]
    out = np.empty(genomes.shape[0], np.float32)
    for p in numba.prange(genomes.shape[0]):
        genome = genomes[p]
        at_U, at_b = n * m, n * m + n * n
        at_V, at_c = at_b + n, at_b + n + k * n
        h, after = np.zeros(n, np.float32), np.zeros(n, np.float32)
        total = np.float32(0)
        for t in range(inputs.shape[0]):
            for i in range(n):
                a = genome[at_b + i]
                for j in range(m):
                    a += genome[i * m + j] * inputs[t, j]
                for j in range(n):
                    a += genome[at_U + i * n + j] * h[j]
                after[i] = math.tanh(a)
            h, after = after, h
            for o in range(k):
                y = genome[at_c + o]
                for j in range(n):
                    y += genome[at_V + o * n + j] * h[j]
                total += (y - targets[t, o]) ** 2
        out[p] = total / (inputs.shape[0] * k)
    return out
