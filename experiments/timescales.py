"""What are slow units good for?

Two tasks whose answers hang on several time scales at once: a signal of nested periods that must be
generated from a single pulse, for modules that tick at periods of their own; and a repertoire of
movements, of which one is named at the first step and must then be kept up in a closed loop, for
slow neurons whose initial state is learnt. Networks without such units have as many weights.
"""

import evornn
from evornn.networks import GRU, LSTM, MTRNN, Clockwork, Elman
from evornn.tasks import NestedPeriods, Repertoire

OPTIMIZERS = {
    "bptt_adam": evornn.optimizers.Adam(learning_rate=0.01, population_size=8),
    "cma_es": evornn.optimizers.CMAES(diagonal=True),
}

EXPERIMENTS = [
    evornn.Experiment(
        name="nested_periods",
        question="Do modules with periods generate a signal of nested periods?",
        task=NestedPeriods(),
        network={
            "clockwork": Clockwork(inputs=1, hidden=24, outputs=1, periods=(1, 4, 16, 64)),
            "elman": Elman(inputs=1, hidden=19, outputs=1),
            "lstm": LSTM(inputs=1, hidden=9, outputs=1),
        },
        optimizers=OPTIMIZERS,
        evaluations=48_000,
    ),
    evornn.Experiment(
        name="repertoire",
        question="Does a slow state that is set once tell movements apart?",
        task=Repertoire(),
        network={
            "mtrnn": MTRNN(inputs=6, hidden=12, outputs=2, slow=6, cues=4),
            "elman": Elman(inputs=6, hidden=15, outputs=2),
            "gru": GRU(inputs=6, hidden=8, outputs=2),
        },
        optimizers=OPTIMIZERS,
        evaluations=48_000,
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
