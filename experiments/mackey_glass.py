"""Who predicts the chaotic Mackey–Glass series best, one step ahead and running free?

One step ahead the loss is smooth and gradients point the way. In free runs of 84 steps the network
is fed its own predictions, and an error grows with every step: does back-propagation through time
still win there?
"""

import evornn
from evornn.networks import Elman
from evornn.tasks import MackeyGlass

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
        name=f"mackey_glass_{evaluation}",
        question=question,
        task=MackeyGlass(tau=17, train_steps=1000, test_steps=500, evaluation=evaluation),
        network=Elman(inputs=1, hidden=8, outputs=1),
        optimizers=OPTIMIZERS,
        evaluations=30_000,
    )
    for evaluation, question in {
        "one_step": "Who predicts the Mackey–Glass series best, one step ahead?",
        "free_running": "Who predicts the Mackey–Glass series best, 84 steps on its own?",
    }.items()
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
