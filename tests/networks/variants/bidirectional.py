"""Bidirectional networks."""

from evornn.networks import GRU, MTRNN, Bidirectional, Elman

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = Bidirectional(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    Bidirectional(**SIZES, network="elman"),
    Bidirectional(**SIZES, network=GRU(inputs=2, hidden=4, outputs=2)),
    Bidirectional(**SIZES, network={"name": "lstm", "options": {"peepholes": True}}),
    Bidirectional(**SIZES, network={"name": "stack", "options": {"layers": ["elman", "gru"]}}),
]
OPTIONS = {"network": ["elman", "lstm", "gru", "ctrnn", "mtrnn", "bidirectional"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"network": "lsmt"}, "Bidirectional.network.*did you mean 'lstm'"),
    ({"network": Elman(1, 3, 2)}, "Bidirectional.network has 1 inputs and 2 outputs"),
    ({"network": MTRNN(**SIZES)}, "must begin with a state of zeros, and MTRNN"),
    ({"network": "bidirectional"}, "must read sequences step by step, .*Bidirectional"),
]
