"""Differentiable neural computers."""

from evornn.networks import DNC

SIZES = {"inputs": 2, "hidden": 2, "outputs": 2, "locations": 3, "width": 2}

#: its longest code path: the gradient is compiled
RICHEST = DNC(**SIZES, read_heads=2)
#: all other code paths: these run in plain Python
VARIANTS = [
    DNC(**SIZES),
    DNC(**(SIZES | {"locations": 1, "width": 1})),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"read_heads": 0}, "DNC.read_heads .*0"),
    ({"locations": "8"}, "DNC.locations .*'8'"),
]


def draw_weights(rng, network, count):
    """Weights N(0, 0.5²): larger ones turn the similarity to an empty location so quickly that the
    error of a difference quotient shows in its eighth digit."""
    return 0.5 * rng.normal(size=(count, network.weight_count))


def sized(inputs, hidden, outputs):
    return DNC(inputs, hidden, outputs, locations=outputs + 1, width=inputs)
