"""Independently recurrent networks."""

from evornn.networks import IndRNN

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = IndRNN(**SIZES, layers=3, residual=True, horizon=7, activation="tanh")
#: all other code paths: these run in plain Python
VARIANTS = [
    IndRNN(**SIZES),
    IndRNN(**SIZES, activation="sigmoid", readout=False),
    IndRNN(**SIZES, layers=3),
    IndRNN(**SIZES, layers=2, horizon=1, self_weight=1.0),
    IndRNN(**SIZES, horizon=20, self_weight=-0.5, activation="identity"),
]
OPTIONS = {"layers": [1, 2], "horizon": [None, 5]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"layers": 0}, "IndRNN.layers .*0"),
    ({"residual": True}, "IndRNN.residual .*IndRNN.layers is 1"),
    ({"residual": 1, "layers": 2}, "IndRNN.residual .*1"),
    ({"horizon": 0}, "IndRNN.horizon .*0"),
    ({"horizon": 2.5}, "IndRNN.horizon .*2.5"),
    ({"self_weight": "1"}, "IndRNN.self_weight .*'1'"),
    ({"activation": "rellu"}, "IndRNN.activation .*did you mean 'relu'"),
    ({"outputs": 4, "readout": False}, "IndRNN .*3 hidden units cannot give 4 outputs"),
]
