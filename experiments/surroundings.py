"""What does reading both ways buy?

Half of each answer lies three steps in the past and half three steps in the future. A network that
reads forwards only cannot have a loss below 1/4, whatever its size; the same network in both
directions can have none. All have about as many weights.
"""

import evornn
from evornn.networks import LSTM, Bidirectional, Elman
from evornn.tasks import Surroundings

EXPERIMENTS = [
    evornn.Experiment(
        name="surroundings",
        question="Does a bidirectional network answer where half of the answer is still to come?",
        task=Surroundings(),
        network={
            "bidirectional": Bidirectional(inputs=1, hidden=8, outputs=1, network="elman"),
            "elman": Elman(inputs=1, hidden=12, outputs=1),
            "lstm": LSTM(inputs=1, hidden=6, outputs=1),
        },
        optimizers={
            "bptt_adam": evornn.optimizers.Adam(learning_rate=0.01, population_size=4),
            "cma_es": "cma_es",
        },
        evaluations=18_000,
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
