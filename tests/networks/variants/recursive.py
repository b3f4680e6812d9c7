"""Recursive networks on trees."""

from evornn.networks import Recursive

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}
OPTIONS = {"leaf": ["composed", "embedded"], "activation": ["tanh", "relu"]}

#: its longest code path: the gradient is compiled
RICHEST = Recursive(**SIZES, leaf="embedded")
#: all other code paths: these run in plain Python
VARIANTS = [
    Recursive(**SIZES),
    Recursive(**SIZES, activation="sigmoid"),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"leaf": "embeded"}, "Recursive.leaf .*did you mean 'embedded'"),
    ({"activation": "step"}, "Recursive.activation .*'step'"),
]
