"""Do weights that were searched for remember letters better than those that a rule stores?

Eight letters that resemble each other, a tenth of the bits of each cue flipped, five sweeps. Three
storage rules write the weights of a Hopfield network, binary or continuous, in no time at all;
global search and, where there is a gradient, back-propagation through time look for the same 595
weights from small random ones. All are judged on cues that no search has seen, over seeds that draw
the damage and the search alike.

    python experiments/evolved_memory.py --out results/evolved_memory
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np

import evornn
from evornn.comparison.holm import holm
from evornn.comparison.signed_rank import signed_rank_p
from evornn.networks import ContinuousHopfield, Hopfield
from evornn.networks.storage import STORAGE_RULES
from evornn.optimizers import Adam, Genetic
from evornn.plots.style import COLOURS, GREY, figure
from evornn.tasks import LetterRecall

LETTERS = "ABCDEFGH"
UNITS = 35
EVALUATIONS = 40_000
# Small enough for the units to begin in the steep part of tanh: 2 · 0.1 · √35 is about 1.
START_SCALE = 0.1
#: the rules that the searches are tested against: the oldest and the best
RIVALS = ("hebbian", "pseudo_inverse")
NETWORKS = {
    "binary": Hopfield(UNITS, UNITS, UNITS),
    "continuous": ContinuousHopfield(UNITS, UNITS, UNITS, dt=0.5, gain=2.0),
}
OPTIMIZERS: dict[str, Any] = {
    "genetic": Genetic(population_size=300),
    "particle_swarm": "particle_swarm",
    "annealing": "population_annealing",
    "random_search": "random_search",
    "bptt_adam": Adam(learning_rate=0.01, population_size=10),
}

Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Evolve the weights of associative memories.")
    parser.add_argument("--out", type=Path, default=Path("results/evolved_memory"))
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows: Rows = []
    for seed in range(options.seeds):
        rows += of_seed(seed)
    with (options.out / "memories.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draw(rows, options.out / "memories.png")
    (options.out / "report.md").write_text(report(rows), encoding="utf-8")


def of_seed(seed: int) -> Rows:
    """All memories, stored and found, on the cues of one seed."""
    count = len(LETTERS)
    task = LetterRecall(
        letters=LETTERS,
        length=5,
        sequences=10 * count,
        test_sequences=100 * count,
        seed=seed,
    )
    rows = []
    for kind, network in NETWORKS.items():
        for rule in STORAGE_RULES:
            rows.append(judged(task, kind, rule, seed, network.store(task.patterns, rule)))
        for name, optimizer in OPTIMIZERS.items():
            if name == "bptt_adam" and "BPTT" not in network.trained_by:
                continue
            start = evornn.Start(scale=START_SCALE, seed=seed)
            run = evornn.train(
                task, network, optimizer, evaluations=EVALUATIONS, seed=seed, start=start
            )
            genome = np.concatenate([part.ravel() for part in run.best_weights.values()])
            rows.append(judged(task, kind, name, seed, genome))
    return rows


def judged(task: Any, kind: str, method: str, seed: int, genome: np.ndarray) -> dict[str, Any]:
    """Loss on the training cues; on test cues the loss, wrong bits, and letters without any."""
    network = NETWORKS[kind]
    train, test = (evornn.Fitness(task, network, split=split) for split in ("train", "test"))
    outputs, targets = test.predict(genome)[:, -1], task.test.targets[:, -1]
    wrong = np.sign(outputs) != targets
    return {
        "network": kind,
        "method": method,
        "seed": seed,
        "training_loss": train(genome[np.newaxis])[0],
        "test_loss": np.mean((outputs - targets) ** 2),
        "wrong_bits": wrong.mean(),
        "recalled": np.mean(~wrong.any(axis=1)),
    }


def column(rows: Rows, kind: str, method: str, field: str) -> np.ndarray:
    """The values of one memory, by seed."""
    return np.array([r[field] for r in rows if (r["network"], r["method"]) == (kind, method)])


def memories(rows: Rows) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row["network"], row["method"]) for row in rows))


def report(rows: Rows) -> str:
    """Medians and quartiles; the searches against the rules by paired signed-rank tests."""
    seeds = len({row["seed"] for row in rows})
    lines = [
        "# Letters remembered: stored by a rule, or found by search",
        f"Written by `experiments/evolved_memory.py`, evornn {evornn.__version__}. The letters "
        f"{LETTERS} of {UNITS} bits, {round(0.1 * UNITS)} of them flipped in each cue, 5 sweeps; "
        f"{EVALUATIONS:,} evaluations a search (a gradient counts as 3), {seeds} seeds. Medians "
        "and quartiles on unseen cues; a letter is recalled when no bit is wrong.",
        "![](memories.png)",
        "|network|weights by|training loss|test loss|wrong bits|letters recalled|\n"
        "|---|---|---:|---:|---:|---:|\n"
        + "\n".join(_row(rows, *memory) for memory in memories(rows)),
        "## Recalled letters: each search against two storage rules on the same network",
        f"Signed-rank tests over {seeds} paired seeds, corrected by Holm's method.",
        _tests(rows),
    ]
    return "\n\n".join(lines) + "\n"


def _row(rows: Rows, kind: str, method: str) -> str:
    cells = []
    for field, scale, digits in (
        ("training_loss", 1, 4),
        ("test_loss", 1, 4),
        ("wrong_bits", 100, 2),
        ("recalled", 100, 1),
    ):
        low, middle, high = np.quantile(column(rows, kind, method, field), [0.25, 0.5, 0.75])
        unit = " %" if scale == 100 else ""
        cells.append(
            f"{scale * middle:.{digits}f}{unit} "
            f"[{scale * low:.{digits}f}–{scale * high:.{digits}f}]"
        )
    return f"|{kind}|{method}|" + "|".join(cells) + "|"


def _tests(rows: Rows) -> str:
    pairs = [
        (kind, method, rule)
        for kind, method in memories(rows)
        if method not in STORAGE_RULES
        for rule in RIVALS
    ]
    found = [[column(rows, kind, name, "recalled") for name in names] for kind, *names in pairs]
    p = holm(np.array([signed_rank_p(*both) for both in found]))
    lines = ["|network|search|rule|median difference|p|", "|---|---|---|---:|---:|"]
    for (kind, method, rule), (a, b), corrected in zip(pairs, found, p, strict=True):
        difference = 100.0 * np.median(a - b)
        lines.append(f"|{kind}|{method}|{rule}|{difference:+.1f} %|{corrected:.3f}|")
    return "\n".join(lines)


def draw(rows: Rows, path: Path) -> None:
    """Share of recalled letters, a dot per seed and a bar at the median."""
    names = memories(rows)
    with figure(8.0, 5.0) as canvas:
        axes = canvas.subplots()
        for y, (kind, method) in enumerate(names):
            shares = column(rows, kind, method, "recalled")
            colour = GREY if method in STORAGE_RULES else COLOURS[kind == "continuous"]
            spread = y + np.linspace(-0.2, 0.2, len(shares))
            axes.plot(shares, spread, ".", color=colour)
            axes.plot([np.median(shares)] * 2, [y - 0.35, y + 0.35], color=colour, linewidth=2.5)
        axes.set_yticks(range(len(names)), [f"{method}, {kind}" for kind, method in names])
        axes.invert_yaxis()
        axes.set(xlabel="share of unseen cues recalled without a wrong bit", xlim=(-0.02, 1.02))
        axes.set_title("Eight letters; grey: storage rules")
        canvas.savefig(path)


if __name__ == "__main__":
    main()
