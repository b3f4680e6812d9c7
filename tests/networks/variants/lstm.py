"""Long short-term memories."""

from evornn.networks import LSTM

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = LSTM(**SIZES, peepholes=True, forget_bias=1.0)
#: all other code paths: these run in plain Python
VARIANTS = [
    LSTM(**SIZES),
    LSTM(**SIZES, peepholes=True, readout=False),
    LSTM(**SIZES, forget="none"),
    LSTM(**SIZES, forget="none", peepholes=True),
    LSTM(**SIZES, forget="coupled", readout=False),
    LSTM(**SIZES, forget="coupled", peepholes=True, forget_bias=1.0),
]
OPTIONS = {"forget": ["gate", "none", "coupled"], "forget_bias": [0.0, 1.0]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"peepholes": "no"}, "LSTM.peepholes .*'no'"),
    ({"forget_bias": "1"}, "LSTM.forget_bias .*'1'"),
    ({"forget": "gates"}, "LSTM.forget .*did you mean 'gate'"),
    ({"forget": "none", "forget_bias": 1.0}, "LSTM.forget_bias 1.0 .*leave it at 0"),
    ({"readout": 0}, "LSTM.readout .*0"),
    ({"readout": False, "outputs": 4}, "3 hidden units cannot give 4 outputs"),
]
