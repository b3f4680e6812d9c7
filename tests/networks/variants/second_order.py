"""Second-order networks."""

from evornn.networks import SecondOrder

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = SecondOrder(**SIZES, bias=True, response="readout")
#: all other code paths: these run in plain Python
VARIANTS = [
    SecondOrder(**SIZES),
    SecondOrder(**SIZES, bias=True),
    SecondOrder(**SIZES, response="unit"),
    SecondOrder(**SIZES, activation="tanh", response="readout"),
]
OPTIONS = {"response": ["unit", "logit", "readout"]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"outputs": 4}, "3 hidden units cannot give 4 outputs; .*response='readout'"),
    ({"activation": "sigmod"}, "SecondOrder.activation .*did you mean 'sigmoid'"),
    ({"bias": 1}, "SecondOrder.bias .*1"),
    ({"response": "logits"}, "SecondOrder.response .*did you mean 'logit'"),
]
