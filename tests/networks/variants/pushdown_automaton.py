"""Neural network pushdown automata."""

from evornn.networks import PushdownAutomaton

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2, "depth": 10}

#: its longest code path: the gradient is compiled
RICHEST = PushdownAutomaton(**SIZES, order=3)
#: all other code paths: these run in plain Python
VARIANTS = [
    PushdownAutomaton(**SIZES),
    PushdownAutomaton(**SIZES, discrete=True),
    PushdownAutomaton(**SIZES, order=3, discrete=True),
]
OPTIONS = {"order": [2, 3]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"order": 1}, "PushdownAutomaton.order must be 2 or 3, got 1"),
    ({"order": 2.0}, "PushdownAutomaton.order .*2.0"),
    ({"discrete": 1}, "PushdownAutomaton.discrete .*1"),
]
