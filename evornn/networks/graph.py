"""Network of any wiring, given as a list of edges: a signal-flow graph of neurons and delays (Wan &
Beaufays 1996, Diagrammatic derivation of gradient algorithms for neural networks, Neural
Computation 8).

    s_i(t) = b_i + Σ_e w_e z_source(e)(t − delay(e))        over the edges e that lead to unit i
    z_i(t) = f_i(s_i(t))

z of an input is the input itself, and all z are 0 before the first step. Units are computed in an
order in which edges without delay hand on what is there already, so these must not make a cycle;
edges with delays may. A unit adds its edges in their given order, those without delay first.

The wiring lies in integer constants that the step reads, so one compilation serves every graph with
the same kinds of units. Each weight costs a look-up and a multiplication of its own, where layers
go by rows: for wirings that are not layers. `evornn.analysis.adjoint` runs the reversed graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.edges import (
    checked_edges,
    computing_order,
    input_names,
    longest_delays,
    output_names,
    parts_of,
    unit_names,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import fma


@dataclass(frozen=True)
class Graph(Network):
    """The wiring and the units.

    Parameters
    ----------
    edges
        (source, target, delay) each, or texts such as "a:b:1"; "a:b" has no delay. Nodes called x0,
        x1, … are the inputs and y0, y1, … the outputs; every other name is that of a unit. Weights:
        w (edges,), in their order, and b (units,), in the order in which the edges first name them.
    activation, output_activation
        f of the units, and of those that are outputs.
    activations
        Units with another: (unit, activation) each, or texts such as "a:relu".
    """

    year: ClassVar[int] = 1996
    source: ClassVar[str] = (
        "Wan & Beaufays 1996, Diagrammatic derivation of gradient algorithms for neural networks, "
        "Neural Computation 8"
    )

    inputs: int
    outputs: int
    edges: Sequence[Any]
    activation: str = "tanh"
    output_activation: str = "identity"
    activations: Sequence[Any] = ()

    def __post_init__(self) -> None:
        for name in ("inputs", "outputs"):
            check_size(f"Graph.{name}", getattr(self, name))
        edges = checked_edges("Graph.edges", self.edges, self.inputs, self.outputs)
        object.__setattr__(self, "edges", edges)
        computing_order("Graph.edges", edges)
        for name in ("activation", "output_activation"):
            check_activation(f"Graph.{name}", getattr(self, name))
        object.__setattr__(self, "activations", self._checked_activations())

    def _checked_activations(self) -> tuple[tuple[str, str], ...]:
        what, example = "Graph.activations", '"a:relu" or ("a", "relu")'
        if isinstance(self.activations, str) or not isinstance(self.activations, Sequence):
            raise ConfigurationError(
                f"{what} must be a list, as in ({example},); got {self.activations!r}"
            )
        pairs = tuple(parts_of(what, one, example, 2) for one in self.activations)
        for unit, activation in pairs:
            check_choice(what, unit, self.units)
            check_activation(f"{what} of {unit}", activation)
        return pairs

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Names of the units, in the order of their biases."""
        return unit_names(self.edges)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the inputs, and of the units."""
        return (*input_names(self.inputs), *self.units)

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """The activation of each unit."""
        outputs = dict.fromkeys(output_names(self.outputs), self.output_activation)
        kinds = dict.fromkeys(self.units, self.activation) | outputs | dict(self.activations)
        return {unit: kinds[unit] for unit in self.units}

    @property
    def weights(self) -> Shapes:
        return {"w": (len(self.edges),), "b": (len(self.units),)}

    @property
    def state(self) -> Shapes:
        """A delay line for each node that has delayed edges, the youngest first."""
        return {"past": (sum(longest_delays(self.edges).values()),)}

    @property
    def scratch(self) -> Shapes:
        return {"now": (len(self.nodes),)}

    @cached_property
    def constants(self) -> Mapping[str, np.ndarray]:
        """The wiring: nodes are the inputs, then the units.

        ``order`` are the units as they are computed. Edges ``edge`` from ``begin[u, 0]`` to
        ``begin[u, 1]`` read the node ``read`` for the unit ``order[u]``, and from there to
        ``begin[u, 2]`` the element ``read`` of the delay lines. Node i has those from ``line[i]``
        to ``line[i + 1]``. Output o is the node ``shown[o]``, unit i of the kind ``kind[i]``.
        """
        place = {name: i for i, name in enumerate(self.nodes)}
        longest = longest_delays(self.edges)
        line = np.cumsum([0, *(longest.get(name, 0) for name in self.nodes)])
        order = [
            place[name] - self.inputs
            for name in computing_order("Graph.edges", self.edges)
            if place[name] >= self.inputs
        ]
        at_once: list[list[tuple[int, int]]] = [[] for _ in self.units]
        delayed: list[list[tuple[int, int]]] = [[] for _ in self.units]
        for e, (source, target, delay) in enumerate(self.edges):
            read = line[place[source]] + delay - 1 if delay else place[source]
            (delayed if delay else at_once)[place[target] - self.inputs].append((e, read))
        computed = [pair for i in order for pair in at_once[i] + delayed[i]]
        counts = [len(edges[i]) for i in order for edges in (at_once, delayed)]
        ends = np.cumsum([0, *counts])
        return {
            "order": np.array(order),
            "begin": np.column_stack([ends[:-2:2], ends[1::2], ends[2::2]]),
            "edge": np.array([e for e, _ in computed]),
            "read": np.array([read for _, read in computed]),
            "line": line,
            "shown": np.array([place[name] for name in output_names(self.outputs)]),
            "kind": np.array([self._kinds.index(name) for name in self.functions.values()]),
        }

    @property
    def _kinds(self) -> tuple[str, ...]:
        """The activations that there are, in the order of their table."""
        return tuple(name for name in ACTIVATIONS if name in self.functions.values())

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, *self._kinds)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        named, f = self.named(weights), list(self.functions.values())
        place = {name: i for i, name in enumerate(self.nodes)}
        n, m = len(self.units), self.inputs
        W = np.zeros((max(edge.delay for edge in self.edges) + 1, n, m + n))
        for edge, weight in zip(self.edges, named["w"], strict=True):
            W[edge.delay, place[edge.target] - m, place[edge.source]] = weight
        z = [np.zeros(m + n) for _ in W]
        outputs = []
        for x in np.asarray(inputs, np.float64):
            z = [np.concatenate([x, np.zeros(n)]), *z[: len(W) - 1]]
            # W[0] is nilpotent: after n rounds no unit waits for another any more.
            for _ in range(n):
                s = named["b"] + sum(W_d @ z_d for W_d, z_d in zip(W, z, strict=True))
                z[0][m:] = [
                    ACTIVATIONS[kind].reference(s_i) for kind, s_i in zip(f, s, strict=True)
                ]
            outputs.append([z[0][place[name]] for name in output_names(self.outputs)])
        return np.array(outputs)


def _make_step(*kinds: str) -> Callable[..., None]:
    respond = _respond(0, *kinds)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        now, past, m = s_next.now, s_next.past, x.shape[0]
        for j in range(m):
            now[j] = x[j]
        for u in range(k.order.shape[0]):
            i = k.order[u]
            total = w.b[i]
            for e in range(k.begin[u, 0], k.begin[u, 1]):
                total = fma(w.w[k.edge[e]], now[k.read[e]], total)
            for e in range(k.begin[u, 1], k.begin[u, 2]):
                total = fma(w.w[k.edge[e]], s.past[k.read[e]], total)
            now[m + i] = respond(k.kind[i], total)
        for o in range(y.shape[0]):
            y[o] = now[k.shown[o]]
        for j in range(now.shape[0]):
            for p in range(k.line[j], k.line[j + 1]):
                past[p] = s.past[p - 1] if p > k.line[j] else now[j]

    return step


def _respond(kind: int, name: str, *others: str) -> Callable[..., Any]:
    """``respond(k, s)``: f(s) of the kind number `k`; the first of these has the number `kind`."""
    f = ACTIVATIONS[name].function
    if not others:
        return lambda k, s: f(s)
    otherwise = _respond(kind + 1, *others)

    def respond(k: Any, s: Any) -> Any:
        # A constant of the wiring, the same in every lane.
        if k == kind:
            return f(s)
        return otherwise(k, s)

    return respond
