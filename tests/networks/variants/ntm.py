"""Neural Turing machines."""

from evornn.networks import NTM

SIZES = {"inputs": 2, "hidden": 2, "outputs": 2, "locations": 3, "width": 2}

#: its longest code path: the gradient is compiled
RICHEST = NTM(**SIZES, heads=2, initial_memory="learned", read_after_write=True)
#: all other code paths: these run in plain Python
VARIANTS = [
    NTM(**SIZES, controller="feedforward"),
    NTM(**SIZES, controller="feedforward", heads=2, initial_memory="learned"),
    NTM(**(SIZES | {"locations": 1, "width": 1})),
]
OPTIONS = {"controller": ["lstm", "feedforward"], "initial_memory": ["constant", "learned"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"heads": 0}, "NTM.heads .*0"),
    ({"controller": "lstn"}, "NTM.controller .*did you mean 'lstm'"),
    ({"initial_memory": "zero"}, "NTM.initial_memory .*'zero'"),
    ({"read_after_write": 1}, "NTM.read_after_write .*1"),
]


def draw_weights(rng, network, count):
    """Weights N(0, 0.5²): larger ones turn the similarity to an empty location so quickly that the
    error of a difference quotient shows in its eighth digit."""
    return 0.5 * rng.normal(size=(count, network.weight_count))


def sized(inputs, hidden, outputs):
    return NTM(inputs, hidden, outputs, locations=outputs + 1, width=inputs)
