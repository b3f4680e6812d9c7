"""Hopfield network (Hopfield 1982, Neural networks and physical systems, PNAS 79).

    s_i = sgn(Σ_j w_ij s_j − θ_i),    w_ij = w_ji,  w_ii = 0

with states −1 and +1 (Hopfield wrote 0 and 1). The first input is the cue: unit i begins with the
sign of x_i, as 0 (unknown) where x_i is 0 or where it has no input. Later inputs are not looked at.
A step is a sweep: every unit is updated once, and the outputs are the states of the first units.

One unit after another ("sequential", or "random" for an order drawn from `seed`), each seeing the
new states of those before it, never raises the energy

    E = −½ Σ_ij w_ij s_i s_j + Σ_i θ_i s_i

so a network settles after finitely many sweeps, whatever its weights. All at once ("synchronous",
Little 1974) it may end up alternating between two states. Where the sum equals θ_i exactly, the
unit keeps its state, or becomes +1 with ``tie="plus"``.

θ is zero unless ``thresholds=True``. With ``symmetric=False`` the weights are a full matrix, its
diagonal included: Hopfield 1982 discusses that too. Such a network need not settle, and may walk
through a sequence of patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.bipolar import cued, sign, signs, take_cue
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.storage import stored
from evornn.networks.symmetric import (
    add_field,
    add_fields,
    from_triangle,
    to_triangle,
    triangle_size,
)
from evornn.numerics import affine, dot

UPDATES = ("sequential", "random", "synchronous")
TIES = ("keep", "plus")


@dataclass(frozen=True)
class Hopfield(Network):
    """Sizes and the order of updates. Weights: w (hidden (hidden − 1)/2,), or W, and theta.

    Parameters
    ----------
    hidden
        Number of units. The first `inputs` of them take the cue, the first `outputs` are read: a
        memory of pictures has one unit per input and output, and may have more.
    update
        ``sequential`` (unit after unit, as they are numbered), ``random`` (in orders drawn from
        `seed`, one for each of `sweeps`) or ``synchronous`` (all at once).
    tie
        What a unit does at its threshold: ``keep`` its state, or become +1 (``plus``).
    sweeps
        Sweeps in each step.
    symmetric
        Whether the genome holds the upper triangle only, so that the energy never rises.
    thresholds
        Whether the genome holds θ, too.
    seed
        Of the random orders.
    """

    year: ClassVar[int] = 1982
    source: ClassVar[str] = (
        "Hopfield 1982, Neural networks and physical systems with emergent collective "
        "computational abilities, PNAS 79"
    )
    # Signs have no gradient. The pseudo-inverse is least squares.
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "Hebbian rule", "least squares")
    data: ClassVar[str] = "recall"

    inputs: int
    hidden: int
    outputs: int
    update: str = "sequential"
    tie: str = "keep"
    sweeps: int = 1
    symmetric: bool = True
    thresholds: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        check_units(self)
        check_choice("Hopfield.update", self.update, UPDATES)
        check_choice("Hopfield.tie", self.tie, TIES)
        check_size("Hopfield.sweeps", self.sweeps)
        check_size("Hopfield.seed", self.seed, least=0)
        for name in ("symmetric", "thresholds"):
            check_switch(f"Hopfield.{name}", getattr(self, name))

    @property
    def weights(self) -> Shapes:
        n = self.hidden
        links = {"w": (triangle_size(n),)} if self.symmetric else {"W": (n, n)}
        return {**links, **({"theta": (n,)} if self.thresholds else {})}

    @property
    def state(self) -> Shapes:
        return {"s": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"a": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """The order of updates (sweeps, hidden)."""
        order = np.tile(np.arange(self.hidden), (self.sweeps, 1))
        if self.update == "random":
            order = np.random.default_rng(self.seed).permuted(order, axis=1)
        return {"order": order}

    @property
    def start(self) -> Callable[..., None]:
        return _start

    @property
    def step(self) -> Callable[..., None]:
        return option_step(
            _make_step, self.update == "synchronous", self.tie, self.symmetric, self.thresholds
        )

    def store(self, patterns: Any, rule: str = "hebbian") -> np.ndarray:
        """A genome (weights,) that stores `patterns` (pattern, hidden) of −1 and +1.

        `rule` is one of `evornn.networks.storage`: ``hebbian``, ``storkey`` or ``pseudo_inverse``.
        Thresholds are zero.
        """
        W = stored(patterns, self.hidden, rule)
        genome = np.zeros(self.weight_count)
        links = to_triangle(W) if self.symmetric else W.ravel()
        genome[: len(links)] = links
        return genome

    def matrix(self, weights: Any) -> np.ndarray:
        """The weights between all units (hidden, hidden)."""
        w = self.named(weights)
        return from_triangle(w["w"], self.hidden) if self.symmetric else w["W"]

    def energy(self, weights: Any, states: Any) -> np.ndarray:
        """E of `states` (..., hidden), with the leading shape of these."""
        s = np.asarray(states, np.float64)
        theta = self.named(weights).get("theta", np.zeros(self.hidden))
        return -0.5 * np.einsum("...i,ij,...j", s, self.matrix(weights), s) + s @ theta

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        W, s = self.matrix(weights), cued(np.asarray(inputs, np.float64)[0], self.hidden)
        theta = self.named(weights).get("theta", np.zeros(self.hidden))
        together = self.update == "synchronous"
        outputs = []
        for _ in inputs:
            for order in self.constants["order"]:
                for units in [order] if together else order[:, np.newaxis]:
                    kept = s[units] if self.tie == "keep" else 1.0
                    s[units] = signs(W[units] @ s - theta[units], kept)
            outputs.append(s[: self.outputs].copy())
        return np.array(outputs)


def check_units(network: Any) -> None:
    """Sizes of a memory: it must have a unit for every input and every output."""
    kind = type(network).__name__
    for name in ("inputs", "hidden", "outputs"):
        check_size(f"{kind}.{name}", getattr(network, name))
    needed = max(network.inputs, network.outputs)
    if network.hidden < needed:
        raise ConfigurationError(
            f"{kind} has a unit for each of its {network.inputs} inputs and {network.outputs} "
            f"outputs: {network.hidden} hidden units are too few; set hidden={needed}"
        )


def _start(w: Any, k: Any, x: Any, s: Any) -> None:
    take_cue(x, s.s)


def _make_step(together: bool, tie: str, symmetric: bool, thresholds: bool) -> Callable[..., None]:
    begin = _minus_thresholds if thresholds else _zero
    add_all, add_one = (
        (_all_of_triangle, _one_of_triangle) if symmetric else (_all_of_matrix, _one_of_matrix)
    )
    settled = sign if tie == "keep" else _sign_or_plus

    def all_at_once(w: Any, a: Any, s: Any, order: Any) -> None:
        add_all(w, s, a)
        for i in range(s.shape[0]):
            s[i] = settled(a[i], s[i])

    def one_by_one(w: Any, a: Any, s: Any, order: Any) -> None:
        for p in range(order.shape[0]):
            i = order[p]
            s[i] = settled(add_one(w, s, i, a[i]), s[i])

    sweep = all_at_once if together else one_by_one

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        for i in range(s.s.shape[0]):
            s_next.s[i] = s.s[i]
        for p in range(k.order.shape[0]):
            begin(w, s_next.a)
            sweep(w, s_next.a, s_next.s, k.order[p])
        for o in range(y.shape[0]):
            y[o] = s_next.s[o]

    return step


def _sign_or_plus(a: Any, s: Any) -> Any:
    return sign(a, 1.0)


def _zero(w: Any, a: Any) -> None:
    for i in range(a.shape[0]):
        a[i] = 0.0


def _minus_thresholds(w: Any, a: Any) -> None:
    for i in range(a.shape[0]):
        a[i] = -w.theta[i]


def _all_of_triangle(w: Any, s: Any, a: Any) -> None:
    add_fields(w.w, s, a)


def _one_of_triangle(w: Any, s: Any, i: int, total: Any) -> Any:
    return add_field(w.w, s, i, total)


def _all_of_matrix(w: Any, s: Any, a: Any) -> None:
    affine(w.W, s, a, a)


def _one_of_matrix(w: Any, s: Any, i: int, total: Any) -> Any:
    return dot(w.W[i], s, total)
