"""How many networks must be tried until one of them balances the poles?

    python experiments/pole_balancing.py [--out results/pole_balancing]

Gomez, Schmidhuber & Miikkulainen (2008, Accelerated neural evolution through cooperatively
coevolved synapses, JMLR 9) counted the evaluations that sixteen methods need for five tasks: one
pole or two, with and without velocities, and two poles that must not swing. Here are these tasks
again, for those of their algorithms that there are here and for one more, with three networks: one
hidden unit as their CoSyNE has, with biases and without, and the smallest, the output alone without
a bias (Wierstra et al. 2014, Natural evolution strategies, JMLR 15). NEAT grows its own.

A network has solved a task once it balances for 100,000 control steps. In the last column the best
network of a generation, where it is the best so far, is tested: it must end 200 of the 625 trials
well, and then balance for 100,000 steps (Gruau, Whitley & Pyeatt 1996).

The first weights are uniform; how wide is found out first, on the fourth task, with seeds of its
own.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evornn import Fitness, Start
from evornn.encodings.encoding import Encoding, WeightMap
from evornn.encodings.sparse_mask import MaskedMap
from evornn.networks import FullyRecurrent, Network
from evornn.optimizers import CMAES, ESP, NEAT, SNES, CoSyNE, Genetic, Optimizer, RandomSearch
from evornn.plots import draw_medians, figure, palette, save
from evornn.tasks import PoleBalancing

SEEDS, SWEEP_SEEDS = range(50), range(1000, 1010)
#: evaluations after which a search gives up; a random one costs next to nothing
MOST, MOST_RANDOM, MOST_SWEEP = 20_000, 200_000, 10_000
SCALES = (1.0, 3.0, 10.0)
GENERALISES, LEAST_OF_EVERY_TENTH = 200, 8

REPORT = """# Pole balancing

By `python experiments/pole_balancing.py`: {seeds} searches each. Evaluations until a network
balances for 100,000 steps, or passes the test of the last column: all evaluations over the
successes, in brackets the median. A search ends after {most:,} evaluations, random guessing after
{most_random:,}; where some failed their number is told. Published: means of Gomez et al. (2008),
with networks and settings of their own.

{table}

Networks are fully recurrent tanh units, of which the output gives the force: with one hidden unit
and biases, with one hidden unit and no biases, and the output alone without a bias. NEAT begins
with the output and its bias, and may grow five hidden units. First weights are uniform within the
width told, the best of three on the fourth task ({sweep_seeds} searches of {most_sweep:,}
evaluations, with seeds of their own); evolution strategies begin round 0 with its standard
deviation.

![Evaluations](evaluations.png)

In how many of the 625 trials of 1000 steps the solutions balance, medians; 200 are asked for in the
last column and none in the others.

{generalisation}

