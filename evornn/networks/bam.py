"""Bidirectional associative memory (Kosko 1988, Bidirectional associative memories, IEEE SMC 18).

    y = sgn(Mᵀ x),    x = sgn(M y),    M = Σ_p x^p y^pᵀ    (x: n units, y: m units, M: n × m)

A step is once to and fro. The first input is the cue: x begins with its signs (0, unknown, where it
is 0), y with 0. Where a unit receives exactly nothing it keeps its state, so sgn(0) is the state
before. All units of a layer at once, and still the energy E = −xᵀ M y rises for no M: every
bidirectional associative memory settles. The outputs are the first units of layer y, or with
``read="x"`` of layer x, the cleaned cue.

With `beta` the units are stochastic, a Markov chain (Kosko 1992, Neural networks and fuzzy systems;
Glauber's dynamics):

    P(y_j = +1) = σ(β (Mᵀ x)_j),    P(x_i = +1) = σ(β (M y)_i)

which samples states with a probability of exp(−β E/2) up to a factor, and becomes the deterministic
memory as β → ∞. A step draws nothing itself: the uniform numbers of the m units y and then those of
the n units x follow the cue among the inputs, of which there are n + m + n. They are data, so that
all genomes see the same chance, and a run can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.bipolar import bipolar_patterns, sign, signs, take_cue
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, sigmoid, where

LAYERS = ("y", "x")


@dataclass(frozen=True)
class BAM(Network):
    """Sizes of the layers, and whether chance plays a part. Weights: M (n, hidden).

    Parameters
    ----------
    inputs
        n, the units of layer x; with `beta` 2 n + m, for the uniform numbers of the units.
    hidden
        m, the units of layer y.
    read
        The layer that the outputs are: their first `outputs` units.
    beta
        Inverse temperature of stochastic units; None: they are deterministic.
    """

    year: ClassVar[int] = 1988
    source: ClassVar[str] = (
        "Kosko 1988, Bidirectional associative memories, IEEE Transactions on Systems, Man, and "
        "Cybernetics 18"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "Hebbian rule")  # signs: no gradient
    data: ClassVar[str] = "recall"

    inputs: int
    hidden: int
    outputs: int
    read: str = "y"
    beta: float | None = None

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"BAM.{name}", getattr(self, name))
        check_choice("BAM.read", self.read, LAYERS)
        if self.beta is not None:
            check_number("BAM.beta", self.beta, above=0.0)
            self._check_noise()
        layer = self.hidden if self.read == "y" else self.units
        if self.outputs > layer:
            raise ConfigurationError(
                f"BAM reads its outputs from layer {self.read}, whose {layer} units cannot give "
                f"{self.outputs} outputs"
            )

    def _check_noise(self) -> None:
        if self.inputs <= self.hidden or (self.inputs - self.hidden) % 2:
            raise ConfigurationError(
                f"a stochastic BAM of n and m = hidden units has n + m + n inputs, a cue and a "
                f"uniform number for each unit: {self.inputs} inputs and {self.hidden} hidden "
                "units leave no whole n; let the task draw noise=m+n numbers, or set beta=None"
            )

    @property
    def units(self) -> int:
        """n, the units of layer x."""
        return self.inputs if self.beta is None else (self.inputs - self.hidden) // 2

    @property
    def weights(self) -> Shapes:
        return {"M": (self.units, self.hidden)}

    @property
    def state(self) -> Shapes:
        return {"x": (self.units,), "y": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {} if self.beta is None else {"beta": np.array([self.beta], np.float64)}

    @property
    def start(self) -> Callable[..., None]:
        return _start

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.beta is not None, self.read)

    def store(self, x: Any, y: Any) -> np.ndarray:
        """A genome (weights,) that stores the pairs of `x` (pair, n) and `y` (pair, m), of ±1.

        Kosko's correlation (Hebb's rule): M = Σ_p x^p y^pᵀ.
        """
        x = bipolar_patterns("x", x, self.units)
        y = bipolar_patterns("y", y, self.hidden)
        if len(x) != len(y):
            raise ConfigurationError(f"{len(x)} patterns x and {len(y)} patterns y are no pairs")
        return (x.T @ y).ravel()

    def energy(self, weights: Any, x: Any, y: Any) -> np.ndarray:
        """E = −xᵀ M y of states `x` (..., n) and `y` (..., m), with their leading shape."""
        return -np.einsum("...i,ij,...j", x, self.named(weights)["M"], y)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        M, n, m = self.named(weights)["M"], self.units, self.hidden
        inputs = np.asarray(inputs, np.float64)
        x, y = np.sign(inputs[0, :n]), np.zeros(m)
        outputs = []
        for given in inputs:
            y = self._settled(M.T @ x, y, given[n : n + m])
            x = self._settled(M @ y, x, given[n + m :])
            outputs.append((y if self.read == "y" else x)[: self.outputs])
        return np.array(outputs)

    def _settled(self, a: np.ndarray, kept: np.ndarray, chance: np.ndarray) -> np.ndarray:
        if self.beta is None:
            return signs(a, kept)
        return np.where(chance < ACTIVATIONS["sigmoid"].reference(self.beta * a), 1.0, -1.0)


def _start(w: Any, k: Any, x: Any, s: Any) -> None:
    take_cue(x[: s.x.shape[0]], s.x)
    for j in range(s.y.shape[0]):
        s.y[j] = 0.0


def _make_step(stochastic: bool, read: str) -> Callable[..., None]:
    settle = _draw if stochastic else _settle
    give = _give_y if read == "y" else _give_x

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        n, m = s.x.shape[0], s.y.shape[0]
        forth, back = s_next.y, s_next.x
        for j in range(m):
            forth[j] = 0.0
        for i in range(n):
            for j in range(m):
                forth[j] = fma(w.M[i, j], s.x[i], forth[j])
        settle(k, x[n:], s.y, forth)
        for i in range(n):
            back[i] = 0.0
        affine(w.M, forth, back, back)
        settle(k, x[n + m :], s.x, back)
        give(s_next, y)

    return step


def _settle(k: Any, chance: Any, kept: Any, a: Any) -> None:
    """Units that receive `a` become its signs; `kept` is their state before."""
    for j in range(a.shape[0]):
        a[j] = sign(a[j], kept[j])


def _draw(k: Any, chance: Any, kept: Any, a: Any) -> None:
    """Units that receive `a` become +1 where their uniform number in `chance` says so."""
    for j in range(a.shape[0]):
        p = sigmoid(k.beta[0] * a[j])
        a[j] = where(chance[j] < p, 1.0, where(chance[j] >= p, -1.0, p))  # NaN stays NaN


def _give_x(s: Any, out: Any) -> None:
    for o in range(out.shape[0]):
        out[o] = s.x[o]


def _give_y(s: Any, out: Any) -> None:
    for o in range(out.shape[0]):
        out[o] = s.y[o]
