"""Recursive neural tensor networks on trees."""

from evornn.networks import RecursiveTensor

SIZES = {"inputs": 2, "hidden": 2, "outputs": 2}
OPTIONS = {"leaf": ["composed", "embedded"], "activation": ["tanh", "relu"]}

#: its longest code path: the gradient is compiled
RICHEST = RecursiveTensor(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    RecursiveTensor(**SIZES, leaf="composed"),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"leaf": True}, "RecursiveTensor.leaf .*True"),
    ({"activation": "gauss"}, "RecursiveTensor.activation .*'gauss'"),
]
