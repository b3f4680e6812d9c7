"""Clockwork network (Koutník, Greff, Gomez & Schmidhuber 2014, A clockwork RNN, ICML).

The hidden units are modules, each with a period. A module moves at the steps that its period
divides, the first step among them, and stands still at all others:

    h_g(t) = f(W_g x(t) + U_g h(t−1) + b_g)     where t mod T_g = 0,  t = 0, 1, 2, …
    h_g(t) = h_g(t−1)                           elsewhere
    y(t) = V h(t) + c

With ``wiring="clockwork"`` a module hears itself and the slower ones only, as published; U is then
block upper triangular, the modules in the order of rising periods. With ``wiring="hierarchical"``
it hears itself and its two neighbours in that order (El Hihi & Bengio 1996, Hierarchical recurrent
neural networks for long-term dependencies, NIPS: levels of slower and slower units); with
``wiring="full"`` all of them.

U is stored without the blocks that are not there, module after module. All modules are computed at
every step and masked: there is no time to be saved where every lane does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, dot, where

WIRINGS = ("clockwork", "hierarchical", "full")


@dataclass(frozen=True)
class Clockwork(Network):
    """Sizes, and the `periods` of the modules, rising, in steps.

    The `hidden` units are shared out as evenly as possible, the first modules taking what is left
    over. Periods that double are those of the paper.
    """

    year: ClassVar[int] = 2014
    source: ClassVar[str] = "Koutník, Greff, Gomez & Schmidhuber 2014, A clockwork RNN, ICML"

    inputs: int
    hidden: int
    outputs: int
    periods: tuple[int, ...] = (1, 2, 4)
    wiring: str = "clockwork"
    activation: str = "tanh"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Clockwork.{name}", getattr(self, name))
        object.__setattr__(self, "periods", tuple(self.periods))
        for period in self.periods:
            check_size("Clockwork.periods", period)
        check_choice("Clockwork.wiring", self.wiring, WIRINGS)
        check_activation("Clockwork.activation", self.activation)
        if not self.periods or list(self.periods) != sorted(set(self.periods)):
            raise ConfigurationError(
                f"Clockwork.periods must rise from module to module, got {self.periods}"
            )
        if self.hidden < len(self.periods):
            raise ConfigurationError(
                f"Clockwork.hidden must be at least one unit for each of the {len(self.periods)} "
                f"modules, got {self.hidden}"
            )

    @property
    def weights(self) -> Shapes:
        n, m, o = self.hidden, self.inputs, self.outputs
        links = sum(size * (last - first) for size, first, last in self._blocks())
        return {"W": (n, m), "U": (links,), "b": (n,), "V": (o, n), "c": (o,)}

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,), "clock": (len(self.periods),)}

    @property
    def scratch(self) -> Shapes:
        return {"a": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {
            "period": np.array(self.periods, np.float64),
            "edges": self._edges,
            "heard": np.array([[first, last] for _, first, last in self._blocks()]),
        }

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, f = self.named(weights), ACTIVATIONS[self.activation].reference
        U, begin = np.zeros((self.hidden, self.hidden)), 0
        for row, (size, first, last) in zip(self._edges, self._blocks(), strict=False):
            end = begin + size * (last - first)
            U[row : row + size, first:last] = w["U"][begin:end].reshape(size, last - first)
            begin = end
        periods = np.repeat(self.periods, np.diff(self._edges))
        h, outputs = np.zeros(self.hidden), []
        for t, x in enumerate(np.asarray(inputs, np.float64)):
            h = np.where(t % periods == 0, f(w["W"] @ x + U @ h + w["b"]), h)
            outputs.append(w["V"] @ h + w["c"])
        return np.array(outputs)

    @property
    def _edges(self) -> np.ndarray:
        """Where each module begins, and the last one ends."""
        modules = np.array_split(np.arange(self.hidden), len(self.periods))
        return np.cumsum([0, *(len(module) for module in modules)])

    def _blocks(self) -> Iterator[tuple[int, int, int]]:
        """For each module its size, and the first and last (excluded) unit that it hears."""
        edges, modules = self._edges, len(self.periods)
        for g in range(modules):
            first, last = {
                "clockwork": (g, modules),
                "hierarchical": (max(g - 1, 0), min(g + 2, modules)),
                "full": (0, modules),
            }[self.wiring]
            yield int(edges[g + 1] - edges[g]), int(edges[first]), int(edges[last])


def _make_step(activation: str) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        a, h = s_next.a, s_next.h
        affine(w.W, x, w.b, a)
        begin = 0
        for g in range(k.period.shape[0]):
            top, bottom = k.edges[g], k.edges[g + 1]
            first, last = k.heard[g, 0], k.heard[g, 1]
            ticks = s.clock[g] == 0.0
            for i in range(top, bottom):
                end = begin + last - first
                moved = f(dot(w.U[begin:end], s.h[first:last], a[i]))
                h[i] = where(ticks, moved, s.h[i])
                begin = end
            counted = s.clock[g] + 1.0
            s_next.clock[g] = where(counted < k.period[g], counted, 0.0)
        affine(w.V, h, w.c, y)

    return step
