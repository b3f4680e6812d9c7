"""Multiple-timescales networks."""

from evornn.networks import MTRNN

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = MTRNN(inputs=3, hidden=3, outputs=5, cues=2, groups=(2, 3), tau_slow=7.0)
#: all other code paths: these run in plain Python
VARIANTS = [
    MTRNN(**SIZES),
    MTRNN(**SIZES, slow=1, cues=1, output_activation="tanh"),
    MTRNN(**SIZES, activation="sigmoid", groups=(2,), tau_output=1.0, tau_fast=1.0),
]
OPTIONS = {"groups": [(), (1, 1), (2,)], "cues": [0, 1, 2]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"cues": 3}, "MTRNN.cues must be some of the 2 inputs, got 3"),
    ({"groups": (1, 2)}, r"MTRNN.groups \(1, 2\) must add up to the 2 outputs"),
    ({"groups": (2,), "output_activation": "tanh"}, "MTRNN.output_activation 'tanh' .*groups"),
    ({"tau_slow": 0.5}, "MTRNN.tau_slow .*0.5"),
    ({"slow": 0}, "MTRNN.slow .*0"),
    ({"activation": "tahn"}, "MTRNN.activation .*'tanh'"),
]
