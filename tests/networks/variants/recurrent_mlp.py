"""Recurrent multilayer perceptrons."""

from evornn.networks import RecurrentMLP

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = RecurrentMLP(inputs=2, hidden=(4, 3), outputs=2, recurrent_output=False)
#: all other code paths: these run in plain Python
VARIANTS = [
    RecurrentMLP(**SIZES),
    RecurrentMLP(**SIZES, output_activation="sigmoid"),
    RecurrentMLP(**SIZES, recurrent_output=False, output_activation="tanh"),
    RecurrentMLP(inputs=2, hidden=(3, 1, 4), outputs=2, activation="relu"),
]
OPTIONS = {"hidden": [2, (3, 2)]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"hidden": ()}, "RecurrentMLP.hidden has no layer"),
    ({"hidden": (3, 0)}, "RecurrentMLP.hidden .*0"),
    ({"recurrent_output": "no"}, "RecurrentMLP.recurrent_output .*'no'"),
    ({"activation": "tan"}, "RecurrentMLP.activation .*did you mean 'tanh'"),
    ({"output_activation": "linear"}, "RecurrentMLP.output_activation .*'linear'"),
]
