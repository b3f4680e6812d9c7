"""Who learns to transcribe, when nobody says which step a label belongs to?

Movements of unknown duration between pauses of unknown length, and a label for each: the loss is
connectionist temporal classification, −log of the chance of all alignments together (Graves et al.
2006). Gradients of it, a covariance matrix and a population compete for a bidirectional LSTM and
for one that reads forwards, which is told nothing of what is still to come but may answer later.
"""

import evornn
from evornn.networks import LSTM, Bidirectional
from evornn.tasks import Utterances

EXPERIMENTS = [
    evornn.Experiment(
        name="ctc",
        question="Who learns to transcribe when nobody says which step a label belongs to?",
        task=Utterances(),
        network={
            "bidirectional": Bidirectional(inputs=3, hidden=4, outputs=5, network="lstm"),
            "lstm": LSTM(inputs=3, hidden=6, outputs=5),
        },
        optimizers={
            "bptt_adam": evornn.optimizers.Adam(learning_rate=0.03, population_size=4),
            "cma_es": "cma_es",
            "genetic": "genetic",
        },
        evaluations=6_000,
        seeds=3,
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
