"""Locally recurrent networks with IIR synapses."""

from evornn.networks import IIR

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = IIR(**SIZES, input_delays=2, output_delays=2)
#: all other code paths: these run in plain Python
VARIANTS = [
    IIR(**SIZES),
    IIR(**SIZES, input_delays=0, output_delays=0, output_activation="sigmoid"),
    IIR(**SIZES, input_delays=(0, 3), output_delays=(1, 0)),
    IIR(**SIZES, input_delays=(2, 0), output_delays=0, activation="relu"),
    IIR(inputs=3, hidden=(3, 1, 4), outputs=2, output_delays=(1, 0, 2, 1)),
    IIR(inputs=2, hidden=(), outputs=3, input_delays=0, output_activation="tanh"),
]
OPTIONS = {"input_delays": [0, 2], "output_delays": [0, 1, (0, 3)], "hidden": [2, (2, 3)]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"hidden": (3, 0)}, "IIR.hidden .*0"),
    ({"input_delays": -1}, "IIR.input_delays must be at least 0, got -1"),
    ({"output_delays": (1, 2, 3)}, r"IIR.output_delays .*each of the 2 layers.*\(1, 2, 3\)"),
    ({"output_delays": 1.5}, "IIR.output_delays must be an integer, got 1.5"),
    ({"activation": "tan"}, "IIR.activation .*did you mean 'tanh'"),
    ({"output_activation": "linear"}, "IIR.output_activation .*'linear'"),
]
