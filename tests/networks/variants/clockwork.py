"""Clockwork networks."""

from evornn.networks import Clockwork

SIZES = {"inputs": 2, "hidden": 4, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = Clockwork(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    Clockwork(inputs=2, hidden=6, outputs=1, periods=(1, 3)),
    Clockwork(**SIZES, wiring="full", activation="sigmoid"),
    Clockwork(inputs=1, hidden=5, outputs=2, wiring="hierarchical", periods=(1, 2, 4, 5)),
]
OPTIONS = {"wiring": ["clockwork", "hierarchical", "full"], "periods": [(1,), (2, 3), (1, 2, 4, 8)]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"periods": (2, 1)}, r"Clockwork.periods must rise .*\(2, 1\)"),
    ({"periods": ()}, r"Clockwork.periods must rise .*\(\)"),
    ({"periods": (0, 1)}, "Clockwork.periods .*0"),
    ({"hidden": 2}, "Clockwork.hidden .*3 modules, got 2"),
    ({"wiring": "clock"}, "Clockwork.wiring .*did you mean 'clockwork'"),
    ({"activation": "tahn"}, "Clockwork.activation .*'tanh'"),
]


def sized(inputs, hidden, outputs):
    """A network of at least one unit for each module."""
    return Clockwork(inputs=inputs, hidden=hidden + 2, outputs=outputs)
