"""Liquid state machine (Maass, Natschläger & Markram 2002): a column of spiking neurons, read out.

Leaky integrate-and-fire neurons, voltages relative to rest, currents in nA, R = 1 MΩ:

    τ_m dV/dt = −V + R (I_b + I_E + I_I);     V > threshold: a spike, V = reset, held for T_refract
    τ_E dI_E/dt = −I_E,  τ_I dI_I/dt = −I_I;  a spike adds its synapse's amplitude to one of them

Synapses with short-term plasticity (Markram, Wang & Tsodyks 1998, as Maass et al. write it): the
k-th spike, Δ after the one before, has the amplitude A u_k R_k, with

    u_k = U + u_{k−1} (1 − U) exp(−Δ/F),                     u_1 = U
    R_k = 1 + (R_{k−1} − u_{k−1} R_{k−1} − 1) exp(−Δ/D),     R_1 = 1

Readout of the filtered spike trains f of all neurons:

    τ_f df/dt = −f, a spike adds 1;    y(t) = W_out [1; f(t)]

Parameters are those of their appendix B: τ_m = τ_f = 30 ms, threshold 15 mV, reset 13.5 mV,
I_b = 13.5 nA, T_refract 3 ms (excitatory neurons) and 2 ms (inhibitory, 20 %), τ_E = 3 ms,
τ_I = 6 ms; the column and its synapses are those of `evornn.networks.liquid`.

Choices. A step of `dt` is exact between spikes (the propagators of Rotter & Diesmann 1999); spikes
happen at its end and arrive at the next step, so that every delay is `dt`, where the paper has 1.5
ms (EE) and 0.8 ms. Inputs arrive at once, through static synapses onto 30 % of the neurons; 1 is a
spike, other values scale it. The initial voltages, uniform in 13.5–15 mV, are fixed by the seed
instead of drawn for each simulation. No neuron hears itself.

Only W_out is evolved, or fitted (`evornn.fitness.fit_readout`): the spikes do not depend on it, so
that what is said here holds for every genome, and their threshold needs no derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size, check_switch
from evornn.networks.linear_readout import LinearReadoutNetwork
from evornn.networks.liquid import Liquid, draw_liquid
from evornn.networks.network import Shapes
from evornn.numerics import fma, maximum, where

THRESHOLD, RESET = 15.0, 13.5  # mV
BACKGROUND = 13.5  # nA
TAU_MEMBRANE, TAU_READOUT = 30.0, 30.0  # ms
TAU_EXCITATORY, TAU_INHIBITORY = 3.0, 6.0  # ms
REFRACTORY = np.array([3.0, 2.0])  # ms, of excitatory and inhibitory neurons


@dataclass(frozen=True)
class LiquidState(LinearReadoutNetwork):
    """Sizes and connectivity of the column.

    Parameters
    ----------
    hidden
        Neurons; 135 make the paper's column of 15 × 3 × 3.
    connectivity
        λ: the larger, the more and the longer connections.
    dt
        Length of a step in ms.
    dynamic_synapses
        False gives static ones, of the amplitude A U: what a synapse has for its first spike.
    synaptic_scaling
        Factor of the strengths A between neurons: static synapses, which do not tire, need less for
        as much activity.
    seed
        Of everything that is drawn.
    """

    year: ClassVar[int] = 2002
    source: ClassVar[str] = (
        "Maass, Natschläger & Markram 2002, Real-time computing without stable states, Neural "
        "Computation 14"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "least squares")

    inputs: int
    hidden: int
    outputs: int
    connectivity: float = 2.0
    dt: float = 1.0
    dynamic_synapses: bool = True
    synaptic_scaling: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"LiquidState.{name}", getattr(self, name))
        check_number("LiquidState.connectivity", self.connectivity, above=0.0)
        # A step longer than the shortest refractory time would let a neuron fire in every step.
        check_number("LiquidState.dt", self.dt, most=float(REFRACTORY.min()), above=0.0)
        check_switch("LiquidState.dynamic_synapses", self.dynamic_synapses)
        check_number("LiquidState.synaptic_scaling", self.synaptic_scaling, least=0.0)
        check_size("LiquidState.seed", self.seed, least=0)

    @property
    def feature_count(self) -> int:
        return 1 + self.hidden

    @property
    def liquid(self) -> Liquid:
        """The column, as drawn."""
        return draw_liquid(self.inputs, self.hidden, self.connectivity, self.seed)

    @property
    def reservoir_state(self) -> Shapes:
        neurons, synapses = (self.hidden,), (len(self.liquid.source),)
        return {
            "v": neurons, "excitatory": neurons, "inhibitory": neurons, "held": neurons,
            "z": neurons, "f": neurons, "used": synapses, "depleted": synapses,
        }  # fmt: skip

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        drawn = self.liquid
        return {
            "W_in": drawn.W_in,
            "voltage": drawn.voltage,
            "begin": drawn.begin,
            "middle": drawn.middle,
            "source": drawn.source,
            "A": self.synaptic_scaling * drawn.A,
            "U": drawn.U,
            "decay_F": self._recovery(drawn.F),
            "decay_D": self._recovery(drawn.D),
            "held_steps": np.rint(REFRACTORY[drawn.inhibitory] / self.dt),
            **self._propagators(),
        }

    def _recovery(self, tau: np.ndarray) -> np.ndarray:
        """What a step leaves of facilitation or depression: nothing in static synapses."""
        return np.exp(-self.dt / tau) if self.dynamic_synapses else np.zeros(len(tau))

    def _propagators(self) -> dict[str, np.ndarray]:
        """`left`: what a step leaves of V, I_E, I_I, f; `gain`: what I_b, I_E, I_I give to V."""
        taus = np.array([TAU_MEMBRANE, TAU_EXCITATORY, TAU_INHIBITORY, TAU_READOUT])
        left = np.exp(-self.dt / taus)
        synaptic = taus[1:3]
        gain = synaptic / (TAU_MEMBRANE - synaptic) * (left[0] - left[1:3])
        return {"left": left, "gain": np.array([(1.0 - left[0]) * BACKGROUND, *gain])}

    @property
    def start(self) -> Callable[..., None]:
        return _start

    @property
    def advance(self) -> Callable[..., None]:
        return _advance

    def features(
        self, inputs: Any, weights: Mapping[str, Any] | None = None, outputs_before: Any = None
    ) -> np.ndarray:
        """[1; f] of every step, (time, 1 + hidden), for inputs (time, inputs)."""
        return np.hstack([np.ones((len(inputs), 1)), self.traces(inputs)])

    def traces(self, inputs: Any) -> np.ndarray:
        """The filtered spike trains f (time, hidden)."""
        spikes = self.spikes(inputs)
        traces, f = np.empty(spikes.shape), np.zeros(self.hidden)
        for t, z in enumerate(spikes):
            f = np.exp(-self.dt / TAU_READOUT) * f + z
            traces[t] = f
        return traces

    def spikes(self, inputs: Any) -> np.ndarray:
        """1 where a neuron fires and 0 elsewhere, (time, hidden), in plain NumPy.

        The published recursions from spike to spike, for each synapse the time of its last one.
        """
        u, col, dt = np.asarray(inputs, np.float64), self.liquid, self.dt
        n, target = self.hidden, np.repeat(np.arange(self.hidden), np.diff(col.begin))
        of_inhibitory = col.inhibitory[col.source] == 1
        A = self.synaptic_scaling * col.A
        use, R, last = col.U.copy(), np.ones(len(A)), np.full(len(A), -np.inf)
        v, I_E, I_I, free = col.voltage.copy(), np.zeros(n), np.zeros(n), np.zeros(n)
        e_m, e_E, e_I = np.exp(-dt / np.array([TAU_MEMBRANE, TAU_EXCITATORY, TAU_INHIBITORY]))
        z, spikes = np.zeros(n), np.zeros((len(u), n))
        for t in range(len(u)):
            arriving = z[col.source] == 1.0
            again = arriving & np.isfinite(last) & self.dynamic_synapses
            gap = (t - last[again]) * dt
            before = use[again]
            use[again] = col.U[again] + before * (1.0 - col.U[again]) * np.exp(-gap / col.F[again])
            R[again] = 1.0 + (R[again] - before * R[again] - 1.0) * np.exp(-gap / col.D[again])
            last[arriving] = t
            amplitude = np.where(arriving, A * use * R, 0.0)
            I_E = (
                I_E
                + np.bincount(target, np.where(of_inhibitory, 0.0, amplitude), n)
                + col.W_in @ u[t]
            )
            I_I = I_I + np.bincount(target, np.where(of_inhibitory, amplitude, 0.0), n)
            v = (
                e_m * v + (1.0 - e_m) * BACKGROUND
                + TAU_EXCITATORY / (TAU_MEMBRANE - TAU_EXCITATORY) * (e_m - e_E) * I_E
                + TAU_INHIBITORY / (TAU_MEMBRANE - TAU_INHIBITORY) * (e_m - e_I) * I_I
            )  # fmt: skip
            v = np.where(t < free, RESET, v)
            I_E, I_I = e_E * I_E, e_I * I_I
            fires = v > THRESHOLD
            z, v = fires.astype(float), np.where(fires, RESET, v)
            free = np.where(fires, t + 1 + np.rint(REFRACTORY[col.inhibitory] / dt), free)
            spikes[t] = z
        return spikes


def _start(w: Any, k: Any, x: Any, s: Any) -> None:
    for i in range(s.v.shape[0]):
        s.v[i] = k.voltage[i]
        s.excitatory[i] = 0.0
        s.inhibitory[i] = 0.0
        s.held[i] = 0.0
        s.z[i] = 0.0
        s.f[i] = 0.0
    for p in range(s.used.shape[0]):
        s.used[p] = 0.0
        s.depleted[p] = 0.0


def _advance(w: Any, k: Any, u: Any, before: Any, s: Any, s_next: Any, phi: Any) -> None:
    phi[0] = 1.0
    for i in range(s.v.shape[0]):
        driven = s.excitatory[i]
        for j in range(u.shape[0]):
            driven = fma(k.W_in[i, j], u[j], driven)
        excitatory = _arriving(k, s, s_next, k.begin[i], k.middle[i], driven)
        inhibitory = _arriving(k, s, s_next, k.middle[i], k.begin[i + 1], s.inhibitory[i])
        v = fma(s.v[i], k.left[0], k.gain[0])
        v = fma(excitatory, k.gain[1], fma(inhibitory, k.gain[2], v))
        v = where(s.held[i] > 0.0, RESET, v)
        fires = v > THRESHOLD
        s_next.v[i] = where(fires, RESET, v)
        s_next.held[i] = where(fires, k.held_steps[i], maximum(s.held[i] - 1.0, 0.0))
        s_next.z[i] = where(fires, 1.0 + v * 0.0, v * 0.0)
        s_next.f[i] = fma(s.f[i], k.left[3], s_next.z[i])
        s_next.excitatory[i] = excitatory * k.left[1]
        s_next.inhibitory[i] = inhibitory * k.left[2]
        phi[1 + i] = s_next.f[i]


def _arriving(k: Any, s: Any, s_next: Any, first: Any, last: Any, current: Any) -> Any:
    """`current` with what the synapses from `first` up to `last` add to it.

    `used` is u of the last spike as it fades (so that a first spike finds 0 there), and `depleted`
    is 1 − R as it recovers.
    """
    for p in range(first, last):
        spikes = s.z[k.source[p]]
        faded, depleted = s.used[p] * k.decay_F[p], s.depleted[p] * k.decay_D[p]
        use = fma(faded, 1.0 - k.U[p], k.U[p])
        amplitude = use - use * depleted
        current = fma(k.A[p] * spikes, amplitude, current)
        s_next.used[p] = where(spikes > 0.0, use, faded)
        s_next.depleted[p] = where(spikes > 0.0, depleted + amplitude, depleted)
    return current
