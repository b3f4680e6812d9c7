"""How fast does a leg walk, and who gets beyond its first stride?

    python experiments/walker.py [--out results/walker]

The single leg of Beer, Chiel & Gallagher (1999), driven by CTRNNs of two, three and five neurons
that sense nothing. Standing on the foot and pushing makes one stride, and there most searches stay:
going on takes a rhythm, and half of one is worth nothing. Mathayomchan & Beer (2002) start from
centre-crossing networks, whose neurons respond where their input lies; the other start is random in
the whole range of the weights (w and θ in ±16, τ in [0.5, 10]).

The best velocity of this body is computed by optimal control (`evornn.simulators.walker`).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import evornn
from evornn.encodings import Bounded, CentreCrossing
from evornn.networks import CTRNN
from evornn.plots import draw_medians, figure, save
from evornn.simulators.walker import DT, best_velocity
from evornn.tasks import Walker

SEEDS, EVALUATIONS = 12, 10_000
SIZES = (2, 3, 5)
STARTS = {"random": Bounded(), "centre-crossing": CentreCrossing()}
OPTIMIZERS = ("random_search", "genetic", "differential_evolution", "cma_es")
#: who comes no further has made one stride, of 27.5
ONE_STRIDE = 30.0

REPORT = """# The single-leg walker

By `python experiments/walker.py`: {seeds} runs of {evaluations:,} evaluations for each row; average
forward velocity over T = {time:g} from the front limit of the leg. The body can reach {best:.4f},
by optimal control; one stride is {stride:.3f}. `one stride` is the share of runs that stayed
there. A network of two neurons drives the foot and pushes forward with the first, back with the
other.

{table}

![Shares of the best velocity that are missed](losses.png)

From a random start nearly all runs of the genetic algorithm and of CMA-ES stay at one stride, and
fewer of random search and of differential evolution. Round the centre nearly all get away. There
CMA-ES and, with five neurons, the genetic algorithm come within about one percent of what the body
can do, in the median, and the best networks of two neurons do so too. The optimum is no strict
rhythm: its last swing is cut short.
"""


class Row(NamedTuple):
    """All runs of one optimizer from one start with one size: velocities (seed,)."""

    neurons: int
    start: str
    optimizer: str
    velocities: np.ndarray


def measured() -> Iterator[Row]:
    for neurons in SIZES:
        task = Walker(outputs=min(neurons, 3))
        network = CTRNN(inputs=1, hidden=neurons, outputs=task.output_size)
        best = best_velocity(1, task.steps)
        for start, encoding in STARTS.items():
            for optimizer in OPTIMIZERS:
                losses = [
                    evornn.train(
                        task, network, optimizer, encoding=encoding, seed=seed,
                        evaluations=EVALUATIONS, start=evornn.Start("uniform", 1.0),
                    ).best_loss
                    for seed in range(SEEDS)
                ]  # fmt: skip
                row = Row(neurons, start, optimizer, best * (1.0 - np.array(losses)))
                print(*row[:3], np.round(np.sort(row.velocities), 3), flush=True)
                yield row


def table(rows: list[Row], time: float) -> str:
    lines = [
        "|neurons|start|optimizer|median velocity|best velocity|one stride|",
        "|---:|---|---|---:|---:|---:|",
    ]
    for row in rows:
        v = row.velocities
        stayed = np.mean(v * time < ONE_STRIDE)
        lines.append(
            f"|{row.neurons}|{row.start}|{row.optimizer}|{np.median(v):.3f}|{v.max():.3f}"
            f"|{stayed:.0%}|"
        )
    return "\n".join(lines)


def draw(rows: list[Row], best: float, path: Path) -> None:
    """Quartiles of 1 − v / v* for each size and start."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for row in rows:
        missed = np.percentile(1.0 - row.velocities / best, [25, 50, 75])
        found.setdefault(f"{row.neurons} neurons, {row.start}", {})[row.optimizer] = missed
    with figure(8.0, 4.6) as drawn:
        axes = drawn.subplots()
        draw_medians(axes, found, {"one stride": 1.0 - 27.5 / (best * Walker().steps * DT)})
        axes.set_xlabel("share of the best velocity that is missed, quartiles")
        axes.set_title("How far from the best a leg walks")
        save(drawn, path)


def write(rows: list[Row], out: Path) -> None:
    steps = Walker().steps
    best, time = best_velocity(1, steps), steps * DT
    with (out / "velocities.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["neurons", "start", "optimizer", "seed", "velocity"])
        for row in rows:
            for seed, velocity in enumerate(row.velocities):
                writer.writerow([*row[:3], seed, velocity])
    draw(rows, best, out / "losses.png")
    text = REPORT.format(
        seeds=SEEDS, evaluations=EVALUATIONS, time=time, best=best, stride=27.5 / time,
        table=table(rows, time),
    )  # fmt: skip
    (out / "report.md").write_text(text)
    print(f"best possible: {best:.4f}\n{table(rows, time)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/walker"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    write(list(measured()), out)


if __name__ == "__main__":
    main()
