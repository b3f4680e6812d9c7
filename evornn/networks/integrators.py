"""One step of length dt of τ dy/dt = z(y) − y, whose right-hand side is called the pull p(y).

    Euler               y + (dt/τ) p(y)
    exponential Euler   y + (1 − e^(−dt/τ)) p(y)
    Runge–Kutta         y + (dt/τ) (p₁ + 2 p₂ + 2 p₃ + p₄) / 6,
                        p₁ = p(y), p₂ = p(y + dt/2τ p₁), p₃ = p(y + dt/2τ p₂), p₄ = p(y + dt/τ p₃)

The exponential one is exact where z does not change (Hochbruck & Ostermann 2010, Exponential
integrators, Acta Numerica 19: ETD1). The input is held through the step. A time constant below dt
acts as dt: Euler's step overshoots there, below dt/2 it diverges, and a negative τ means nothing;
so every genome is a network with bounded states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from evornn.numerics import exp, fma, where

#: names of the integrators
INTEGRATORS = ("euler", "exponential_euler", "runge_kutta")


def make_integrator(name: str, pull: Callable[..., None]) -> Callable[..., None]:
    """``integrate(w, k, x, y, s_next)``: writes ``s_next.y``, the state dt after `y`.

    ``pull(w, x, y, o, p)`` writes the pull p at the state y, with working space o; `w` has the time
    constants tau, `k` the step dt, `s_next` the scratch o, p, and for Runge–Kutta stage and total.
    """

    def euler(w: Any, k: Any, x: Any, y: Any, s_next: Any) -> None:
        pull(w, x, y, s_next.o, s_next.p)
        for i in range(y.shape[0]):
            s_next.y[i] = fma(_rate(w, k, i), s_next.p[i], y[i])

    def exponential_euler(w: Any, k: Any, x: Any, y: Any, s_next: Any) -> None:
        pull(w, x, y, s_next.o, s_next.p)
        for i in range(y.shape[0]):
            s_next.y[i] = fma(1.0 - exp(-_rate(w, k, i)), s_next.p[i], y[i])

    def runge_kutta(w: Any, k: Any, x: Any, y: Any, s_next: Any) -> None:
        o, p, stage, total = s_next.o, s_next.p, s_next.stage, s_next.total
        n = y.shape[0]
        pull(w, x, y, o, p)
        for i in range(n):
            total[i] = p[i]
            stage[i] = fma(0.5 * _rate(w, k, i), p[i], y[i])
        pull(w, x, stage, o, p)
        for i in range(n):
            total[i] = fma(2.0, p[i], total[i])
            stage[i] = fma(0.5 * _rate(w, k, i), p[i], y[i])
        pull(w, x, stage, o, p)
        for i in range(n):
            total[i] = fma(2.0, p[i], total[i])
            stage[i] = fma(_rate(w, k, i), p[i], y[i])
        pull(w, x, stage, o, p)
        for i in range(n):
            s_next.y[i] = fma(_rate(w, k, i), (total[i] + p[i]) / 6.0, y[i])

    return {"euler": euler, "exponential_euler": exponential_euler, "runge_kutta": runge_kutta}[
        name
    ]


def _rate(w: Any, k: Any, i: int) -> Any:
    return k.dt[0] / where(w.tau[i] < k.dt[0], k.dt[0], w.tau[i])


def reference_step(
    name: str, z: Callable[[np.ndarray], np.ndarray], y: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """For references: the state after one step of τ dy/dt = z(y) − y with `rate` dt/τ."""
    if name == "euler":
        return y + rate * (z(y) - y)
    if name == "exponential_euler":
        return np.exp(-rate) * y + (1.0 - np.exp(-rate)) * z(y)
    k1 = rate * (z(y) - y)
    k2 = rate * (z(y + k1 / 2.0) - (y + k1 / 2.0))
    k3 = rate * (z(y + k2 / 2.0) - (y + k2 / 2.0))
    k4 = rate * (z(y + k3) - (y + k3))
    return y + (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
