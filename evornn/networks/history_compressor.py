"""Neural history compressor (Schmidhuber 1992, Learning complex, extended sequences using the
principle of history compression, Neural Computation 4).

Each level predicts its next input, and only what it failed to predict goes up to the next level,
together with the time: what is predictable carries no information. Level 0 sees every input; level
l ticks when level l − 1 is surprised, and rests otherwise:

    z_0 = x                       z_l = [x; 1/gap_1; …; 1/gap_l]
    h_l = tanh(W_l z_l + U_l h_l' + b_l)          where level l ticks, else h_l'
    p_l = σ(P_l h_l + q_l)                        what level l expects to see at its next tick
    y   = Σ_l V_l h_l + c

gap_l counts the ticks of level l − 1 since level l ticked last, so z_l tells exactly which of them
is meant. Level 0 is surprised where |x_i − p_0i'| > θ for some i; a level above also where a gap is
not the expected one to within half a tick, |1/p' − gap| > ½. Before its first tick a level expects
½ of everything, and is surprised by anything.

Inputs are symbols, one-hot, or other zeros and ones, and θ is below ½: then an expected input is
the expectation rounded, and the whole sequence can be rebuilt from what the top level received
(`evornn.analysis.compression`). Levels are trained from the bottom up, each as an ordinary
predictor of what it receives; the original trains them all on line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import absolute, affine, maximum, part, sigmoid, tanh, where

#: what a level expects before it has seen anything
NOTHING_EXPECTED = 0.5


@dataclass(frozen=True)
class HistoryCompressor(Network):
    """Sizes; `hidden` units in each of the `levels`, and the `threshold` θ of surprise.

    Weight "W" of level 1 is "level1_W". The state "level1_ticked" is 1 where level 1 has just
    ticked, and 0 elsewhere.
    """

    year: ClassVar[int] = 1992
    source: ClassVar[str] = (
        "Schmidhuber 1992, Learning complex, extended sequences using the principle of history "
        "compression, Neural Computation 4"
    )

    inputs: int
    hidden: int
    outputs: int
    levels: int = 2
    threshold: float = 0.3

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "levels"):
            check_size(f"HistoryCompressor.{name}", getattr(self, name))
        check_number("HistoryCompressor.threshold", self.threshold, above=0.0, most=0.5)

    @property
    def weights(self) -> Shapes:
        n, o = self.hidden, self.outputs
        shapes: dict[str, tuple[int, ...]] = {}
        for level in range(self.levels):
            m = self.inputs + level
            own = {"W": (n, m), "U": (n, n), "b": (n,), "P": (m, n), "q": (m,), "V": (o, n)}
            shapes |= {f"level{level}_{name}": shape for name, shape in own.items()}
        return shapes | {"c": (o,)}

    @property
    def state(self) -> Shapes:
        shapes: dict[str, tuple[int, ...]] = {}
        for level in range(self.levels):
            own = {"h": (self.hidden,), "p": (self.inputs + level,), "gap": (1,), "ticked": (1,)}
            shapes |= {f"level{level}_{name}": shape for name, shape in own.items()}
        return shapes

    @property
    def scratch(self) -> Shapes:
        z = {f"level{level}_z": (self.inputs + level,) for level in range(self.levels)}
        a = {f"level{level}_a": (self.hidden,) for level in range(self.levels)}
        return z | a | {f"level{n}_e": (self.inputs + n,) for n in range(self.levels)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"threshold": np.array([self.threshold])}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.levels)

    @property
    def start(self) -> Callable[..., None]:
        return option_step(_make_start, self.levels)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, logistic = self.named(weights), ACTIVATIONS["sigmoid"].reference
        h = [np.zeros(self.hidden) for _ in range(self.levels)]
        p = [np.full(self.inputs + level, NOTHING_EXPECTED) for level in range(self.levels)]
        gaps, outputs = np.zeros(self.levels + 1), []
        for x in np.asarray(inputs, np.float64):
            for level in range(self.levels):
                own = {name: w[f"level{level}_{name}"] for name in "WUbPq"}
                z = np.concatenate([x, 1.0 / gaps[1 : level + 1]])
                off = np.abs(x - p[level][: self.inputs]) > self.threshold
                late = np.abs(1.0 / p[level][self.inputs :] - gaps[1 : level + 1]) > 0.5
                h[level] = np.tanh(own["W"] @ z + own["U"] @ h[level] + own["b"])
                p[level] = logistic(own["P"] @ h[level] + own["q"])
                gaps[level + 1] += 1.0
                if not (off.any() or late.any()):
                    break
            # Those that ticked begin to count anew.
            gaps[1 : level + 1] = 0.0
            outputs.append(w["c"] + sum(w[f"level{k}_V"] @ h[k] for k in range(self.levels)))
        return np.array(outputs)


def _make_start(levels: int) -> Callable[..., None]:
    before = _make_start(levels - 1) if levels > 1 else None
    own = f"level{levels - 1}_"

    def start(w: Any, k: Any, x: Any, s: Any) -> None:
        level = part(s, own)
        for i in range(level.h.shape[0]):
            level.h[i] = 0.0
        for i in range(level.p.shape[0]):
            level.p[i] = NOTHING_EXPECTED
        level.gap[0] = 0.0
        level.ticked[0] = 0.0

    if before is None:
        return start

    def all_levels(w: Any, k: Any, x: Any, s: Any) -> None:
        before(w, k, x, s)
        start(w, k, x, s)

    return all_levels


def _make_step(levels: int) -> Callable[..., None]:
    rise = _lowest
    for level in range(1, levels):
        rise = _above(rise, f"level{level - 1}_", f"level{level}_")

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        for o in range(y.shape[0]):
            y[o] = w.c[o]
        rise(w, k, x, s, s_next, y)

    return step


def _lowest(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> Any:
    """Level 0 moves at every step; whether it is surprised."""
    w0, s0, next0 = part(w, "level0_"), part(s, "level0_"), part(s_next, "level0_")
    for i in range(x.shape[0]):
        next0.z[i] = x[i]
    surprised = _off(k, x, s0.p)
    always = s0.gap[0] == s0.gap[0]
    _move(w0, always, s0, next0)
    next0.gap[0] = 0.0 * s0.gap[0]
    affine(w0.V, next0.h, y, y)
    return surprised


def _above(below: Callable[..., Any], under: str, own: str) -> Callable[..., Any]:
    """The levels `below`, and the one above them, which ticks when they are surprised."""

    def rise(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> Any:
        ticks = below(w, k, x, s, s_next, y)
        w_l, s_l, next_l = part(w, own), part(s, own), part(s_next, own)
        lower = part(s_next, under)
        shared = lower.z.shape[0]
        for i in range(shared):
            next_l.z[i] = lower.z[i]
        counted = s_l.gap[0] + lower.ticked[0]
        # Where it does not tick nothing may have been counted yet, and 1/0 has no derivative.
        next_l.z[shared] = 1.0 / maximum(counted, 1.0)
        surprised = _off(k, x, s_l.p)
        for i in range(x.shape[0], shared + 1):
            surprised = surprised | (absolute(1.0 / s_l.p[i] - 1.0 / next_l.z[i]) > 0.5)
        _move(w_l, ticks, s_l, next_l)
        next_l.gap[0] = where(ticks, 0.0 * counted, counted)
        affine(w_l.V, next_l.h, y, y)
        return ticks & surprised

    return rise


def _off(k: Any, x: Any, p: Any) -> Any:
    """Whether an input is further from what was expected than θ."""
    off = absolute(x[0] - p[0]) > k.threshold[0]
    for i in range(1, x.shape[0]):
        off = off | (absolute(x[i] - p[i]) > k.threshold[0])
    return off


def _move(w: Any, ticks: Any, s: Any, s_next: Any) -> None:
    """One level moves on, where it ticks."""
    a, e = s_next.a, s_next.e
    affine(w.W, s_next.z, w.b, a)
    affine(w.U, s.h, a, a)
    for j in range(a.shape[0]):
        s_next.h[j] = where(ticks, tanh(a[j]), s.h[j])
    affine(w.P, s_next.h, w.q, e)
    for i in range(e.shape[0]):
        s_next.p[i] = where(ticks, sigmoid(e[i]), s.p[i])
    s_next.ticked[0] = where(ticks, 0.0 * s.gap[0] + 1.0, 0.0 * s.gap[0])
