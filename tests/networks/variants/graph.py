"""Networks of any wiring."""

import itertools

from evornn.networks import Graph

SIZES = {"inputs": 2, "outputs": 2}
WIRED = ("x0:a", "x1:a:2", "a:a:1", "a:b", "x1:b", "b:y0", "y1:a:1", "x0:y1", "a:y1:3")
SIZES |= {"edges": WIRED}

#: its longest code path: the gradient is compiled
RICHEST = Graph(**SIZES, activations=("b:identity", "y1:tanh"))
#: all other code paths: these run in plain Python
VARIANTS = [
    Graph(**SIZES),
    Graph(**SIZES, activation="relu", output_activation="sigmoid"),
    Graph(inputs=1, outputs=1, edges=[("x0", "h", 0), ["h", "y0"]], activations=[["h", "relu"]]),
    Graph(inputs=1, outputs=1, edges=("y0:y0:1",)),
    # In an order in which no unit can be computed, and with a unit that nothing leads to.
    Graph(inputs=1, outputs=1, edges=("c:y0", "b:c", "a:b", "x0:a", "offset:a", "y0:x:4", "x:c")),
]
OPTIONS = {
    "activations": [(), ("a:relu",), (("a", "tanh"), ("y0", "sigmoid"), ("b", "identity"))],
    "edges": [WIRED, ("x0:y0:2", "x1:y1"), ("y0:y1", "x0:y0")],
}
#: wrong options, and what is said of them
MISTAKES = [
    ({"edges": ()}, r"Graph.edges must be a list of edges, .*got \(\)"),
    ({"edges": "x0:y0"}, "Graph.edges must be a list of edges, .*'x0:y0'"),
    ({"edges": ("x0:y0", "y1")}, "Graph.edges has entries such as \"a:b\", .*got 'y1'"),
    ({"edges": ("x0:y0", 3)}, 'Graph.edges has entries such as "a:b", .*got 3'),
    ({"edges": ("x0:y0", "x1:y1:z")}, "Graph.edges: the delay of x1:y1 .*'z'"),
    ({"edges": ("x0:y0", ("x1", "y1", -1))}, "the delay of x1:y1 must be at least 0, got -1"),
    ({"edges": ("x0:y0", ("x1", "y1", 0.5))}, "the delay of x1:y1 .*0.5"),
    ({"edges": ("x0:y0", "x1:y-1")}, "Graph.edges must name nodes .*'y-1'"),
    ({"edges": ("x0:y0", "x2:y1")}, "Graph.edges name x2, but the inputs are x0 to x1"),
    ({"edges": ("x0:y0", "x01:y1")}, "Graph.edges name x01, but the inputs are x0 to x1"),
    ({"edges": ("x0:y0", "x1:y2")}, "Graph.edges name y2, but the outputs are y0 to y1"),
    ({"edges": ("x0:y0", "y0:x1")}, "Graph.edges lead to the input x1"),
    ({"edges": ("x0:y0", "x1:a")}, "Graph.edges never name y1, one of the 2 outputs"),
    ({"edges": ("x0:y0", "x1:y1", ("x0", "y0", 0))}, "Graph.edges name x0:y0:0 more than once"),
    (
        {"edges": ("x0:a", "a:b", "b:a", "a:y0:1", "a:y1")},
        "Graph.edges without delay make a cycle, (a → b → a|b → a → b): give one",
    ),
    ({"edges": ("x0:y0", "x1:y1", "y1:y1")}, "make a cycle, y1 → y1: give one"),
    ({"activations": ("c:relu",)}, "Graph.activations must be one of a, b, y0, y1; got 'c'"),
    ({"activations": ("a:tan",)}, "Graph.activations of a .*did you mean 'tanh'"),
    ({"activations": "a:relu"}, "Graph.activations must be a list, .*got 'a:relu'"),
    ({"activations": ("a",)}, "Graph.activations has entries such as \"a:relu\" .*got 'a'"),
    ({"activation": "tahn"}, "Graph.activation .*'tanh'"),
    ({"output_activation": "linear"}, "Graph.output_activation .*'linear'"),
]


def sized(inputs, hidden, outputs):
    """All inputs to all hidden units to all outputs; each unit hears the one before it, later."""
    xs, hs, ys = _names("x", inputs), _names("h", hidden), _names("y", outputs)
    layers = [*itertools.product(xs, hs), *itertools.product(hs, ys)]
    delayed = [(hs[i - 1], unit, 1 + i) for i, unit in enumerate(hs)]
    return Graph(inputs=inputs, outputs=outputs, edges=[*layers, *delayed])


def _names(letter, count):
    return [f"{letter}{i}" for i in range(count)]
