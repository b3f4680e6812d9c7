"""Gated recurrent units."""

from evornn.networks import GRU

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = GRU(**SIZES, reset="after")
#: all other code paths: these run in plain Python
VARIANTS = [
    GRU(**SIZES),
    GRU(**SIZES, readout=False),
    GRU(**SIZES, gates="state_and_bias"),
    GRU(**SIZES, gates="state", reset="after"),
    GRU(**SIZES, gates="bias"),
    GRU(**SIZES, minimal=True),
    GRU(**SIZES, minimal=True, reset="after", gates="state_and_bias", readout=False),
    GRU(**SIZES, minimal=True, gates="state"),
    GRU(**SIZES, minimal=True, gates="bias"),
]
OPTIONS = {
    "reset": ["before", "after"],
    "gates": ["full", "state_and_bias", "state", "bias"],
}
#: wrong options, and what is said of them
MISTAKES = [
    ({"reset": "afer"}, "GRU.reset .*did you mean 'after'"),
    ({"resets": "after"}, "no option 'resets' .*did you mean 'reset'"),
    ({"gates": "biases"}, "GRU.gates .*did you mean 'bias'"),
    ({"minimal": "yes"}, "GRU.minimal .*'yes'"),
    ({"readout": False, "outputs": 4}, "3 hidden units cannot give 4 outputs"),
]
