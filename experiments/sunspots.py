"""Who trains a small recurrent network best on the yearly sunspot numbers?

Next year's number from this year's, with an Elman network of 8 hidden units: the network has to
remember the cycle of eleven years by itself. Global optimizers against back-propagation through
time with Adam, at the same budget of evaluations.
"""

import evornn
from evornn.tasks import Sunspots

EXPERIMENTS = [
    evornn.Experiment(
        name="sunspots",
        question="Who trains a small recurrent network best on the yearly sunspot numbers?",
        task=Sunspots(),
        network=evornn.networks.Elman(inputs=1, hidden=8, outputs=1),
        optimizers={
            "genetic": "genetic",
            "particle_swarm": "particle_swarm",
            "annealing": "population_annealing",
            "cma_es": "cma_es",
            "random_search": "random_search",
            "bptt_adam": evornn.optimizers.Adam(learning_rate=0.01, population_size=10),
        },
        evaluations=30_000,
        seeds=10,
    )
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
