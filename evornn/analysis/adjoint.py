"""The adjoint of a signal-flow graph, which computes its gradient (Osowski 1994, Signal flow graphs
and neural networks, Biological Cybernetics 70; Wan & Beaufays 1996, Diagrammatic derivation of
gradient algorithms for neural networks, Neural Computation 8).

All arrows of a network are turned round, and time with them. A junction that summed what its edges
brought becomes a branch, and a branch becomes a junction; weights and delays stay on their edges; a
unit's f becomes the factor f' that it had at that step; what the error says of the outputs is fed
in where these were read:

    z_i(t) = f_i(b_i + Σ_e w_e z_source(e)(t − d_e))           e the edges that lead to i
    δ_i(t) = f_i'(t) (∂E/∂y_i(t) + Σ_e w_e δ_target(e)(t + d_e))           e those that come from i

    ∂E/∂w_e = Σ_t δ_target(e)(t) z_source(e)(t − d_e),    ∂E/∂b_i = Σ_t δ_i(t)

With f' = 1 the inputs of the network are the outputs of the reversed one: δ = ∂E/∂x(t). The tape of
`evornn.Fitness.value_and_grad` does the same for any step, an operation for an edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from evornn.analysis.trajectory import checked_inputs
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.edges import Edge, computing_order, input_names, output_names
from evornn.networks.graph import Graph

Signals = dict[str, np.ndarray]


class Adjoint(NamedTuple):
    """The reversed graph's `edges`, in the order of the graph's own, and what it computed.

    `signals` holds δ (time,) by the name of each node, in the time of the network; `gradient`
    (weights,) is in genome order.
    """

    edges: tuple[Edge, ...]
    signals: Signals
    gradient: np.ndarray


def reversed_edges(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Every edge the other way round."""
    return tuple(Edge(edge.target, edge.source, edge.delay) for edge in edges)


def adjoint(network: Graph, weights: Any, inputs: Any, slopes: Any) -> Adjoint:
    """Run the graph of `network` on `inputs` (time, input), and then its adjoint backwards.

    `slopes` (time, output) are ∂E/∂y. Where they are zero at all steps but one, the gradient is
    that of this step's error. In plain NumPy and float64.
    """
    if not isinstance(network, Graph):
        raise ConfigurationError(
            f"an adjoint graph is that of an evornn.networks.Graph, got a {type(network).__name__} "
            "network: take Fitness.value_and_grad"
        )
    x, named = checked_inputs(network, inputs), network.named(weights)
    slopes = np.asarray(slopes, np.float64)
    if slopes.shape != (len(x), network.outputs):
        raise ConfigurationError(
            f"slopes must be (time, output) = {(len(x), network.outputs)}, got {slopes.shape}"
        )
    w = named["w"]
    biases = {unit: np.full(len(x), b) for unit, b in zip(network.units, named["b"], strict=True)}
    seen = dict(zip(input_names(network.inputs), x.T, strict=True))
    f = {unit: ACTIVATIONS[kind] for unit, kind in network.functions.items()}
    z = _flow(network.edges, w, biases | seen, lambda i, t, s: f[i].reference(s) if i in f else s)

    f_slopes = {i: f[i].slope(z[i])[::-1] if i in f else np.ones(len(x)) for i in network.nodes}
    fed = {i: np.zeros(len(x)) for i in network.nodes}
    fed |= dict(zip(output_names(network.outputs), slopes[::-1].T, strict=True))
    turned = reversed_edges(network.edges)
    back = _flow(turned, w, fed, lambda i, t, e: f_slopes[i][t] * e)
    delta = {name: signal[::-1] for name, signal in back.items()}

    by_edge = [_late(z[e.source], e.delay) @ delta[e.target] for e in network.edges]
    by_unit = [delta[unit].sum() for unit in network.units]
    return Adjoint(turned, delta, np.array([*by_edge, *by_unit]))


def _flow(
    edges: Iterable[Edge],
    w: np.ndarray,
    fed: Mapping[str, np.ndarray],
    respond: Callable[[str, int, Any], Any],
) -> Signals:
    """The signal (time,) of each node of `fed`: what is fed in and what its edges bring, answered.

    `respond(node, t, sum)` is the answer. There is no other difference between a graph and its
    adjoint: both run here, the adjoint with what is fed in, and its answers, last step first.
    """
    signals = {name: np.zeros(len(signal)) for name, signal in fed.items()}
    coming: dict[str, list[tuple[Edge, float]]] = {name: [] for name in fed}
    for edge, weight in zip(edges, w, strict=True):
        coming[edge.target].append((edge, weight))
    edgeless = [name for name in fed if not coming[name]]
    order = dict.fromkeys([*edgeless, *computing_order("edges", edges)])
    for t in range(len(next(iter(fed.values())))):
        for name in order:
            total = fed[name][t]
            for (source, _, delay), weight in coming[name]:
                if t >= delay:
                    total = total + weight * signals[source][t - delay]
            signals[name][t] = respond(name, t, total)
    return signals


def _late(signal: np.ndarray, delay: int) -> np.ndarray:
    """`signal` (time,) `delay` steps later, with zeros before it begins."""
    return np.concatenate([np.zeros(delay), signal])[: len(signal)]
