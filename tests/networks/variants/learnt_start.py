"""Networks that begin with a state of their own."""

from evornn.networks import LSTM, MTRNN, Elman, LearntStart

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = LearntStart(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    LearntStart(**SIZES, network="lstm"),
    LearntStart(**SIZES, network="ctrnn"),
    LearntStart(**SIZES, network=LSTM(2, 4, 2, peepholes=True)),
    LearntStart(**SIZES, network={"name": "stack", "options": {"layers": ["elman", "gru"]}}),
]
OPTIONS = {"network": ["fully_recurrent", "elman", "lstm", "gru", "indrnn", "ctrnn"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"network": "lsmt"}, "LearntStart.network.*did you mean 'lstm'"),
    ({"network": Elman(1, 3, 2)}, "LearntStart.network has 1 inputs and 2 outputs"),
    ({"network": MTRNN(**SIZES)}, "must begin with a state of zeros, and MTRNN"),
    ({"network": "bidirectional"}, "must read sequences step by step, .*Bidirectional"),
]
