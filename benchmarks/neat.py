"""NEAT beside neat-python: evaluations and seconds to an exclusive or of the past, step for step.

    python -m benchmarks.neat [--seeds 9] [--evaluations 50000] [--out results/neat]

The target is the exclusive or of the inputs of one and of two steps before, on 66 random bits: a
network without hidden units stays above 0.86, and one with them has to remember a bit and
combine two. Both libraries take the same population, rates of mutation and spread of first weights
(1), tanh units that all move at once, and one thread; what differs is theirs (`peers_neat`). A run
ends at a mean squared error of 0.1, and one that does not get there counts as infinite. Seconds are
those of the processor, so that it may run on a busy machine.

evornn gives all networks the longest vector and evaluates them in lanes. What the zeros in it cost
is measured too: the same call for networks of as many units as the champions have in the median.
It costs no second compilation, as sizes are known only when a kernel runs; but networks of one
generation differ in size, and those of each size would have to be called apart.

Needs `neat-python`, of the extra ``bench``.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np

import evornn
from benchmarks import peers_neat
from benchmarks.rows import cpu_name
from evornn.networks import FullyRecurrent
from evornn.optimizers import NEAT, Start

POPULATION, ADD_UNIT, ADD_LINK = 150, 0.1, 0.2
UNITS, TARGET = 12, 0.1
Outcome = tuple[float, float, float, int]


def exclusive_or() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets (time, 1), of −1 and 1; the first two targets are 0."""
    bits = np.random.default_rng(0).choice([-1.0, 1.0], size=(66, 1))
    targets = np.zeros_like(bits)
    targets[2:] = -bits[1:-1] * bits[:-2]
    return bits, targets


def ours(settings: NEAT, evaluations: int, seed: int) -> Outcome:
    """Evaluations and seconds to the target, steps per second, and hidden units of the best."""
    network = FullyRecurrent(inputs=1, hidden=UNITS, outputs=1)
    fitness = evornn.Fitness(evornn.tasks.Sequences(*exclusive_or()), network, threads=1)
    start, rng = Start(scale=1.0, seed=seed), np.random.default_rng(seed)
    search = settings.for_wiring(fitness.wiring).search(fitness.genes, start, rng)
    spent, evaluating, best = 0, 0.0, math.inf
    began = process_time()
    while best > TARGET and spent < evaluations:
        genomes = search.ask()
        before = process_time()
        losses = fitness(genomes)
        evaluating += process_time() - before
        search.tell(genomes, losses)
        spent += len(genomes)
        best = min(best, losses.min())
    seconds = process_time() - began
    hidden = network.weight_wiring.hidden_units(genomes[np.argmin(losses)])
    reached = (spent, seconds) if best <= TARGET else (math.inf, math.inf)
    return (*reached, spent * fitness.steps / evaluating, hidden)


def theirs(evaluations: int, seed: int) -> Outcome:
    """The same figures of neat-python."""
    config = peers_neat.configuration(POPULATION, ADD_UNIT, ADD_LINK)
    spent, seconds, rate, best = peers_neat.run(*exclusive_or(), config, TARGET, evaluations, seed)
    return spent, seconds, rate, len(best.nodes) - 1


def padded_against_exact(units: int) -> str:
    """What a population costs as it is evaluated, and in networks of so many units."""
    task = evornn.tasks.Sequences(*exclusive_or())
    calls: dict[int, Callable[[], object]] = {}
    for size in (UNITS, units):
        fitness = evornn.Fitness(task, FullyRecurrent(inputs=1, hidden=size, outputs=1), threads=1)
        genomes = np.random.default_rng(0).standard_normal((POPULATION, fitness.genes))
        calls[size] = partial(fitness, genomes)
    seconds: dict[int, list[float]] = {size: [] for size in calls}
    for _ in range(25):  # in turn
        for size, call in calls.items():
            began = process_time()
            for _ in range(40):
                call()
            seconds[size].append((process_time() - began) / 40)
    padded, exact = (1e3 * np.median(each) for each in seconds.values())
    return (
        f"{POPULATION} networks take {padded:.3f} ms as vectors of {UNITS} units, and {exact:.3f} "
        f"ms as networks of {units}, the champions' median: {padded / exact:.1f} times as long."
    )


def report(outcomes: dict[str, list[Outcome]], evaluations: int) -> list[str]:
    """Medians over the seeds, and the ratios of neat-python's to ours."""
    lines = [
        f"{cpu_name()}, 1 thread; up to {evaluations} evaluations; medians over the seeds.",
        "",
        "| | reached | evaluations | processor seconds | million steps/s | hidden units |",
        "|---|---|---|---|---|---|",
    ]
    middle = {name: np.median(np.array(runs), axis=0) for name, runs in outcomes.items()}
    for name, runs in outcomes.items():
        reached = sum(math.isfinite(run[0]) for run in runs)
        spent, seconds, speed, hidden = middle[name]
        lines.append(
            f"| {name} | {reached} of {len(runs)} | {spent:.0f} | {seconds:.2f} | "
            f"{speed / 1e6:.3g} | {hidden:.0f} |"
        )
    (first, mine), (_, peer) = next(iter(middle.items())), list(middle.items())[-1]
    lines += [
        "",
        f"neat-python takes {peer[0] / mine[0]:.2g} times the evaluations of {first}, and "
        f"{peer[1] / mine[1]:.3g} times the seconds; a step takes {mine[2] / peer[2]:.3g} times "
        "as long.",
    ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=9)
    parser.add_argument("--evaluations", type=int, default=50_000)
    parser.add_argument("--out", type=Path, default=Path("results/neat"))
    arguments = parser.parse_args()
    settings = NEAT(population_size=POPULATION, add_unit=ADD_UNIT, add_link=ADD_LINK)
    fixed = NEAT(POPULATION, ADD_UNIT, ADD_LINK, threshold_step=0.0)
    ours(settings, POPULATION, 0)  # compiled before the clock runs
    seeds, most = range(arguments.seeds), arguments.evaluations
    outcomes = {
        "evornn": [ours(settings, most, seed) for seed in seeds],
        "evornn, fixed threshold": [ours(fixed, most, seed) for seed in seeds],
        "neat-python": [theirs(most, seed) for seed in seeds],
    }
    units = 1 + int(np.median([run[3] for run in outcomes["evornn"]]))
    lines = [*report(outcomes, most), "", padded_against_exact(units)]
    print("\n".join(lines))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "report.md").write_text(
        "\n".join(["# NEAT beside neat-python", "", *lines, ""])
    )


if __name__ == "__main__":
    main()
