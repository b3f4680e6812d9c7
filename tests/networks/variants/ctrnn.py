"""Continuous-time recurrent networks."""

from evornn.networks import CTRNN

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = CTRNN(**SIZES, gains=True, readout=True)
#: all other code paths: these run in plain Python
VARIANTS = [
    CTRNN(**SIZES),
    CTRNN(**SIZES, gains=True, dt=0.5),
    CTRNN(**SIZES, readout=True),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"dt": 0.0}, "CTRNN.dt .*0.0"),
    ({"gains": 1}, "CTRNN.gains .*1"),
    ({"readout": "yes"}, "CTRNN.readout .*'yes'"),
    ({"outputs": 4}, "3 hidden neurons cannot give 4 outputs"),
]
