"""Gated recurrent units."""

from evornn.networks import GRU

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = GRU(**SIZES, reset="after")
#: all other code paths: these run in plain Python
VARIANTS = [
    GRU(**SIZES),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"reset": "afer"}, "GRU.reset .*did you mean 'after'"),
    ({"resets": "after"}, "no option 'resets' .*did you mean 'reset'"),
]
