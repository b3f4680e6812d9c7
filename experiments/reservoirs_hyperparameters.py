"""Is it worth evolving the spectral radius, leak and scalings of an echo state network?

    python experiments/reservoirs_hyperparameters.py [--seeds 8] [--out results/…]

NARMA-10, 100 units; every seed draws another reservoir and other data. In every row the readout of
least validation loss is chosen, and what is told is its error on test data:

* hand-set: spectral radius 0.9, leak 1, input weights in ±1, bias in ±0.2 (this package's default);
* the same four found by CMA-ES, and by random search, 96 evaluations each, an evaluation being a
  ridge regression (`evornn.fitness.RidgeFitness`), in the ranges of `evornn.networks.esn`;
* the same four and the readout in one genome, CMA-ES with 10,000 evaluations.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import evornn
from evornn.comparison.signed_rank import signed_rank_p
from evornn.encodings import Bounded
from evornn.fitness import Fitness, RidgeFitness, fit_readout
from evornn.networks import ESN
from evornn.optimizers import CMAES, RandomSearch
from evornn.plots.style import COLOURS, GREY, figure, save
from evornn.tasks import NARMA10
from evornn.tasks.narma10 import RESERVOIR_NMSE

EVOLVED = ("spectral_radius", "leak", "input_scaling", "bias_scaling")
UNITS, BUDGET, TOGETHER = 100, 96, 10_000
SEARCHES = {"CMA-ES": CMAES(), "random search": RandomSearch(population_size=8)}
HAND_SET = "hand-set, ridge"

REPORT = """# Evolved hyper-parameters of echo state networks

By `python experiments/reservoirs_hyperparameters.py`: NARMA-10, {units} units, {seeds} seeds; mean
squared error over variance on test data. The literature has about 0.16 for linear models and 0.107
for nonlinear reservoirs of 50 units. p is Wilcoxon's against the hand-set network, over the paired
seeds.

{table}

What CMA-ES found (median over the seeds): {genes}.

![Test error of each seed](hyperparameters.png)
"""


def error(task: NARMA10, network: ESN, weights: np.ndarray) -> float:
    """Mean squared error over variance on the test data."""
    assert task.test is not None
    fitness = Fitness(task, network, dtype="float64", split="test")
    return float(fitness(weights[np.newaxis])[0] / task.test.constant_loss)


def searched(task: NARMA10, network: ESN, optimizer: CMAES | RandomSearch, seed: int) -> np.ndarray:
    """All weights of the best network that a search over its hyper-parameters finds."""
    fitness = RidgeFitness(task, network, Bounded())
    search = optimizer.search(fitness.genes, evornn.Start(scale=0.5), np.random.default_rng(seed))
    best, least, spent = np.zeros(fitness.genes), np.inf, 0
    while spent < BUDGET:
        genomes = search.ask()
        losses = fitness(genomes)
        search.tell(genomes, np.where(np.isfinite(losses), losses, np.inf))
        spent += len(genomes)
        if losses.min() < least:
            best, least = genomes[np.argmin(losses)], losses.min()
    return fitness.decode(best[np.newaxis])[0]


def together(task: NARMA10, network: ESN, seed: int) -> np.ndarray:
    """All weights of the best network, readout and hyper-parameters searched for in one genome."""
    run = evornn.train(
        task, network, "cma_es", encoding=Bounded(range=(-1.0, 1.0)), evaluations=TOGETHER,
        seed=seed, start=evornn.Start(scale=0.1),
    )  # fmt: skip
    return np.concatenate([part.ravel() for part in run.best_weights.values()])


def measure(seeds: int) -> tuple[dict[str, list[float]], np.ndarray]:
    """Test errors of each seed by method, and what CMA-ES found (seed, hyper-parameter)."""
    found: dict[str, list[float]] = {}
    genes = []
    for seed in range(seeds):
        task = NARMA10(seed=seed)
        plain = ESN(inputs=1, hidden=UNITS, outputs=1, seed=seed)
        free = ESN(inputs=1, hidden=UNITS, outputs=1, seed=seed, evolved=EVOLVED)
        found.setdefault(HAND_SET, []).append(error(task, plain, fit_readout(plain, task)))
        for label, optimizer in SEARCHES.items():
            weights = searched(task, free, optimizer, seed)
            found.setdefault(f"{label}, ridge", []).append(error(task, free, weights))
            if label == "CMA-ES":
                genes.append([free.named(weights)[name][0] for name in EVOLVED])
        weights = together(task, free, seed)
        found.setdefault("CMA-ES, all in one genome", []).append(error(task, free, weights))
        print(seed, {label: round(values[-1], 4) for label, values in found.items()}, flush=True)
    return found, np.array(genes)


def table(found: dict[str, list[float]]) -> str:
    lines = ["|method|median|least|largest|p|", "|---|---:|---:|---:|---:|"]
    for label, values in found.items():
        p = signed_rank_p(np.array(values), np.array(found[HAND_SET]))
        told = "" if label == HAND_SET else f"{p:.2g}"
        figures = np.median(values), min(values), max(values)
        lines.append(f"|{label}|" + "|".join(f"{x:.4f}" for x in figures) + f"|{told}|")
    return "\n".join(lines)


def draw(found: dict[str, list[float]], path: Path) -> None:
    with figure(8.0, 3.2) as drawn:
        axes = drawn.subplots()
        for row, values in enumerate(found.values()):
            axes.semilogx(values, [row] * len(values), "o", color=COLOURS[0], alpha=0.6, mew=0)
        axes.axvline(RESERVOIR_NMSE, color=GREY, lw=1, ls="--")
        axes.set_yticks(range(len(found)), list(found))
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xticks(ticks := [0.05, 0.1, 0.2, 0.4], [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_title("NARMA-10: error of each seed (dashed: reservoirs of 50 units)")
        axes.set_xlabel("mean squared error / variance, test data")
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/reservoirs_hyperparameters"))
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found, genes = measure(options.seeds)
    draw(found, options.out / "hyperparameters.png")
    medians = zip(EVOLVED, np.median(genes, axis=0), strict=True)
    report = REPORT.format(
        units=UNITS, seeds=options.seeds, table=table(found),
        genes=", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in medians),
    )  # fmt: skip
    (options.out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()
