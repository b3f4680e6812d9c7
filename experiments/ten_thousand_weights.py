"""Who still finds the way among ten thousand weights?

A fully recurrent network of 98 units, 9,899 weights, learns to say again what it heard five steps
ago. What a method keeps must here grow with the number of weights: the covariance matrix of CMA-ES
alone would have 98 million elements, and its eigenvectors take minutes (`python -m
benchmarks.cma_scaling`). Those here keep vectors, or a few of them.

The start is N(0, 0.1²), a spectral radius of about one.
"""

import evornn
from evornn.networks import FullyRecurrent
from evornn.tasks import DelayedRecall

EXPERIMENTS = [
    evornn.Experiment(
        name="ten_thousand_weights",
        question="Who still finds the way among ten thousand weights?",
        task=DelayedRecall(delay=5, length=50, sequences=8),
        network=FullyRecurrent(inputs=1, hidden=98, outputs=1, readout=True),
        optimizers=[
            "adam",
            "rmsprop",
            "lbfgs",
            "openai_es",
            "genetic",
            "cross_entropy",
            "cosyne",
            "particle_swarm",
            "memetic",
            "pgpe",
            "sep_cma_es",
            "lm_ma_es",
            "snes",
            "differential_evolution",
            "random_search",
        ],
        evaluations=10_000,
        start=evornn.Start(scale=0.1),
    )
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
