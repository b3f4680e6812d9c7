"""Teams of networks."""

from evornn.networks import ESN, GRU, LSTM, LearntStart, Team

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = Team(inputs=4, hidden=2, outputs=2, members=2, network="gru", shared=False)
#: all other code paths: these run in plain Python
VARIANTS = [
    Team(**SIZES),
    Team(inputs=4, hidden=3, outputs=2, members=2),
    Team(inputs=3, hidden=2, outputs=6, members=3, network="lstm"),
    Team(4, 3, 2, 2, network={"name": "lstm", "options": {"peepholes": True}}, shared=False),
    Team(4, 3, 2, 2, network=ESN(2, 6, 1, connections=3)),
    Team(4, 3, 2, 2, network=LearntStart(2, 3, 1)),
    Team(4, 3, 2, 2, network=LearntStart(2, 3, 1), shared=False),
]
OPTIONS = {"network": ["gru", LSTM(2, 3, 2)], "members": [1, 2]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"members": 0}, "Team.members must be at least 1, got 0"),
    ({"inputs": 3, "members": 2}, "Team.inputs must be a multiple of its 2 members, got 3"),
    ({"outputs": 3, "members": 2}, "Team.outputs must be a multiple of its 2 members, got 3"),
    ({"network": "gur"}, "Team.network: .*did you mean 'gru'"),
    ({"network": GRU(2, 3, 1)}, "Team.network has 2 inputs and 1 outputs, but each .* 2 and 2"),
    ({"network": "bidirectional"}, "Team.network must read sequences step by step"),
    ({"shared": "no"}, "Team.shared must be true or false"),
]
