"""Fixed points of a network under a constant input, and how it behaves near them.

Around a fixed point s* = F(s*, x) the network is s(t+1) − s* ≈ J (s(t) − s*), J = ∂F/∂s: it is
stable where all eigenvalues of J lie inside the unit circle, turns where they are complex, and is
slow along those near 1 (Sussillo & Barak 2013, Opening the black box: low-dimensional dynamics in
high-dimensional recurrent neural networks, Neural Computation 25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.analysis.stepper import Stepper
from evornn.networks.network import Network

#: Newton steps from each start; it doubles the digits at each, once it is near
_NEWTON_STEPS = 50
#: how far from itself the successor of a fixed point may be, and points that are the same
_ACCURACY, _SAME = 1e-10, 1e-6


@dataclass(frozen=True)
class FixedPoint:
    """A state (state,) that is its own successor, and the eigenvalues of the step there."""

    state: np.ndarray
    eigenvalues: np.ndarray

    @property
    def stable(self) -> bool:
        """Whether every small disturbance dies out."""
        return bool(np.abs(self.eigenvalues).max(initial=0.0) < 1.0)


def spectrum(network: Network, weights: Any, state: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Eigenvalues (state,) of the step linearised at `state` with input `x`, largest first."""
    return _eigenvalues(Stepper(network, weights).jacobian(np.asarray(state, np.float64), x))


def fixed_points(
    network: Network, weights: Any, x: np.ndarray, starts: np.ndarray
) -> list[FixedPoint]:
    """Fixed points under the constant input `x` (input,), by Newton's method from `starts`.

    `starts` (start, state) are states to begin from, such as those of a trajectory; fixed points
    that no start leads to are not found. Stable ones come first, then by their first elements.
    """
    stepper = Stepper(network, weights)
    found: list[FixedPoint] = []
    for start in np.asarray(starts, np.float64):
        state = _newton(stepper, start, np.asarray(x, np.float64))
        if state is not None and not any(np.abs(state - p.state).max() < _SAME for p in found):
            found.append(FixedPoint(state, _eigenvalues(stepper.jacobian(state, x))))
    return sorted(found, key=lambda p: (not p.stable, *p.state))


def _newton(stepper: Stepper, state: np.ndarray, x: np.ndarray) -> np.ndarray | None:
    """The root of F(s) − s that Newton's method reaches from `state`, or None."""
    for _ in range(_NEWTON_STEPS):
        residual = stepper.advance(state[np.newaxis], x[np.newaxis])[0][0] - state
        if not np.isfinite(residual).all():
            return None
        if np.abs(residual).max() < _ACCURACY:
            return state
        J = stepper.jacobian(state, x) - np.eye(len(state))
        # Least squares, for J is singular where a whole line of states stands still.
        state = state - np.linalg.lstsq(J, residual, rcond=None)[0]
    return None


def _eigenvalues(J: np.ndarray) -> np.ndarray:
    values = np.linalg.eigvals(J)
    return values[np.argsort(-np.abs(values), kind="stable")]
