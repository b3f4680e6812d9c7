"""Continuous Hopfield networks."""

from evornn.networks import ContinuousHopfield

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = ContinuousHopfield(**SIZES, dt=0.5, gain=1.5)
#: all other code paths: these run in plain Python
VARIANTS = [
    ContinuousHopfield(**SIZES, cue="current", tau=2.0, dt=0.5),
    ContinuousHopfield(**SIZES),
]
#: values of options to be combined
OPTIONS = {"cue": ["state", "current"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"inputs": 4}, "ContinuousHopfield has a unit for each of its 4 inputs .* set hidden=4"),
    ({"tau": 0.0}, "ContinuousHopfield.tau .*0.0"),
    ({"dt": 1.5}, "ContinuousHopfield.dt .*1.5"),
    ({"dt": 0.0}, "ContinuousHopfield.dt .*0.0"),
    ({"gain": -1.0}, "ContinuousHopfield.gain .*-1.0"),
    ({"cue": "input"}, "ContinuousHopfield.cue .*'input'"),
]


def sized(inputs, hidden, outputs):
    return ContinuousHopfield(inputs=inputs, hidden=max(hidden, inputs, outputs), outputs=outputs)
