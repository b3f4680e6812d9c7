"""Jordan networks."""

from evornn.networks import Jordan

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = Jordan(**SIZES, mu=0.5)
#: all other code paths: these run in plain Python
VARIANTS = [
    Jordan(**SIZES, output_activation="tanh"),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"mu": 1.5}, "Jordan.mu .*1.5"),
    ({"mu": -0.1}, "Jordan.mu .*-0.1"),
    ({"output_activation": "sigmoud"}, "did you mean 'sigmoid'"),
]
