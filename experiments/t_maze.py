"""Which networks remember at a junction what they were told at the start?

A robot in a T-maze must turn to the side on which a lamp was lit while it stood behind a gate; in
the double maze there are two lamps, one after another, for two junctions. Motors and sensors are
noisy. Networks of about 150 weights that remember in their own ways, beside one without memory,
which turns right in a half of the trials at most, and in the double maze in a quarter.
"""

import evornn
from evornn.networks import CTRNN, GRU, IIR, LSTM, FullyRecurrent, Network
from evornn.tasks import TMaze

INPUTS, OUTPUTS = 10, 2
NOISE = {"motor_noise": 0.05, "sensor_noise": 0.05}
NETWORKS: dict[str, Network] = {
    "fully_recurrent": FullyRecurrent(INPUTS, 8, OUTPUTS),
    "ctrnn": CTRNN(INPUTS, 7, OUTPUTS, readout=True),
    "gru": GRU(INPUTS, 3, OUTPUTS),
    "lstm": LSTM(INPUTS, 3, OUTPUTS),
    "no_memory": IIR(
        INPUTS, 11, OUTPUTS, input_delays=0, output_delays=0, output_activation="tanh"
    ),
}
OPTIMIZERS = {"cma_es": evornn.optimizers.CMAES(), "cosyne": evornn.optimizers.CoSyNE()}

EXPERIMENTS = [
    evornn.Experiment(
        name="t_maze",
        question="Which networks remember one lamp?",
        task=TMaze(delay=20, **NOISE),
        network=NETWORKS,
        encoding="bounded",
        optimizers=OPTIMIZERS,
        evaluations=20_000,
        target_loss=0.01,
    ),
    evornn.Experiment(
        name="double_t_maze",
        question="Which networks remember two lamps in their order?",
        task=TMaze(turns=2, steps=400, **NOISE),
        network=NETWORKS,
        encoding="bounded",
        optimizers=OPTIMIZERS,
        evaluations=40_000,
        target_loss=0.01,
    ),
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
