"""Does a second pole that grows teach what one of full length does not?

Two poles on a cart are the harder to balance the less they differ (Wieland 1991): at once with a
second pole of 0.6 m beside one of 1 m, and by a curriculum in which it grows from 0.1 m to there,
a tenth of a metre whenever a generation's best balances for as long as a trial lasts.
"""

from dataclasses import replace

import evornn
from evornn.networks import FullyRecurrent
from evornn.tasks import Curriculum, PoleBalancing

LENGTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
STAGES = tuple(PoleBalancing(second_pole=length, steps=10_000) for length in LENGTHS)

AT_ONCE = evornn.Experiment(
    name="long_pole",
    question="Is a second pole of 0.6 m learnt at once?",
    task=STAGES[-1],
    network=FullyRecurrent(STAGES[-1].input_size, 5, 1),
    optimizers=["cma_es", "snes", "differential_evolution", "genetic", "random_search"],
    seeds=20,
    evaluations=20_000,
    target_loss=0.0,
)
GROWING = replace(
    AT_ONCE,
    name="growing_pole",
    question="Is it learnt when it grows from 0.1 m?",
    task=Curriculum(STAGES),
)
EXPERIMENTS = [AT_ONCE, GROWING]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
