"""Does a global search find a neural Turing machine that copies?

    python experiments/smallest_copy.py [--out results/smallest_copy]

The copy task at its smallest, 1 to 3 vectors of a single bit, and a feed-forward machine with as
little memory as that takes. Two global searches and back-propagation have the same budget.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from evornn import Fitness, Start
from evornn.networks import NTM
from evornn.optimizers import CMAES, Adam, Genetic
from evornn.tasks import Copy
from evornn.tasks.bit_vectors import wrong_bits

TASK = Copy(bits=1, length=3, test_length=6, sequences=64, test_sequences=64)
MACHINE = NTM(2, 4, 1, locations=6, width=2, controller="feedforward")
BUDGET, SEEDS = 30_000, 5
OPTIMIZERS = {"CMA-ES": CMAES(), "genetic": Genetic(), "Adam": Adam(learning_rate=0.01)}

REPORT = """# The smallest copy problem, by global search

By `python experiments/smallest_copy.py`. 1 to 3 vectors of a single bit, a feed-forward neural
Turing machine of {weights} weights, {budget:,} evaluations (a gradient counts as three), {seeds}
seeds; the longer sequences have 6 vectors. The best constant answer has a loss of {constant:.3f}.
Median [least–most] over the seeds:

{table}
"""


def found(name: str, seed: int) -> tuple[float, float, float]:
    """Loss of the best, and the shares of training and longer sequences that are wholly right."""
    optimizer, fitness = OPTIMIZERS[name], Fitness(TASK, MACHINE)
    rng = np.random.default_rng([seed, 3])
    search = optimizer.search(fitness.genes, Start(scale=0.5, seed=seed), rng)
    best, least, spent = np.zeros(fitness.genes), np.inf, 0
    while spent < BUDGET and search.stop() is None:
        genomes = search.ask()
        told = fitness.value_and_grad(genomes) if optimizer.gradient else (fitness(genomes),)
        search.tell(genomes, *told)
        spent += len(genomes) * (3 if optimizer.gradient else 1)
        losses = np.where(np.isfinite(told[0]), told[0], np.inf)
        if losses.min() < least:
            best, least = genomes[np.argmin(losses)].copy(), float(losses.min())
    right = [
        float((wrong_bits(data, fitness.predict(best, data.inputs)) == 0).mean())
        for data in (TASK.train, TASK.test)
    ]
    return least, right[0], right[1]


def row(name: str) -> str:
    losses, *shares = np.array([found(name, seed) for seed in range(SEEDS)]).T
    cells = [f"{np.median(losses):.3g} [{losses.min():.2g}–{losses.max():.2g}]"]
    cells += [f"{np.median(s):.0%} [{s.min():.0%}–{s.max():.0%}]" for s in shares]
    return f"|{name}|{'|'.join(cells)}|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/smallest_copy"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    head = "|optimizer|loss|training sequences right|longer sequences right|\n|---|---:|---:|---:|"
    report = REPORT.format(
        weights=MACHINE.weight_count,
        budget=BUDGET,
        seeds=SEEDS,
        constant=TASK.constant_loss,
        table="\n".join([head, *map(row, OPTIMIZERS)]),
    )
    (out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()
