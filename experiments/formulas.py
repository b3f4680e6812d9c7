"""Which network evaluates logical formulas that are deeper than those it was trained on?

    python experiments/formulas.py [--out results/formulas]

A recursive network and a recursive tensor network read the parse trees of formulas of depth 1 to 4;
a GRU and an Elman network of about as many weights read the same formulas as bracketed strings. All
are told the value of every formula within (or of the whole formula only), and are then asked for
the value of formulas up to depth 12. They are trained by Adam from 16 starts, and by a genetic
algorithm with five seeds.
"""

from __future__ import annotations

import argparse
import csv
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import mannwhitneyu

from evornn import Fitness, Start
from evornn.comparison.holm import holm
from evornn.networks import GRU, Elman, Recursive, RecursiveTensor
from evornn.optimizers import Adam, Genetic
from evornn.plots import figure, palette, save
from evornn.plots.style import label_right
from evornn.tasks import LogicalFormulas

OPERATORS = ("not", "and", "or", "xor")
TRAINED_DEPTH = 4
DEPTHS = (2, 4, 6, 8, 10, 12)
DEEPER = tuple(depth for depth in DEPTHS if depth > TRAINED_DEPTH)
FORMULAS = {"training": 400, "test": 200}  # the latter of each depth

#: form of the formulas, class, and options of each network
NETWORKS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "recursive tensor": ("words", RecursiveTensor, {"hidden": 3}),
    "recursive": ("words", Recursive, {"hidden": 7, "leaf": "embedded"}),
    "GRU": ("tokens", GRU, {"hidden": 4}),
    "Elman": ("tokens", Elman, {"hidden": 8}),
}
OPTIMIZERS = {
    "Adam": Adam(learning_rate=0.02, population_size=16),
    "genetic": Genetic(),
}
#: (what is judged, optimizer) -> rounds, seeds; Adam has its 16 starts at once
SEARCHES = {
    ("every", "Adam"): (1000, 1),
    ("root", "Adam"): (1000, 1),
    ("every", "genetic"): (600, 5),
}
TITLES = {
    ("every", "Adam"): "every formula judged, Adam",
    ("root", "Adam"): "whole formulas judged, Adam",
    ("every", "genetic"): "every formula judged, genetic algorithm",
}
START_SCALE = 0.5

REPORT = """# Logical formulas, deeper than trained

By `python experiments/formulas.py`. Training: 400 formulas of depth 1 to {trained}, of {operators}.
Tested on 200 formulas of each depth, drawn anew; of those of depth 2 a third are in the training,
of depth 4 none. The recursive networks read parse trees in which every symbol is a leaf, the others
the same formulas as bracketed strings.
Weights: {weights}.

Adam: 16 starts of 1,000 gradients (3,000 evaluations) each. Genetic algorithm: 5 seeds of 60,000
evaluations each. The answer to a formula that is always the same is right in about half.

Share of formulas of each depth whose value is right: median over the starts or seeds, for each of
its best genome on the training formulas. All: how many are right on every formula deeper than
{trained}. p: Mann-Whitney on the mean share over the depths beyond {trained}, each network against
the one below it, corrected by Holm over the table.

{tables}

![Share of formulas told right, by depth](depths.png)
"""


class Trained(NamedTuple):
    """One trained network: its loss, and the share of formulas told right at each of `DEPTHS`."""

    judged: str
    optimizer: str
    network: str
    loss: float
    right: tuple[float, ...]

    @property
    def deeper(self) -> float:
        """Mean share over the depths that were not trained."""
        return float(np.mean(self.right[-len(DEEPER) :]))


def task_of(form: str, judged: str, depth: int = TRAINED_DEPTH) -> LogicalFormulas:
    return LogicalFormulas(
        depth=depth,
        test_depth=depth + 1,
        formulas=FORMULAS["training"],
        test_formulas=FORMULAS["test"],
        form=form,
        operators=OPERATORS,
        judged=judged,
    )


def built(name: str) -> Any:
    form, cls, options = NETWORKS[name]
    return cls(inputs=task_of(form, "root").input_size, outputs=1, **options)


def search(fitness: Fitness, optimizer: Any, rounds: int, seed: int) -> np.ndarray:
    """The best genome of each start of a gradient method, else the best of all: (row, gene)."""
    rng = np.random.default_rng([seed, 11])
    found = optimizer.search(fitness.genes, Start(scale=START_SCALE, seed=seed), rng)
    best, least = np.empty((0, fitness.genes)), np.inf
    for _ in range(rounds):
        genomes = found.ask()
        if optimizer.gradient:
            found.tell(genomes, *fitness.value_and_grad(genomes))
            continue
        losses = fitness(genomes)
        if np.nanmin(losses) < least:
            best, least = genomes[[int(np.nanargmin(losses))]].copy(), float(np.nanmin(losses))
        found.tell(genomes, losses)
    return found.best_points if optimizer.gradient else best


