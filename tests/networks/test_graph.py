"""Networks of any wiring beside the networks that some wirings make."""

from __future__ import annotations

import itertools

import numpy as np

from evornn.networks import FullyRecurrent, Graph

IMPULSE = np.eye(7, 1)


def weights_of(graph, links, biases):
    """Weights of `graph` from a weight for each edge, and a bias for each unit, by their names."""
    w = [links[edge.source, edge.target] for edge in graph.edges]
    return np.array([*w, *(biases[unit] for unit in graph.units)])


def test_all_to_all_one_step_later_is_a_fully_recurrent_network(plain_outputs, rng):
    twin = FullyRecurrent(inputs=2, hidden=4, outputs=2)
    units, seen = ["y0", "y1", "a", "b"], ["x0", "x1"]
    late = [(*pair, 1) for pair in itertools.product(units, units)]
    edges = [*late, *itertools.product(seen, units)]
    graph = Graph(inputs=2, outputs=2, edges=edges, output_activation="tanh")
    weights, inputs = rng.normal(size=twin.weight_count), rng.normal(size=(8, 2))
    part = twin.named(weights)
    matrix = np.hstack([part["W"], part["U"]])
    links = {
        (source, target): matrix[i, j]
        for i, target in enumerate(units)
        for j, source in enumerate([*seen, *units])
    }
    own = weights_of(graph, links, dict(zip(units, part["b"], strict=True)))
    expected = twin.reference(weights, inputs)
    np.testing.assert_allclose(graph.reference(own, inputs), expected, rtol=1e-12)
    np.testing.assert_allclose(
        plain_outputs(graph, own[np.newaxis], inputs)[0], expected, rtol=1e-12
    )


def test_layers_without_delays_are_a_multilayer_perceptron(plain_outputs, rng):
    layers = [["x0", "x1", "x2"], ["a", "b"], ["c", "d", "e"], ["y0", "y1"]]
    # The topmost layer is named first: the order of computing is found.
    edges = [
        pair
        for below, above in itertools.pairwise(layers)
        for pair in itertools.product(below, above)
    ][::-1]
    kinds = [(unit, "sigmoid") for unit in layers[2]]
    graph = Graph(inputs=3, outputs=2, edges=edges, activations=kinds)
    W = [rng.normal(size=(len(above), len(below))) for below, above in itertools.pairwise(layers)]
    b = [rng.normal(size=len(layer)) for layer in layers[1:]]
    links = {
        (layers[level][j], layers[level + 1][i]): W[level][i, j]
        for level in range(3)
        for i, j in np.ndindex(W[level].shape)
    }
    biases = dict(zip(itertools.chain(*layers[1:]), np.concatenate(b), strict=True))
    own, inputs = weights_of(graph, links, biases), rng.normal(size=(5, 3))
    hidden = np.tanh(inputs @ W[0].T + b[0])
    hidden = 1.0 / (1.0 + np.exp(-(hidden @ W[1].T + b[1])))
    expected = hidden @ W[2].T + b[2]
    np.testing.assert_allclose(graph.reference(own, inputs), expected, rtol=1e-12)
    np.testing.assert_allclose(
        plain_outputs(graph, own[np.newaxis], inputs)[0], expected, rtol=1e-12
    )


def test_delays_are_as_long_as_they_say():
    edges = ("x0:y0:2", "y0:y0:3", "x0:a", "a:y1:1", "y0:y1")
    graph = Graph(inputs=1, outputs=2, edges=edges, activation="identity")
    outputs = graph.reference([2.0, 0.5, 1.0, 10.0, 100.0, 0.0, 0.0, 0.0], IMPULSE)
    np.testing.assert_allclose(outputs[:, 0], [0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0])
    np.testing.assert_allclose(outputs[:, 1], [0.0, 10.0, 200.0, 0.0, 0.0, 100.0, 0.0])


def test_the_order_of_the_edges_is_that_of_the_weights_and_nothing_else(plain_outputs, rng):
    edges = ("x0:a", "a:b", "b:a:1", "b:y0", "a:y0:2", "x0:y0")
    names = [tuple(edge.split(":")[:2]) for edge in edges]
    links = dict(zip(names, rng.normal(size=6), strict=True))
    biases = dict(zip(["a", "b", "y0"], rng.normal(size=3), strict=True))
    inputs, outputs = rng.normal(size=(6, 1)), []
    for shuffled in itertools.islice(itertools.permutations(edges), 0, 720, 37):
        graph = Graph(inputs=1, outputs=1, edges=shuffled)
        own = weights_of(graph, links, biases)
        outputs.append(plain_outputs(graph, own[np.newaxis], inputs)[0])
    assert len(outputs) == 20
    np.testing.assert_allclose(outputs, np.broadcast_to(outputs[0], np.shape(outputs)), rtol=1e-12)


def test_one_compilation_serves_every_wiring():
    one = Graph(inputs=1, outputs=1, edges=("x0:a", "a:y0"))
    other = Graph(inputs=2, outputs=2, edges=("x1:b:3", "b:y1:1", "y1:y0"))
    assert other.step is one.step
    assert Graph(inputs=1, outputs=1, edges=one.edges, activation="relu").step is not one.step


def test_an_edge_is_the_same_in_every_form():
    forms = [("x0:a", "a:a:1", "a:y0:0"), [["x0", "a"], ["a", "a", 1], ["a", "y0"]]]
    first, second = (Graph(inputs=1, outputs=1, edges=edges) for edges in forms)
    assert first == second
    assert hash(first) == hash(second)
    assert first.units == ("a", "y0")
