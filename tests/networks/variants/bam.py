"""Bidirectional associative memories."""

from evornn.networks import BAM

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: 2 units x, 3 units y, and a uniform number for each
RICHEST = BAM(inputs=7, hidden=3, outputs=2, read="x", beta=0.7)
#: all other code paths: these run in plain Python
VARIANTS = [
    BAM(**SIZES),
    BAM(**SIZES, read="x"),
    BAM(inputs=7, hidden=3, outputs=3, beta=2.0),
]
#: values of options to be combined
OPTIONS = {"read": ["y", "x"], "beta": [None, 1.0]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"outputs": 4}, "BAM reads its outputs from layer y, whose 3 units cannot give 4"),
    ({"outputs": 3, "read": "x"}, "BAM reads its outputs from layer x, whose 2 units .* 3"),
    ({"read": "z"}, "BAM.read .*'z'"),
    ({"beta": 0.0}, "BAM.beta .*0.0"),
    ({"beta": True}, "BAM.beta .*True"),
    ({"beta": 1.0}, "2 inputs and 3 hidden units leave no whole n"),
    ({"beta": 1.0, "inputs": 6}, "6 inputs and 3 hidden units leave no whole n"),
]


def draw_inputs(rng, network, steps):
    """A cue of any numbers, and uniform numbers where units are stochastic."""
    inputs = rng.normal(size=(steps, network.inputs))
    inputs[:, network.units :] = rng.random((steps, network.inputs - network.units))
    return inputs
