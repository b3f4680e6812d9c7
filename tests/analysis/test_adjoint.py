"""The reversed graph computes what the tape does."""

import numpy as np
import pytest

import evornn
from evornn.analysis import adjoint, reversed_edges
from evornn.errors import ConfigurationError
from evornn.fitness.crbp import CausalRecursion
from evornn.networks import IIR, Elman, Graph
from evornn.networks.edges import Edge

STEPS = 8
GRAPHS = [
    Graph(2, 2, ("x0:a", "x1:a:2", "a:a:1", "a:b", "x1:b", "b:y0", "y1:a:1", "x0:y1", "a:y1:3")),
    Graph(1, 1, ("c:y0", "b:c", "a:b", "x0:a", "offset:a", "y0:d:4", "d:c"), activation="sigmoid"),
    Graph(3, 1, ("x0:y0:2", "y0:y0:1", "y0:y0:11"), output_activation="relu"),
]


def sequence(rng, graph):
    return rng.normal(size=(STEPS, graph.inputs)), rng.normal(size=(STEPS, graph.outputs))


def slopes_of(graph, w, inputs, targets):
    """∂E/∂y of the mean squared error."""
    return 2.0 * (graph.reference(w, inputs) - targets) / targets.size


@pytest.fixture
def plain(monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)


@pytest.mark.parametrize("graph", GRAPHS)
def test_it_is_the_gradient_of_the_tape(graph, rng, plain):
    inputs, targets = sequence(rng, graph)
    task = evornn.tasks.Sequences(inputs[np.newaxis], targets[np.newaxis])
    population = rng.normal(size=(3, graph.weight_count))
    fitness = evornn.Fitness(task, graph, dtype="float64")
    for w, expected in zip(population, fitness.value_and_grad(population)[1], strict=True):
        found = adjoint(graph, w, inputs, slopes_of(graph, w, inputs, targets))
        np.testing.assert_allclose(found.gradient, expected, rtol=1e-10, atol=1e-14)
        assert np.abs(found.gradient).max() > 1e-3


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_inputs_are_its_outputs(graph, rng):
    (inputs, targets), w = sequence(rng, graph), rng.normal(size=graph.weight_count)

    def loss(seen):
        return np.mean((graph.reference(w, seen) - targets) ** 2)

    found = adjoint(graph, w, inputs, slopes_of(graph, w, inputs, targets)).signals
    for t, j in np.ndindex(inputs.shape):
        h = np.zeros_like(inputs)
        h[t, j] = 1e-5
        expected = (loss(inputs + h) - loss(inputs - h)) / 2e-5
        np.testing.assert_allclose(found[f"x{j}"][t], expected, rtol=1e-6, atol=1e-9)


def test_step_by_step_it_adds_up_to_the_whole(rng):
    graph = GRAPHS[0]
    (inputs, targets), w = sequence(rng, graph), rng.normal(size=graph.weight_count)
    slopes = slopes_of(graph, w, inputs, targets)
    single = [adjoint(graph, w, inputs, slopes * row[:, np.newaxis]) for row in np.eye(STEPS)]
    whole = adjoint(graph, w, inputs, slopes).gradient
    np.testing.assert_allclose(sum(one.gradient for one in single), whole, rtol=1e-10, atol=1e-14)
    # Nothing that comes after a step has to do with its error.
    assert all(not single[2].signals[name][3:].any() for name in graph.nodes)


def test_on_line_it_is_causal_recursive_back_propagation(rng):
    network = IIR(inputs=1, hidden=1, outputs=1)
    # A synapse is a unit with the identity for f, which the neuron hears with weight 1.
    edges = ("x0:p", "x0:p:1", "p:p:1", "p:h", "h:q", "h:q:1", "q:q:1", "q:y0")
    graph = Graph(1, 1, edges, activations=("p:identity", "q:identity"))
    assert graph.units == ("p", "h", "q", "y0")
    (inputs, targets), w = sequence(rng, graph), rng.normal(size=8, scale=0.7)
    own = np.array([*w[:3], 1.0, *w[4:7], 1.0, 0.0, w[3], 0.0, w[7]])
    np.testing.assert_allclose(graph.reference(own, inputs), network.reference(w, inputs))
    task = evornn.tasks.Sequences(inputs[np.newaxis], targets[np.newaxis])
    recursion = CausalRecursion(network, task, None)
    slopes = 2.0 * (network.reference(w, inputs) - targets)
    for t, now in enumerate(np.eye(STEPS)):
        found = adjoint(graph, own, inputs, slopes * now[:, np.newaxis]).gradient
        places = [0, 1, 2, 9, 4, 5, 6, 11]
        expected = recursion.advance(w, 0, t)[1]
        np.testing.assert_allclose(found[places], expected, rtol=1e-10, atol=1e-13)


def test_edges_are_turned_round_twice_to_what_they_were():
    graph = GRAPHS[0]
    turned = reversed_edges(graph.edges)
    assert turned[1] == Edge("a", "x1", 2)
    assert reversed_edges(turned) == graph.edges


def test_mistakes_are_told():
    graph = GRAPHS[1]
    w = np.zeros(graph.weight_count)
    with pytest.raises(ConfigurationError, match="Graph, got a Elman network"):
        adjoint(Elman(1, 1, 1), w, np.zeros((4, 1)), np.zeros((4, 1)))
    with pytest.raises(ConfigurationError, match=r"\(time, output\) = \(4, 1\), got \(3, 1\)"):
        adjoint(graph, w, np.zeros((4, 1)), np.zeros((3, 1)))