def trained(name: str, judged: str, optimizer: str) -> list[Trained]:
    """All starts or seeds of one network."""
    form, network = NETWORKS[name][0], built(name)
    fitness = Fitness(task_of(form, judged), network, threads=1)
    rounds, seeds = SEARCHES[judged, optimizer]
    genomes = [
        genome
        for seed in range(seeds)
        for genome in search(fitness, OPTIMIZERS[optimizer], rounds, seed)
    ]
    # The test of a task goes on where its training ends: one task for each depth.
    tests = [task_of(form, "root", depth - 1).test for depth in DEPTHS]
    losses = fitness(np.array(genomes))
    return [
        Trained(
            judged,
            optimizer,
            name,
            float(loss),
            tuple(data.accuracy(fitness.predict(genome, data)) for data in tests),
        )
        for genome, loss in zip(genomes, losses, strict=True)
    ]


def table(rows: list[Trained]) -> str:
    depths = "|".join(f"depth {depth}" for depth in DEPTHS)
    lines = [f"|network|training loss|{depths}|all|p|", "|---|" + "---:|" * (len(DEPTHS) + 3)]
    groups = {name: [row for row in rows if row.network == name] for name in NETWORKS}
    chances = [
        mannwhitneyu([row.deeper for row in one], [row.deeper for row in other]).pvalue
        for one, other in pairwise(groups.values())
    ]
    p = [f"{chance:.2g}" for chance in holm(np.array(chances))] + ["–"]
    for (name, group), chance in zip(groups.items(), p, strict=True):
        loss = f"{np.median([row.loss for row in group]):.3g}"
        shares = [f"{share:.3f}" for share in np.median([row.right for row in group], axis=0)]
        perfect = f"{sum(row.deeper == 1.0 for row in group)}/{len(group)}"
        lines.append("|" + "|".join([name, loss, *shares, perfect, chance]) + "|")
    return "\n".join(lines)


def draw(rows: list[Trained], path: Path) -> None:
    colours = palette(NETWORKS)
    with figure(12.0, 3.9) as drawn:
        panels = drawn.subplots(1, len(SEARCHES), sharey=True)
        for axes, (key, title) in zip(panels, TITLES.items(), strict=True):
            ends = []
            for name, colour in colours.items():
                group = [
                    r.right for r in rows if (r.judged, r.optimizer, r.network) == (*key, name)
                ]
                low, middle, high = np.quantile(group, [0.25, 0.5, 0.75], axis=0)
                axes.fill_between(DEPTHS, low, high, color=colour, alpha=0.15, lw=0)
                axes.plot(DEPTHS, middle, "o-", ms=4, color=colour)
                ends.append((DEPTHS[-1], middle[-1], name, colour))
            axes.axhline(0.5, color="#767676", lw=0.8, ls=(0, (4, 3)), zorder=0)
            axes.axvspan(DEPTHS[0] - 0.5, TRAINED_DEPTH, color="#767676", alpha=0.1, lw=0)
            axes.set_title(title)
            axes.set_xlabel("depth of the formula (shaded: trained)")
            axes.set_xticks(DEPTHS)
            axes.set_xlim(DEPTHS[0] - 0.5, DEPTHS[-1] + 0.3)
            axes.set_ylim(0.42, 1.03)
            label_right(axes, ends)
        panels[0].set_ylabel("formulas told right (median, quartiles)")
        save(drawn, path)


def write(rows: list[Trained], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "formulas.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Trained._fields[:4], *(f"depth_{depth}" for depth in DEPTHS)])
        writer.writerows([*row[:3], f"{row.loss:.6g}", *row.right] for row in rows)
    draw(rows, folder / "depths.png")
    tables = [
        f"## {title[0].upper()}{title[1:]}\n\n{table([row for row in rows if row[:2] == key])}"
        for key, title in TITLES.items()
    ]
    report = REPORT.format(
        trained=TRAINED_DEPTH,
        operators=", ".join(OPERATORS),
        weights=", ".join(f"{name} {built(name).weight_count}" for name in NETWORKS),
        tables="\n\n".join(tables),
    )
    (folder / "report.md").write_text(report, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results/formulas"))
    out = parser.parse_args().out
    rows = []
    for judged, optimizer in SEARCHES:
        for name in NETWORKS:
            group = trained(name, judged, optimizer)
            deeper = np.median([row.deeper for row in group])
            print(f"{name}, {judged}, {optimizer}: {deeper:.3f}", flush=True)
            rows += group
    write(rows, out)


if __name__ == "__main__":
    main()
