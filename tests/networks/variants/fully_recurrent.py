"""Fully recurrent networks."""

from evornn.networks import FullyRecurrent

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = FullyRecurrent(**SIZES, readout=True)
#: all other code paths: these run in plain Python
VARIANTS = [
    FullyRecurrent(**SIZES),
    FullyRecurrent(**SIZES, activation="sigmoid"),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"outputs": 4}, "3 hidden units cannot give 4 outputs"),
    ({"activation": "tahn"}, "FullyRecurrent.activation .*mean 'tanh'"),
]
