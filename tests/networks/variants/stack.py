"""Stacks of networks."""

from evornn.networks import CTRNN, ESN, GRU, LSTM, FullyRecurrent, Stack

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2, "layers": ("elman", "elman")}


def stack(*layers):
    return Stack(**(SIZES | {"layers": layers}))


#: its longest code path: the gradient is compiled
RICHEST = Stack(**SIZES)
#: all other code paths: these run in plain Python
VARIANTS = [
    Stack(inputs=2, hidden=3, outputs=2),
    stack("elman"),
    stack("ctrnn", "jordan", "esn"),
    stack({"name": "lstm", "options": {"peepholes": True}}, "gru"),
    stack(ESN(2, 6, 4, connections=3), CTRNN(4, 5, 5, gains=True), GRU(5, 4, 2)),
    stack(Stack(2, 3, 4, layers=("elman", "fully_recurrent")), LSTM(4, 2, 2)),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"layers": ()}, r"Stack.layers must be a tuple .*got \(\)"),
    ({"layers": "lstm"}, "Stack.layers must be a tuple .*'lstm'"),
    ({"layers": ("lstm", "gur")}, r"Stack.layers\[1\]: .*did you mean 'gru'"),
    ({"layers": ({"name": "lstm", "size": 3},)}, r"Stack.layers\[0\]: unknown key 'size'"),
    (
        {"layers": ({"name": "gru", "options": {"resets": 1}},)},
        r"Stack.layers\[0\]: .*mean 'reset'",
    ),
    ({"layers": (3, "gru")}, r"Stack.layers\[0\] must be the name .*got 3"),
    ({"layers": ("own.py:Cell",)}, r"Stack.layers\[0\] .*pass the network itself"),
    (
        {"layers": (FullyRecurrent(2, 3, 3), LSTM(2, 3, 2))},
        r"Stack.layers\[1\], a LSTM, has 2 inputs, but is given 3 numbers",
    ),
    ({"layers": (FullyRecurrent(2, 3, 3),)}, "has 3 outputs, but Stack.outputs is 2"),
]
