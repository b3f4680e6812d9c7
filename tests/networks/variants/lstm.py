"""Long short-term memories."""

from evornn.networks import LSTM

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = LSTM(**SIZES, peepholes=True, forget_bias=1.0)
#: all other code paths: these run in plain Python
VARIANTS = [
    LSTM(**SIZES),
    LSTM(**SIZES, peepholes=True),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"peepholes": "no"}, "LSTM.peepholes .*'no'"),
    ({"forget_bias": "1"}, "LSTM.forget_bias .*'1'"),
]
