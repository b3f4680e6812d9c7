"""Which optimizer trains which network best, of all that there are, on six tasks?

Networks of about a hundred weights: a fully recurrent one, a GRU and an LSTM. All optimizers that
evornn has, each with its own defaults, on one budget and from one start: 10,000 evaluations, a
gradient counted as three, from weights N(0, 0.5²). Adam by back-propagation through time is the one
that all others are tested against, and the fully recurrent network that which the gated ones are:
each the first of its list.

    evornn compare experiments/every_optimizer.py --only every_optimizer_narma10
"""

from typing import Any

import evornn
from evornn.networks import GRU, LSTM, FullyRecurrent, Network
from evornn.optimizers import REGISTRY
from evornn.tasks import NARMA10, Adding, DelayedRecall, EmbeddedReber, MackeyGlass, Parity, Task

#: NEAT searches for the wiring of one kind of network, which is another question
OPTIMIZERS = ["adam", *(name for name in REGISTRY if name not in ("adam", "neat"))]


def networks(inputs: int, outputs: int) -> dict[str, Network]:
    """Networks of about as many weights."""
    return {
        "fully_recurrent": FullyRecurrent(inputs, 8, outputs, readout=True),
        "gru": GRU(inputs, 5, outputs),
        "lstm": LSTM(inputs, 4, outputs),
    }


def experiment(name: str, question: str, task: Task, **settings: Any) -> evornn.Experiment:
    return evornn.Experiment(
        name=f"every_optimizer_{name}",
        question=question,
        task=task,
        network=networks(task.input_size, task.output_size),
        optimizers=OPTIMIZERS,
        evaluations=10_000,
        threads=1,
        **{"seeds": 30} | settings,
    )


EXPERIMENTS = [
    experiment(
        "delayed_recall",
        "Who teaches a network to say again what it heard five steps ago?",
        DelayedRecall(delay=5, length=50, sequences=8),
    ),
    experiment(
        "narma10",
        "Who teaches a network to follow a nonlinear moving average of order ten?",
        NARMA10(length=500, sequences=1, test_sequences=1),
    ),
    experiment(
        "mackey_glass",
        "Who teaches a network to predict a chaotic series one step ahead?",
        MackeyGlass(train_steps=500),
    ),
    experiment(
        "parity",
        "Who teaches a network whether the number of ones so far is odd?",
        Parity(sequences=20),
    ),
    experiment(
        "embedded_reber",
        "Who teaches a network which symbols may follow in strings of the embedded Reber grammar?",
        EmbeddedReber(sequences=48),
    ),
    experiment(
        "adding",
        "Who teaches a network to add two marked numbers of a hundred?",
        Adding(length=100, sequences=32, test_sequences=100),
        seeds=10,  # its sequences are eight times as long as those of the other tasks
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
