"""Who trains a recurrent network to remember?

Three tasks in which the answer lies in the past: say again what was heard five steps ago, add two
marked numbers of a long sequence, and tell whether the number of ones so far is odd, where a single
wrong bit spoils every later answer.
"""

import evornn
from evornn.networks import LSTM, Elman
from evornn.tasks import Adding, DelayedRecall, Parity

OPTIMIZERS = {
    "genetic": "genetic",
    "particle_swarm": "particle_swarm",
    "annealing": "population_annealing",
    "cma_es": "cma_es",
    "random_search": "random_search",
    "bptt_adam": evornn.optimizers.Adam(learning_rate=0.01, population_size=10),
}

EXPERIMENTS = [
    evornn.Experiment(
        name="delayed_recall",
        question="Who teaches a network to say again what it heard five steps ago?",
        task=DelayedRecall(delay=5),
        network=Elman(inputs=1, hidden=8, outputs=1),
        optimizers=OPTIMIZERS,
        evaluations=30_000,
    ),
    evornn.Experiment(
        name="adding",
        question="Who teaches an LSTM to add two marked numbers of a long sequence?",
        task=Adding(),
        network=LSTM(inputs=2, hidden=4, outputs=1),
        optimizers=OPTIMIZERS,
        evaluations=30_000,
    ),
    evornn.Experiment(
        name="parity",
        question="Who teaches a network whether the number of ones so far is odd?",
        task=Parity(),
        network=Elman(inputs=1, hidden=4, outputs=1),
        optimizers=OPTIMIZERS,
        evaluations=30_000,
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
