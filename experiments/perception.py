"""Who learns to tell circles from what must be avoided, and does it hold for places never seen?

    python experiments/perception.py [--out results/perception]

Categorical perception (Beer 2003, with lines; Beer 1996, with diamonds): 24 trials to learn from,
and 10,000 new ones to generalise to. CTRNNs read seven rays and drive two motors; with the encoding
`symmetric` their left half is the mirror image of the right one, else every weight is its own gene.
`hidden` is 7, five interneurons and two motor neurons, or 14, with seven more for the rays.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import evornn
from evornn.encodings import Direct, Encoding, Symmetric
from evornn.networks import CTRNN
from evornn.plots import draw_medians, figure, save
from evornn.tasks import Perception

SEEDS, EVALUATIONS, NEW_TRIALS = 12, 10_000, 10_000
OBJECTS = ("line", "diamond")
OPTIMIZERS = ("genetic", "cma_es")

REPORT = """# Categorical perception

By `python experiments/perception.py`: {seeds} runs of {evaluations:,} evaluations for each row. The
score is 100 % less the mean loss, on the 24 trials and on {new:,} new ones at places drawn evenly
within the same range; medians, and the best run by its new trials. Chance, or standing still, is
near 50 %. Beer's agent has 97 % on its 24 trials.

{table}

![Losses on new trials](losses.png)
"""


class Row(NamedTuple):
    """All runs of one kind: losses (seed,) on the 24 and on new trials."""

    avoid: str
    hidden: int
    encoding: str
    optimizer: str
    learnt: np.ndarray
    new: np.ndarray


def encodings(hidden: int) -> dict[str, Encoding]:
    inner = (5,) if hidden == 7 else (5, 7)
    return {"symmetric": Symmetric(units=inner), "direct": Direct()}


def measured() -> Iterator[Row]:
    for avoid in OBJECTS:
        task = Perception(avoid, validation_trials=0, test_trials=NEW_TRIALS)
        for hidden in (7, 14):
            network = CTRNN(inputs=7, hidden=hidden, outputs=2, gains=True)
            for label, encoding in encodings(hidden).items():
                unseen = evornn.Fitness(task, network, encoding, split="test")
                for optimizer in OPTIMIZERS:
                    runs = [
                        evornn.train(
                            task, network, optimizer, encoding=encoding, seed=seed,
                            evaluations=EVALUATIONS,
                        )
                        for seed in range(SEEDS)
                    ]  # fmt: skip
                    new = unseen(np.array([run.best_genome for run in runs]))
                    learnt = np.array([run.best_loss for run in runs])
                    row = Row(avoid, hidden, label, optimizer, learnt, new)
                    print(*row[:4], np.round(np.sort(new), 3), flush=True)
                    yield row


def table(rows: list[Row]) -> str:
    lines = [
        "|to avoid|hidden|encoding|optimizer|24 trials|new trials|best, 24|best, new|",
        "|---|---:|---|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        best = int(np.argmin(row.new))
        numbers = [np.median(row.learnt), np.median(row.new), row.learnt[best], row.new[best]]
        scores = "|".join(f"{1.0 - loss:.1%}" for loss in numbers)
        lines.append(f"|{row.avoid}|{row.hidden}|{row.encoding}|{row.optimizer}|{scores}|")
    return "\n".join(lines)


def draw(rows: list[Row], path: Path) -> None:
    found: dict[str, dict[str, np.ndarray]] = {}
    for row in rows:
        name = f"{row.avoid}, {row.hidden} units, {row.encoding}"
        found.setdefault(name, {})[row.optimizer] = np.percentile(row.new, [25, 50, 75])
    with figure(8.0, 4.6) as drawn:
        axes = drawn.subplots()
        draw_medians(axes, found, {"Beer's 24 trials": 0.03})
        axes.set_xlabel(f"loss on {NEW_TRIALS:,} new trials, quartiles")
        axes.set_title("Circles caught, others avoided")
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/perception"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rows = list(measured())
    draw(rows, out / "losses.png")
    text = REPORT.format(seeds=SEEDS, evaluations=EVALUATIONS, new=NEW_TRIALS, table=table(rows))
    (out / "report.md").write_text(text)
    print(table(rows))


if __name__ == "__main__":
    main()
