"""Memristive networks."""

from evornn.networks import Memristive

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

RICHEST = Memristive(**(SIZES | {"hidden": 5}), form="chi", beta=5.0)
VARIANTS = [
    Memristive(**SIZES),
    Memristive(**(SIZES | {"hidden": 8}), dt=0.1, xi=99.0, seed=4),
    Memristive(**(SIZES | {"hidden": 8}), form="chi", reservoir=True, memory=0.0),
    Memristive(**SIZES, reservoir=True, xi=0.0, alpha=0.0),
]
MISTAKES = [
    ({"form": "chy"}, "Memristive.form .*did you mean 'chi'"),
    ({"alpha": -0.1}, "Memristive.alpha .*-0.1"),
    ({"beta": 0.0}, "Memristive.beta .*0.0"),
    ({"dt": 0.0}, "Memristive.dt .*0.0"),
    ({"xi": -1.0}, "Memristive.xi .*-1.0"),
    ({"memory": 1.1}, "Memristive.memory .*1.1"),
    ({"reservoir": "yes"}, "Memristive.reservoir .*'yes'"),
    ({"input_scaling": -1.0}, "Memristive.input_scaling .*-1.0"),
    ({"bias_scaling": float("nan")}, "Memristive.bias_scaling .*nan"),
    ({"seed": 1.5}, "Memristive.seed .*1.5"),
]
OPTIONS = {"form": ["xi", "chi"]}
