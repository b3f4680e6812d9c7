"""Every optimizer in one table and one picture: its ranks over six tasks with three networks each.

    python -m benchmarks.optimizer_ranks [--results results]

Reads the summaries of `experiments/every_optimizer.py`, and writes every_optimizer/ranks.csv,
ranks.png and report.md beside them. An optimizer's rank on a task with a network is that of its
median loss among all optimizers; equal losses share their ranks.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from evornn.optimizers import REGISTRY
from evornn.plots import figure, save

PREFIX = "every_optimizer_"
NETWORKS = {"fully_recurrent": "full", "gru": "GRU", "lstm": "LSTM"}

REPORT = """# Every optimizer: ranks

By `python -m benchmarks.optimizer_ranks`, from the folders `{prefix}*`: {tasks} tasks with
{networks} networks each, {count} optimizers with their defaults, 10,000 evaluations a run, a
gradient counted as three. An optimizer's rank on a task with a network is that of its median loss
(1 is the best); the table has the means over all {pairs}, the best and the worst by test loss, and
the share of all {runs:,} runs of each that reached the target of the task in training.

Test losses of different optimizers lie close together where none of them learns anything that
holds for new data, and ranks are chance there.

{table}

![Ranks by test loss](ranks.png)
"""


class Ranked(NamedTuple):
    """Ranks (optimizer, pair of task and network) by loss, and shares of runs at the target."""

    optimizers: Sequence[str]
    pairs: Sequence[tuple[str, str]]
    test: np.ndarray
    training: np.ndarray
    reached: np.ndarray
    runs: int


def ranked(results: Path) -> Ranked:
    """What the summaries in the folder `results` say."""
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for path in sorted(results.glob(f"{PREFIX}*/summary.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                pair = path.parent.name.removeprefix(PREFIX), row["network"]
                found.setdefault(pair, {})[row["optimizer"]] = row
    names = [name for name in REGISTRY if all(name in rows for rows in found.values())]

    def numbers(column: str) -> np.ndarray:
        table = [[float(rows[name][column]) for rows in found.values()] for name in names]
        return np.array(table)

    runs = numbers("runs")
    return Ranked(
        names,
        list(found),
        rankdata(numbers("test_median"), axis=0),
        rankdata(numbers("training_median"), axis=0),
        numbers("successes").sum(axis=1) / runs.sum(axis=1),
        int(runs[0].sum()),
    )


def order(ranks: Ranked) -> np.ndarray:
    """Indices of the optimizers, the best mean rank by test loss first."""
    return np.argsort(ranks.test.mean(axis=1), kind="stable")


def rows(ranks: Ranked) -> list[tuple[str, ...]]:
    """Cells of the table, the best first."""
    return [
        (
            ranks.optimizers[k],
            f"{ranks.test[k].mean():.1f}",
            f"{ranks.training[k].mean():.1f}",
            f"{ranks.test[k].min():g}",
            f"{ranks.test[k].max():g}",
            f"{ranks.reached[k]:.0%}",
        )
        for k in order(ranks)
    ]


HEADINGS = ("optimizer", "test", "training", "best", "worst", "at target")


def write(ranks: Ranked, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "ranks.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADINGS, *rows(ranks)])
    table = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *rows(ranks)]
    tasks, networks = (len({pair[k] for pair in ranks.pairs}) for k in (0, 1))
    text = REPORT.format(
        prefix=PREFIX,
        tasks=tasks,
        networks=networks,
        count=len(ranks.optimizers),
        pairs=len(ranks.pairs),
        runs=ranks.runs,
        table="\n".join("|".join(("", *cells, "")) for cells in table),
    )
    (out / "report.md").write_text(text)
    draw(ranks, out / "ranks.png")


def draw(ranks: Ranked, path: Path) -> None:
    """A row for each optimizer, a column for each task and network, dark where the rank is good."""
    best_first = order(ranks)
    with figure(9.0, 8.0) as drawn:
        axes = drawn.subplots()
        image = axes.imshow(ranks.test[best_first], cmap="viridis", aspect="auto")
        axes.set_yticks(range(len(best_first)), [ranks.optimizers[k] for k in best_first])
        labels = [NETWORKS[network] for _, network in ranks.pairs]
        axes.set_xticks(range(len(labels)), labels, fontsize=7.5, rotation=90)
        tasks = [task for task, _ in ranks.pairs]
        for task in dict.fromkeys(tasks):
            columns = [k for k, name in enumerate(tasks) if name == task]
            axes.text(
                float(np.mean(columns)), -0.8, task.replace("_", "\n"), ha="center", va="bottom",
                fontsize=8.5,
            )  # fmt: skip
            axes.axvline(max(columns) + 0.5, color="white", lw=2.0)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        drawn.colorbar(image, label="rank by median test loss, 1 is the best", shrink=0.6)
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", type=Path, default=Path("results"))
    results = parser.parse_args().results
    ranks = ranked(results)
    write(ranks, results / "every_optimizer")
    for cells in (HEADINGS, *rows(ranks)):
        print("".join(f"{cell:>22}" if k == 0 else f"{cell:>10}" for k, cell in enumerate(cells)))


if __name__ == "__main__":
    main()
