"""Elman networks."""

from evornn.networks import Elman

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = Elman(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    Elman(**SIZES, output_activation="sigmoid"),
    Elman(**SIZES, activation="relu", output_activation="tanh"),
    Elman(**SIZES, readout=False),
]
OPTIONS = {"output_activation": ["identity", "tanh"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"activation": "step"}, "Elman.activation .*'step'"),
    ({"output_activation": 3}, "Elman.output_activation .*3"),
    ({"readout": 1}, "Elman.readout .*1"),
    ({"readout": False, "outputs": 4}, "Elman .*3 hidden units cannot give 4 outputs"),
    ({"readout": False, "output_activation": "tanh"}, "Elman.output_activation 'tanh'"),
]
