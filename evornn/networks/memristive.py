"""Memristive network (Caravelli, Traversa & Di Ventra 2017, Phys. Rev. E 95, 022140).

Memristors with memories w in [0, 1], one on each edge of a circuit, each in series with a voltage
source S. Two forms of one equation are in use, with ξ = (R_off − R_on)/R_on and χ = ξ/(1 + ξ):

    xi     R = R_on (1 + ξ w)     dw/dt =   α w − (1/β) i,    i = (I + ξ Ω W)⁻¹ Ω S
    chi    R = R_off (1 − χ w)    dw/dt = −α w + (1/β) i,     i = (I − χ Ω W)⁻¹ Ω S

``xi`` is the published one; there w = 1 insulates. ``chi`` is that of later papers (Caravelli,
Sheldon & Traversa 2021, Science Advances 7); there w = 1 conducts. In both a memristor at rest
becomes an insulator and a positive current makes it a conductor. But w = 0 is stable at rest in
``chi`` and unstable in ``xi``, where memories end at 0 or 1: only ``chi`` forgets.

W = diag(w); i are the currents in units of 1/R_on (xi) or 1/R_off (chi); Ω projects onto the
currents that obey Kirchhoff's law (`evornn.networks.circuit`). The polarities J of the paper are
the directions of the edges, which are random. Here

    S(t) = W_in u(t) + b,    y(t) = W_out [1; w(t); i(t)]

and a step is Euler's, of length `dt`, with w kept in [0, 1] as the paper does; i(t) is the current
at the memories of the step before. W_in, b and W_out are evolved or trained; with
``reservoir=True`` W_in and b are drawn and W_out alone is left.

How the currents are solved for: with A the loop matrix, Ω = Aᵀ (A Aᵀ)⁻¹ A, and the currents of
both forms are i = Aᵀ y with (A (I + ξ W) Aᵀ) y = A S, Kirchhoff's voltage law for the mesh currents
y. This matrix has half the rows, is symmetric and positive definite for all w in [0, 1], and is
eliminated in place without pivots: about m³/12 products for its entries and m³/48 to solve, exact,
where conjugate gradients on the published form take m² for each of their √ξ·10 or so iterations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size, check_switch
from evornn.networks.circuit import draw_circuit, projector
from evornn.networks.linear_readout import LinearReadoutNetwork
from evornn.networks.network import Shapes, option_step
from evornn.numerics import affine, dot, fma, maximum, minimum

FORMS = ("xi", "chi")


@dataclass(frozen=True)
class Memristive(LinearReadoutNetwork):
    """Sizes, device parameters and sources.

    Parameters
    ----------
    hidden
        Memristors, m.
    form
        ``xi`` or ``chi``, see the module.
    alpha, beta, dt
        Rate of the memory at rest, reciprocal of how fast a current of 1 changes it, and the
        length of a step: in units of the same time, with `beta` also in that of the currents.
    xi
        (R_off − R_on)/R_on; 0 makes plain resistors.
    memory
        w of every memristor before the first step.
    reservoir
        Whether W_in (uniform in ±input_scaling) and b (±bias_scaling) are drawn.
    seed
        Of the circuit and of what else is drawn.
    """

    year: ClassVar[int] = 2017
    source: ClassVar[str] = (
        "Caravelli, Traversa & Di Ventra 2017, The complex dynamics of memristive circuits, Phys. "
        "Rev. E 95, 022140"
    )

    inputs: int
    hidden: int
    outputs: int
    form: str = "xi"
    alpha: float = 0.1
    beta: float = 10.0
    xi: float = 10.0
    dt: float = 1.0
    memory: float = 0.5
    reservoir: bool = False
    input_scaling: float = 1.0
    bias_scaling: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Memristive.{name}", getattr(self, name))
        check_choice("Memristive.form", self.form, FORMS)
        for name in ("beta", "dt"):
            check_number(f"Memristive.{name}", getattr(self, name), above=0.0)
        for name in ("alpha", "xi", "input_scaling", "bias_scaling"):
            check_number(f"Memristive.{name}", getattr(self, name), least=0.0)
        check_number("Memristive.memory", self.memory, least=0.0, most=1.0)
        check_switch("Memristive.reservoir", self.reservoir)
        check_size("Memristive.seed", self.seed, least=0)

    @property
    def feature_count(self) -> int:
        return 1 + 2 * self.hidden

    @property
    def reservoir_weights(self) -> Shapes:
        return {} if self.reservoir else {"W_in": (self.hidden, self.inputs), "b": (self.hidden,)}

    @property
    def reservoir_state(self) -> Shapes:
        return {"w": (self.hidden,)}

    @property
    def reservoir_scratch(self) -> Shapes:
        m, loops = self.hidden, len(self.loops)
        return {"S": (m,), "r": (m,), "M": (loops, loops), "y": (loops,)}

    @property
    def loops(self) -> np.ndarray:
        """The loop matrix A (loops, hidden) of the circuit."""
        return draw_circuit(self.hidden, self.seed)

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        gain, sign = self._form()
        drawn = self._sources(None) if self.reservoir else {}
        return {
            "A": self.loops,
            "gain": np.array([gain]),
            "decay": np.array([-sign * self.dt * self.alpha]),
            "drive": np.array([sign * self.dt / self.beta]),
            "memory": np.array([self.memory]),
            **drawn,
        }

    def _form(self) -> tuple[float, float]:
        """Slope of the resistance in w, and the sign of what a current does to w."""
        return (self.xi, -1.0) if self.form == "xi" else (-self.xi / (1.0 + self.xi), 1.0)

    def _sources(self, weights: Mapping[str, Any] | None) -> dict[str, np.ndarray]:
        """W_in and b: evolved, or drawn from a stream beside that of the circuit."""
        if not self.reservoir:
            assert weights is not None
            return {name: np.asarray(weights[name]) for name in self.reservoir_weights}
        rng = np.random.default_rng([self.seed, 1])
        W_in = rng.uniform(-self.input_scaling, self.input_scaling, (self.hidden, self.inputs))
        return {"W_in": W_in, "b": rng.uniform(-self.bias_scaling, self.bias_scaling, self.hidden)}

    @property
    def start(self) -> Callable[..., None]:
        return _start

    @property
    def advance(self) -> Callable[..., None]:
        return option_step(_make_advance, self.reservoir)

    def features(
        self, inputs: Any, weights: Mapping[str, Any] | None = None, outputs_before: Any = None
    ) -> np.ndarray:
        """[1; w; i] of every step, (time, 1 + 2 hidden), by the published matrix equation."""
        Omega, identity = projector(self.loops), np.eye(self.hidden)
        given = self._sources(weights)
        gain, sign = self._form()
        w = np.full(self.hidden, float(self.memory))
        rows = []
        for u in np.asarray(inputs, np.float64):
            S = given["W_in"] @ u + given["b"]
            i = np.linalg.solve(identity + gain * Omega @ np.diag(w), Omega @ S)
            w = np.clip(w + self.dt * sign * (i / self.beta - self.alpha * w), 0.0, 1.0)
            rows.append(np.concatenate([[1.0], w, i]))
        return np.array(rows)


def _start(w: Any, k: Any, x: Any, s: Any) -> None:
    for e in range(s.w.shape[0]):
        s.w[e] = k.memory[0]


def _make_advance(reservoir: bool) -> Callable[..., None]:
    drive = _drawn_sources if reservoir else _evolved_sources

    def advance(w: Any, k: Any, u: Any, before: Any, s: Any, s_next: Any, phi: Any) -> None:
        S, r, m = s_next.S, s_next.r, s.w.shape[0]
        drive(w, k, u, S)
        for e in range(m):
            r[e] = fma(s.w[e], k.gain[0], 1.0)
        _mesh_equations(k.A, r, S, s_next.M, s_next.y)
        _solve(s_next.M, s_next.y)
        phi[0] = 1.0
        for e in range(m):
            i = k.A[0, e] * s_next.y[0]
            for a in range(1, k.A.shape[0]):
                i = fma(s_next.y[a], k.A[a, e], i)
            changed = fma(i, k.drive[0], fma(s.w[e], k.decay[0], s.w[e]))
            s_next.w[e] = minimum(maximum(changed, 0.0), 1.0)
            phi[1 + e] = s_next.w[e]
            phi[1 + m + e] = i

    return advance


def _evolved_sources(w: Any, k: Any, u: Any, S: Any) -> None:
    affine(w.W_in, u, w.b, S)


def _drawn_sources(w: Any, k: Any, u: Any, S: Any) -> None:
    affine(k.W_in, u, k.b, S)


def _mesh_equations(A: Any, r: Any, S: Any, M: Any, y: Any) -> None:
    """The lower triangle of M = A diag(r) Aᵀ, and y = A S."""
    for a in range(M.shape[0]):
        y[a] = 0.0
        y[a] = dot(A[a], S, y[a])
        for b in range(a + 1):
            M[a, b] = 0.0
            total = M[a, b]
            for e in range(r.shape[0]):
                total = fma(r[e], A[a, e] * A[b, e], total)
            M[a, b] = total


def _solve(M: Any, y: Any) -> None:
    """y = M⁻¹ y for a positive definite matrix of which M holds the lower triangle; M is used up.

    Elimination by columns: the multipliers times the pivots stay below the diagonal.
    """
    n = M.shape[0]
    for j in range(n):
        for i in range(j + 1, n):
            multiplier = M[i, j] / M[j, j]
            y[i] = fma(-multiplier, y[j], y[i])
            for c in range(j + 1, i + 1):
                M[i, c] = fma(-multiplier, M[c, j], M[i, c])
    for back in range(n):
        j = n - 1 - back
        rest = y[j]
        for i in range(j + 1, n):
            rest = fma(-M[i, j], y[i], rest)
        y[j] = rest / M[j, j]
