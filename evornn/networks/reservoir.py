"""Sparse random reservoirs of echo state networks, scaled to a spectral radius (Jaeger 2001)."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

#: largest matrix whose eigenvalues are all computed; beyond it ARPACK finds the largest few
_DENSE_UNITS = 100
#: eigenvalues that ARPACK finds: asked for one alone, it has been seen to return the second largest
_FOUND = 12


class Reservoir(NamedTuple):
    """Fixed weights of n units: the recurrent ones by rows (CSR), the others dense.

    Row i of W holds ``values[row_begin[i]:row_begin[i + 1]]`` at ``columns[...]``. W_in is
    (n, inputs), bias (n,), W_fb (n, outputs). All are read-only.
    """

    W_in: np.ndarray
    bias: np.ndarray
    W_fb: np.ndarray
    values: np.ndarray
    columns: np.ndarray
    row_begin: np.ndarray

    def recurrent(self) -> Any:
        """W (n, n) as a SciPy sparse array."""
        import scipy.sparse

        shape = (len(self.bias), len(self.bias))
        return scipy.sparse.csr_array((self.values, self.columns, self.row_begin), shape)


@lru_cache(maxsize=16)
def draw_reservoir(
    inputs: int, hidden: int, outputs: int, connections: int, spectral_radius: float, seed: int
) -> Reservoir:
    """A reservoir from `seed`: every weight U(−1, 1), then W scaled to `spectral_radius`.

    Each unit receives from `connections` different units. Input, bias and feedback weights are left
    for the network to scale. Equal arguments give the same object.
    """
    rng = np.random.default_rng(seed)
    bias = rng.uniform(-1.0, 1.0, hidden)
    W_in = rng.uniform(-1.0, 1.0, (hidden, inputs))
    W_fb = rng.uniform(-1.0, 1.0, (hidden, outputs))
    rows = [np.sort(rng.choice(hidden, connections, replace=False)) for _ in range(hidden)]
    values = rng.uniform(-1.0, 1.0, hidden * connections)
    row_begin = np.arange(hidden + 1) * connections
    drawn = Reservoir(W_in, bias, W_fb, values, np.concatenate(rows), row_begin)
    # Never zero: every unit hears another, so some of them form a cycle.
    radius = spectral_radius_of(drawn.recurrent())
    scaled = drawn._replace(values=values * (spectral_radius / radius))
    for array in scaled:
        array.flags.writeable = False
    return scaled


def spectral_radius_of(W: Any) -> float:
    """|λ_max| of a SciPy sparse matrix (n, n), to ten significant digits.

    Repeatable: ARPACK starts from a fixed vector instead of one drawn from a global generator, and
    the digits that depend on the LAPACK of a machine and its threads are rounded away.
    """
    radius = float(np.abs(_largest_eigenvalues(W)).max())
    return float(f"{radius:.9e}")


def _largest_eigenvalues(W: Any) -> np.ndarray:
    """All eigenvalues, or the largest few of a large matrix."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigs

    n = W.shape[0]
    if n > _DENSE_UNITS:
        # Eigenvalues of one size (a lone long cycle) may keep ARPACK from an answer.
        with contextlib.suppress(ArpackNoConvergence):
            return eigs(W, k=_FOUND, v0=np.ones(n), return_eigenvectors=False)
    return np.linalg.eigvals(W.toarray())
