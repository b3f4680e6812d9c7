"""Continuous-time recurrent networks."""

from evornn.networks import CTRNN

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = CTRNN(**SIZES, gains=True, readout=True, integrator="runge_kutta")
#: all other code paths: these run in plain Python
VARIANTS = [
    CTRNN(**SIZES),
    CTRNN(**SIZES, gains=True, dt=0.5),
    CTRNN(**SIZES, readout=True),
    CTRNN(**SIZES, integrator="exponential_euler"),
    CTRNN(**SIZES, form="neat"),
    CTRNN(**SIZES, form="neat", gains=True, integrator="exponential_euler", readout=True),
    CTRNN(**SIZES, form="neat", integrator="runge_kutta", dt=0.3),
]
OPTIONS = {"form": ["beer", "neat"], "integrator": ["euler", "exponential_euler", "runge_kutta"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"dt": 0.0}, "CTRNN.dt .*0.0"),
    ({"gains": 1}, "CTRNN.gains .*1"),
    ({"readout": "yes"}, "CTRNN.readout .*'yes'"),
    ({"outputs": 4}, "3 hidden neurons cannot give 4 outputs"),
    ({"form": "bear"}, "CTRNN.form .*did you mean 'beer'"),
    ({"integrator": "rk4"}, "CTRNN.integrator .*'rk4'"),
]
