"""Does evolution find a gated cell that learns to add better than an LSTM?

The wiring of a cell is searched for by regularized evolution (Real et al. 2019): of the cells alive
a few are drawn, the best of them has a child with one mutation, and the oldest dies. It begins with
an Elman network's cell and knows nothing of gates. A cell is judged by what it learns: networks of
as many units as come nearest to the number of weights of an LSTM are trained by Adam from several
starting points, all side by side, and the geometric mean of their losses on other sequences, after
a fixed number of steps, counts. As a wiring is a program that one compiled step interprets, no cell
is compiled.

The best cell found, LSTMs, a GRU and the Elman network are then judged once more, on sequences and
from starting points that the search has not seen, and on longer sequences.

    python experiments/evolved_cell.py --out results/evolved_cell
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import evornn
from evornn.networks import GatedCell
from evornn.networks.cell_mutation import mutated
from evornn.networks.gated_cell import GRU_CELL, LSTM_CELL
from evornn.optimizers import Adam, Start
from evornn.tasks import Adding, Task

SIZES = {"inputs": 2, "hidden": 6, "outputs": 1}
LSTM, GRU = GatedCell(**SIZES, **LSTM_CELL), GatedCell(**SIZES, **GRU_CELL)
#: as it is often begun: remembering
REMEMBERING_LSTM = evornn.networks.LSTM(**SIZES, forget_bias=1.0)
ELMAN = GatedCell(**SIZES, maps=("xh",), nodes=("tanh a1",), hidden_is="n1", cell_is="c")
LENGTH, SEQUENCES = 20, 150
STEPS, RATE, SCALE = 250, 0.02, 0.3
#: cells alive, and those of which the best has a child
ALIVE, DRAWN = 24, 5


@dataclass(frozen=True)
class Judged:
    """A cell and the losses (start,) of its networks after training, on sequences of one split."""

    cell: Any
    losses: np.ndarray

    @property
    def score(self) -> float:
        """Geometric mean of the losses, which any of them moves; inf where one is not finite."""
        finite = np.isfinite(self.losses).all()
        return float(np.exp(np.log(self.losses).mean())) if finite else np.inf


def sized(cell: Any) -> Any:
    """`cell` with as many units as bring its weights nearest to those of the LSTM."""
    sizes = [replace(cell, hidden=units) for units in range(1, 40)]
    return min(sizes, key=lambda one: abs(one.weight_count - LSTM.weight_count))


def judged(cell: Any, task: Task, starts: int, seed: int, split: str) -> Judged:
    """Train `cell` by Adam from that many starting points; each step is a gradient of all data."""
    cell = sized(cell)
    fitness = evornn.Fitness(task, cell, threads=1)
    start, rng = Start(scale=SCALE, seed=seed), np.random.default_rng(seed)
    search = Adam(RATE, population_size=starts).search(fitness.genes, start, rng)
    for _ in range(STEPS):
        genomes = search.ask()
        search.tell(genomes, *fitness.value_and_grad(genomes))
    return Judged(cell, evornn.Fitness(task, cell, threads=1, split=split)(search.ask()))


def evolve(cells: int, starts: int, seed: int) -> list[Judged]:
    """All cells in the order of their birth."""
    rng, task = np.random.default_rng(seed), Adding(LENGTH, SEQUENCES)
    born = [judged(ELMAN, task, starts, seed, "validation")]
    while len(born) < cells:
        alive = born[-ALIVE:]
        drawn = [alive[row] for row in rng.integers(len(alive), size=DRAWN)]
        parent = min(drawn, key=lambda each: each.score)
        child = mutated(parent.cell, rng)
        born.append(judged(child, task, starts, seed, "validation"))
        if len(born) % 50 == 0:
            print(f"{len(born)} cells, best {min(each.score for each in born):.3g}", flush=True)
    return born


def compared(found: GatedCell, starts: int, seed: int) -> list[str]:
    """A table of losses on unseen sequences, of the length of the search and twice as long."""
    lines = [
        f"|cell|units|weights|{LENGTH} steps|{2 * LENGTH} steps|",
        "|---|---:|---:|---:|---:|",
    ]
    known = {"LSTM": LSTM, "LSTM, forget bias 1": REMEMBERING_LSTM, "GRU": GRU, "Elman": ELMAN}
    for name, cell in {"found": found, **known}.items():
        row = f"|{name}|{sized(cell).hidden}|{sized(cell).weight_count}|"
        for length in (LENGTH, 2 * LENGTH):
            task = Adding(length, SEQUENCES, seed=1)
            losses = judged(cell, task, starts, seed, "test").losses
            low, middle, high = np.quantile(losses, [0.25, 0.5, 0.75])
            row += f"{middle:.2g} ({low:.2g} to {high:.2g})|"
        lines.append(row)
    return lines


def report(born: list[Judged], seconds: float, table: list[str]) -> str:
    best = min(born, key=lambda each: each.score)
    equations = "\n".join(best.cell.equations())
    lstm = "\n".join(LSTM.equations())
    return "\n\n".join(
        [
            "# A cell evolved to add",
            f"Written by `experiments/evolved_cell.py`, evornn {evornn.__version__}. {len(born)} "
            f"cells, each trained by {STEPS} steps of Adam from {len(best.losses)} starting points "
            f"on {SEQUENCES} sequences of {LENGTH} steps; {seconds / len(born):.1f} processor "
            "seconds a cell, and none for compiling. The cell found:",
            f"```\n{equations}\n```",
            "The LSTM, in the same notation:",
            f"```\n{lstm}\n```",
            "Mean squared errors on test sequences after the same training on other sequences from "
            "other starting points: median and quartiles. Always saying 1 gives 0.17.",
            "\n".join(table),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Evolve the wiring of a gated cell.")
    parser.add_argument("--out", type=Path, default=Path("results/evolved_cell"))
    parser.add_argument("--cells", type=int, default=500)
    parser.add_argument("--starts", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    judged(
        ELMAN, Adding(LENGTH, SEQUENCES), options.starts, 0, "validation"
    )  # compiled before the clock runs
    began = process_time()
    born = evolve(options.cells, options.starts, options.seed)
    seconds = process_time() - began
    best = min(born, key=lambda each: each.score)
    text = report(born, seconds, compared(best.cell, 2 * options.starts, options.seed + 1))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "report.md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