![First weights](scales.png)
"""

TASKS = {
    "1 pole, velocities": PoleBalancing(poles=1),
    "1 pole, none": PoleBalancing(poles=1, velocities=False),
    "2 poles, velocities": PoleBalancing(),
    "2 poles, none": PoleBalancing(velocities=False),
    "2 poles, none, damping": PoleBalancing(velocities=False, worth="damping"),
}
SWEPT, GROWN = "2 poles, none", "grown"

RANDOM = "random guessing"
#: for one pole and for two. CoSyNE as published; the mutations of the genetic algorithm and of ESP
#: are wider than their defaults, which were slower on the fourth task
OPTIMIZERS: dict[str, dict[int, Optimizer]] = {
    RANDOM: dict.fromkeys((1, 2), RandomSearch(population_size=2048)),
    "genetic": dict.fromkeys((1, 2), Genetic(mutation_scale=1.0)),
    "esp": dict.fromkeys((1, 2), ESP(trials=4, mutation_scale=0.3)),
    "neat": dict.fromkeys((1, 2), NEAT()),
    "cosyne": {
        1: CoSyNE(20, permutation="fitness", offspring=0.25),
        2: CoSyNE(30, permutation="fitness", offspring=0.25),
    },
    "snes": dict.fromkeys((1, 2), SNES()),
    "cma_es": dict.fromkeys((1, 2), CMAES()),
}

PUBLISHED: dict[str, tuple[int | None, ...]] = {
    RANDOM: (199, 8_557, 474_329, 415_209, 1_232_296),
    "genetic": (352, 724, 22_100, 76_906, 87_623),
    "esp": (289, 589, 3_800, 7_374, 26_342),
    "neat": (743, 1_523, 3_600, None, 6_929),
    "cosyne": (98, 127, 954, 1_249, 3_416),
    "snes": (None,) * 5,
    "cma_es": (283, None, 895, 3_521, 6_061),
}


@dataclass(frozen=True)
class WithoutBiases(Encoding):
    """One gene for each weight of a fully recurrent network, and no biases."""

    def bind(self, network: Network) -> WeightMap:
        biases = [np.full(np.prod(s), name == "b") for name, s in network.weights.items()]
        kept = np.flatnonzero(~np.concatenate(biases))
        bound = MaskedMap(kept, network.weight_count)
        assert network.weight_wiring is not None
        bound.wiring = network.weight_wiring.taken(kept)
        return bound


#: units, the output among them, and the encoding
NETWORKS: dict[str, tuple[int, Encoding | None]] = {
    "hidden unit, biases": (2, None),
    "hidden unit": (2, WithoutBiases()),
    "output alone": (1, WithoutBiases()),
    GROWN: (6, None),
}


class Job(NamedTuple):
    """The searches of one kind."""

    task: str
    network: str
    optimizer: str
    scale: float
    seeds: tuple[int, ...]
    most: int


class Search(NamedTuple):
    """One search: evaluations made, whether it found a solution, and in how many of the 625 trials
    what it found ended well."""

    evaluations: int
    found: bool
    generalises: int


@cache
def fitness_of(task: str, network: str, split: str) -> Fitness:
    units, encoding = NETWORKS[network]
    problem = TASKS[SWEPT if split == "long" else task]
    network_of_task = FullyRecurrent(problem.input_size, units, 1)
    split = "test" if split == "test" else "train"
    return Fitness(problem, network_of_task, encoding, threads=1, split=split)


def searched(job: Job) -> list[Search]:
    return [search(job, seed) for seed in job.seeds]


def search(job: Job, seed: int) -> Search:
    """Ask and tell until a network has solved the task."""
    fitness = fitness_of(job.task, job.network, "train")
    settings = OPTIMIZERS[job.optimizer][TASKS[job.task].poles].for_wiring(fitness.wiring)
    rng = np.random.default_rng(seed)
    made, best = 0, np.inf
    for restart in itertools.count():
        start = Start("uniform", job.scale, seed + 1000 * restart)
        method = settings.search(fitness.genes, start, rng)
        while method.stop() is None:
            if made >= job.most:
                return Search(made, False, 0)
            genomes = method.ask()
            losses = fitness(genomes)
            if TASKS[job.task].worth == "standard":
                right = np.flatnonzero(losses <= 0.0)
                if right.size:
                    ended_well = generalisation(job, genomes[right[0]])
                    return Search(made + int(right[0]) + 1, True, ended_well)
            made += len(genomes)
            if losses.min() < best and TASKS[job.task].worth == "damping":
                best = losses.min()
                ended_well = tested(job, genomes[np.argmin(losses)])
                if ended_well:
                    return Search(made, True, ended_well)
            method.tell(genomes, losses)
    raise AssertionError


def generalisation(job: Job, genome: np.ndarray) -> int:
    """In how many of the 625 trials the poles are balanced for 1000 steps."""
    fitness = fitness_of(job.task, job.network, "test")
    return int((fitness.by_trial(genome[np.newaxis]) <= 0.0).sum())


def tested(job: Job, genome: np.ndarray) -> int:
    """The same, where it is enough and 100,000 steps are balanced too; else 0.

    What ends well in hardly any of every tenth trial is not tried in the others.
    """
    first = fitness_of(job.task, job.network, "test").on(np.arange(0, 625, 10))
    if (first.by_trial(genome[np.newaxis]) <= 0.0).sum() < LEAST_OF_EVERY_TENTH:
        return 0
    count = generalisation(job, genome)
    long = fitness_of(job.task, job.network, "long")
    return count if count >= GENERALISES and long(genome[np.newaxis])[0] <= 0.0 else 0


def kinds() -> Iterator[tuple[str, str]]:
    """Every optimizer with every network that it may have."""
    for optimizer in OPTIMIZERS:
        for network in NETWORKS:
            if (optimizer == "neat") == (network == GROWN):
                yield optimizer, network


def done(jobs: list[Job], pool: ProcessPoolExecutor) -> dict[Job, list[Search]]:
    found = {}
    for job, searches in zip(jobs, pool.map(searched, jobs), strict=True):
        failed = sum(not s.found for s in searches)
        print(f"{', '.join(map(str, job[:4]))}: {mean(searches):,.0f}, {failed} failed", flush=True)
        found[job] = searches
    return found


def mean(searches: list[Search]) -> float:
    """Evaluations of all searches over those that succeeded."""
    found = sum(s.found for s in searches)
    return sum(s.evaluations for s in searches) / found if found else float("inf")


def measured(pool: ProcessPoolExecutor) -> dict[Job, list[Search]]:
    """The sweep of scales, and then all tasks from the best scale of each kind."""
    seeds = tuple(SWEEP_SEEDS)
    sweep = done(
        [
            Job(SWEPT, net, opt, scale, seeds, MOST_SWEEP)
            for opt, net in kinds()
            for scale in SCALES
        ],
        pool,
    )
    best: dict[tuple[str, str], float] = {}
    for job, _ in sorted(sweep.items(), key=lambda item: (mean(item[1]), -item[0].scale)):
        best.setdefault((job.optimizer, job.network), job.scale)
    jobs = [
        Job(task, net, opt, best[opt, net], tuple(SEEDS), MOST_RANDOM if opt == RANDOM else MOST)
        for task in TASKS
        for opt, net in kinds()
    ]
    return sweep | done(jobs, pool)


def table(results: dict[Job, list[Search]]) -> str:
    lines = [
        f"|algorithm|network|first weights|{'|'.join(TASKS)}|",
        f"|---|---|---:|{'---:|' * len(TASKS)}",
    ]
    for optimizer, network in kinds():
        mine = [j for j in results if (j.optimizer, j.network) == (optimizer, network)]
        told = [told_of(results[job]) for job in mine]
        lines.append(f"|{optimizer}|{network}|±{mine[0].scale:g}|{'|'.join(told)}|")
        if network in ("output alone", GROWN):
            published = [f"{n:,}" if n else "–" for n in PUBLISHED[optimizer]]
            lines.append(f"|{optimizer}|*published*||{'|'.join(published)}|")
    return "\n".join(lines)


def told_of(searches: list[Search]) -> str:
    failed = sum(not s.found for s in searches)
    if failed == len(searches):
        return f"> {searches[0].evaluations:,}"
    median = np.median([s.evaluations for s in searches])
    return f"{mean(searches):,.0f} [{median:,.0f}]" + (f", {failed} failed" if failed else "")


def generalisation_table(results: dict[Job, list[Search]]) -> str:
    lines = [
        f"|algorithm|network|{'|'.join(TASKS)}|",
        f"|---|---|{'---:|' * len(TASKS)}",
    ]
    for optimizer, network in kinds():
        cells = []
        for job, searches in results.items():
            if (job.optimizer, job.network) == (optimizer, network):
                ended = [s.generalises for s in searches if s.found]
                cells.append(f"{np.median(ended):.0f}" if ended else "–")
        lines.append(f"|{optimizer}|{network}|{'|'.join(cells)}|")
    return "\n".join(lines)


def draw(results: dict[Job, list[Search]], path: Path) -> None:
    """Quartiles of the evaluations for each task and algorithm, with its best network."""
    best: dict[str, dict[str, np.ndarray]] = {task: {} for task in TASKS}
    for job, searches in sorted(results.items(), key=lambda item: mean(item[1])):
        counts = [s.evaluations if s.found else np.inf for s in searches]
        quartiles = np.percentile(counts, [25, 50, 75], method="nearest")
        best[job.task].setdefault(job.optimizer, quartiles)
    with figure(8.5, 6.0) as drawn:
        axes = drawn.subplots()
        draw_medians(axes, {task: {o: best[task][o] for o in OPTIMIZERS} for task in TASKS})
        offsets = np.linspace(-0.22, 0.22, len(OPTIMIZERS))
        for offset, optimizer in zip(offsets, OPTIMIZERS, strict=True):
            for place, published in enumerate(PUBLISHED[optimizer]):
                if published:
                    axes.plot(published, place + offset, "|", color="black", ms=7.0, mew=1.6)
        axes.set_xlabel("evaluations, quartiles of 50 searches; black: published mean")
        axes.set_title("Networks tried until one balances, with the best network of each algorithm")
        save(drawn, path)


def draw_sweep(sweep: dict[Job, list[Search]], path: Path) -> None:
    """Mean evaluations against the width of the first weights, a panel for each network."""
    shown = list(NETWORKS)[:-1]
    colours = palette(list(OPTIMIZERS))
    with figure(9.0, 3.6) as drawn:
        panels = drawn.subplots(1, len(shown), sharey=True)
        for axes, network in zip(panels, shown, strict=True):
            for optimizer in OPTIMIZERS:
                means = [
                    mean(searches)
                    for job, searches in sweep.items()
                    if job.optimizer == optimizer and job.network in (network, GROWN)
                ]
                axes.plot(SCALES, means, "o-", color=colours[optimizer], ms=4.0, label=optimizer)
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_title(network)
            axes.set_xlabel("first weights within ±")
        panels[0].set_ylabel("evaluations per success")
        handles, names = panels[0].get_legend_handles_labels()
        drawn.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
        save(drawn, path)


def write(results: dict[Job, list[Search]], out: Path) -> None:
    with (out / "searches.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["task", "network", "algorithm", "first_weights", "seed", *Search._fields])
        for job, searches in results.items():
            for seed, found in zip(job.seeds, searches, strict=True):
                writer.writerow([*job[:4], seed, *found])
    sweep = {job: s for job, s in results.items() if job.seeds == tuple(SWEEP_SEEDS)}
    final = {job: s for job, s in results.items() if job not in sweep}
    draw(final, out / "evaluations.png")
    draw_sweep(sweep, out / "scales.png")
    text = REPORT.format(
        seeds=len(SEEDS),
        sweep_seeds=len(SWEEP_SEEDS),
        most=MOST,
        most_random=MOST_RANDOM,
        most_sweep=MOST_SWEEP,
        table=table(final),
        generalisation=generalisation_table(final),
    )
    (out / "report.md").write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/pole_balancing"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        write(measured(pool), out)


if __name__ == "__main__":
    main()
