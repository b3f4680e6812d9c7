"""Hopfield networks."""

from evornn.networks import Hopfield

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path
RICHEST = Hopfield(**SIZES, update="random", tie="plus", sweeps=2, thresholds=True)
#: all other code paths: these run in plain Python
VARIANTS = [
    Hopfield(**SIZES),
    Hopfield(**SIZES, update="random", seed=7),
    Hopfield(**SIZES, update="synchronous", sweeps=2),
    Hopfield(**SIZES, update="synchronous", symmetric=False, thresholds=True),
    Hopfield(**SIZES, symmetric=False, tie="plus"),
    Hopfield(inputs=6, hidden=6, outputs=6),
]
#: values of options to be combined
OPTIONS = {
    "update": ["sequential", "random", "synchronous"],
    "tie": ["keep", "plus"],
    "sweeps": [1, 2],
}
#: wrong options, and what is said of them
MISTAKES = [
    ({"inputs": 4}, "Hopfield has a unit for each of its 4 inputs .* set hidden=4"),
    ({"outputs": 5}, "3 hidden units are too few; set hidden=5"),
    ({"update": "sequentially"}, "Hopfield.update .*did you mean 'sequential'"),
    ({"tie": "+1"}, "Hopfield.tie .*'\\+1'"),
    ({"sweeps": 0}, "Hopfield.sweeps .*0"),
    ({"symmetric": 1}, "Hopfield.symmetric .*1"),
    ({"thresholds": "no"}, "Hopfield.thresholds .*'no'"),
    ({"seed": -1}, "Hopfield.seed .*-1"),
]


def sized(inputs, hidden, outputs):
    return Hopfield(inputs=inputs, hidden=max(hidden, inputs, outputs), outputs=outputs)
