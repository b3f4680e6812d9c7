"""Unbiased online recurrent optimization (Tallec & Ollivier 2018, ICLR, algorithm 1).

Real-time recurrent learning with the influence matrix P = ∂s/∂w replaced by a product of two
vectors, s̃ θ̃ᵀ, whose mean it is. With ν of random signs, and δ = νᵀ ∂F/∂w,

    ∇E  ≈ (∂E/∂s · s̃) θ̃ + ∂E/∂w
    ρ₀ = √(|θ̃| / (|∂F/∂s s̃| + ε)) + ε        ρ₁ = √(|δ| / (|ν| + ε)) + ε
    s̃ ← ρ₀ ∂F/∂s s̃ + ρ₁ ν                    θ̃ ← θ̃ / ρ₀ + δ / ρ₁

A step costs a few times what a step without learning does, and memory as much as there are weights.
The price is noise. Here the lanes hold independent estimates, sixteen in float32 and eight in
float64, for the time of one; the gradient is their mean. ∂F/∂s s̃ is pushed through the step on
duals, δ is pulled back on its tape.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.fitness.engine import SequenceEngine

_EPSILON = 1e-7  # ε: Tallec & Ollivier 2018


class RankOne:
    """Estimates s̃ (state, lane) and θ̃ (weights, lane) of one network's influence."""

    def __init__(self, engine: SequenceEngine, rng: np.random.Generator) -> None:
        self._engine, self._rng = engine, rng
        self._sketch = engine.sketch()
        self._weights_part: Any = None

    def advance(self, weights: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        """Judged error at step `t` of sequence `q`, and an estimate of its gradient (weights,)."""
        error, slopes, tangents = self._engine.push(self._sketch, weights, q, t)
        signs = 2.0 * self._rng.integers(2, size=tangents.shape) - 1.0
        back = self._engine.pull(self._sketch, weights, q, t, signs)
        pulled, direct = back.by_weights, back.error_by_weights
        before = np.zeros_like(pulled) if t == 0 else self._weights_part
        with np.errstate(all="ignore"):
            gradient = before @ slopes / len(slopes) + direct
            rho0, rho1 = _balance(before, tangents), _balance(pulled, signs)
            tangents[:] = rho0 * tangents + rho1 * signs
            self._weights_part = before / rho0 + pulled / rho1
        return error, gradient


def _balance(of_weights: np.ndarray, of_state: np.ndarray) -> np.ndarray:
    """ρ (lane,): what makes both factors of a product equally long."""
    sizes = [np.sqrt(np.einsum("ij,ij->j", part, part)) for part in (of_weights, of_state)]
    balance: np.ndarray = np.sqrt(sizes[0] / (sizes[1] + _EPSILON)) + _EPSILON
    return balance
