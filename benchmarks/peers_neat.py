"""neat-python on a sequence task, with the settings of `evornn.optimizers.NEAT`.

Links and units are never deleted, as in the paper. Weights are moved by N(0, 0.5²) and kept in
[−30, 30], and distances are normalised by the size of the genome, as the library does.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from time import process_time

import neat
import numpy as np

#: a weight of the library, and the bias of its units
_NUMBER = """
{name}_init_mean = 0.0
{name}_init_stdev = 1.0
{name}_init_type = gaussian
{name}_max_value = 30.0
{name}_min_value = -30.0
{name}_mutate_rate = 0.8
{name}_mutate_power = 0.5
{name}_replace_rate = 0.1
"""
_FIXED = """
{name}_init_mean = 1.0
{name}_init_stdev = 0.0
{name}_init_type = gaussian
{name}_max_value = 1.0
{name}_min_value = 1.0
{name}_mutate_rate = 0.0
{name}_mutate_power = 0.0
{name}_replace_rate = 0.0
"""
_CONFIGURATION = (
    """
[NEAT]
fitness_criterion = max
fitness_threshold = 0.0
pop_size = {population_size}
reset_on_extinction = True
no_fitness_termination = True

[DefaultGenome]
num_inputs = 1
num_hidden = 0
num_outputs = 1
feed_forward = False
initial_connection = full_direct
compatibility_excess_coefficient = 1.0
compatibility_disjoint_coefficient = 1.0
compatibility_weight_coefficient = 0.4
compatibility_include_node_genes = True
compatibility_enable_penalty = 0.0
conn_add_prob = {add_link}
conn_delete_prob = 0.0
node_add_prob = {add_unit}
node_delete_prob = 0.0
single_structural_mutation = True
structural_mutation_surer = False
activation_default = plain_tanh
activation_mutate_rate = 0.0
activation_options = plain_tanh
aggregation_default = sum
aggregation_mutate_rate = 0.0
aggregation_options = sum
enabled_default = True
enabled_mutate_rate = 0.0
enabled_rate_to_true_add = 0.0
enabled_rate_to_false_add = 0.0
"""
    + _NUMBER.format(name="weight")
    + _NUMBER.format(name="bias")
    + _FIXED.format(name="response")
    + _FIXED.format(name="time_constant")
    + """
[DefaultSpeciesSet]
compatibility_threshold = 3.0

[DefaultStagnation]
species_fitness_func = max
max_stagnation = 15
species_elitism = 2

[DefaultReproduction]
elitism = 2
survival_threshold = 0.2
min_species_size = 2
"""
)


def plain_tanh(z: float) -> float:
    """That of the library is tanh(2.5 z)."""
    return math.tanh(z)


def configuration(population_size: int, add_unit: float, add_link: float) -> neat.Config:
    """What the library takes from a file."""
    rates = {"population_size": population_size, "add_unit": add_unit, "add_link": add_link}
    kinds = neat.DefaultGenome, neat.DefaultReproduction, neat.DefaultSpeciesSet
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "neat.ini"
        path.write_text(_CONFIGURATION.format(**rates))
        config = neat.Config(*kinds, neat.DefaultStagnation, str(path))
    config.genome_config.add_activation("plain_tanh", plain_tanh)
    return config


def loss_of(genome: neat.DefaultGenome, config: neat.Config, data: list[tuple]) -> float:
    """Mean squared error on one sequence of (inputs, target)."""
    network = neat.nn.RecurrentNetwork.create(genome, config)
    return sum((network.activate(x)[0] - target) ** 2 for x, target in data) / len(data)


def run(
    inputs: np.ndarray, targets: np.ndarray, config: neat.Config, target: float, evaluations: int,
    seed: int,
) -> tuple[float, float, float, neat.DefaultGenome]:  # fmt: skip
    """Evaluations and seconds until a loss of `target`, inf if none; steps per second; the best.

    `inputs` and `targets` are one sequence (time, 1). Seconds are those of the processor, and steps
    are counted in the evaluation alone.
    """
    data = list(zip(inputs.tolist(), targets[:, 0].tolist(), strict=True))
    population = neat.Population(config, seed=seed)
    spent, evaluating, losses = 0, 0.0, [math.inf]
    best = None

    def evaluate(genomes: list, config: neat.Config) -> None:
        nonlocal spent, evaluating, best
        began = process_time()
        for _, genome in genomes:
            loss = loss_of(genome, config, data)
            genome.fitness = -loss
            if loss < min(losses):
                losses.append(loss)
                best = genome
        spent += len(genomes)
        evaluating += process_time() - began

    began = process_time()
    while min(losses) > target and spent < evaluations:
        population.run(evaluate, 1)
    seconds = process_time() - began
    reached = min(losses) <= target
    speed = spent * len(data) / evaluating
    return (spent, seconds, speed, best) if reached else (math.inf, math.inf, speed, best)
