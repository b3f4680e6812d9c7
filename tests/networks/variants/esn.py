"""Echo state networks."""

from evornn.networks import ESN

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = ESN(
    **SIZES,
    connections=2,
    feedback_scaling=0.5,
    evolved=("spectral_radius", "leak", "input_scaling", "bias_scaling", "feedback_scaling"),
)
#: all other code paths: these run in plain Python
VARIANTS = [
    ESN(**SIZES, leak=0.7, feedback_scaling=0.5, connections=2),
    ESN(**SIZES, leak=0.7, evolved=["spectral_radius"]),
    ESN(**SIZES, feedback_scaling=0.5, evolved=["leak"]),
    ESN(**SIZES, evolved=["feedback_scaling"]),
    ESN(**SIZES),
    ESN(**SIZES, activation="identity", spectral_radius=0.5, seed=7),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"spectral_radius": 0.0}, "ESN.spectral_radius .*0.0"),
    ({"leak": 0.0}, "ESN.leak .*0.0"),
    ({"leak": 1.1}, "ESN.leak .*1.1"),
    ({"feedback_scaling": -1.0}, "ESN.feedback_scaling .*-1.0"),
    ({"input_scaling": float("nan")}, "ESN.input_scaling .*nan"),
    ({"bias_scaling": float("inf")}, "ESN.bias_scaling .*inf"),
    ({"connections": 0}, "ESN.connections .*0"),
    ({"seed": -1}, "ESN.seed .*-1"),
    ({"activation": "gauss"}, "ESN.activation .*'gauss'"),
    ({"evolved": ["leek"]}, "ESN.evolved .*did you mean 'leak'"),
    ({"evolved": None}, "ESN.evolved .*None"),
]
