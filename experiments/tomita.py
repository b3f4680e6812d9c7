"""Which network learns Tomita's grammars from short strings, and which machine does it become?

    python experiments/tomita.py [--out results/tomita]

A second-order network and an Elman network of about as many weights are trained on 200 strings of
up to 10 symbols from each grammar: by Adam from 16 starts, and by a genetic algorithm with five
seeds. They are tested on strings of 11 to 50 symbols. From every trained network the finite-state
machine is extracted, and compared with the grammar's own.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import mannwhitneyu

from evornn import Fitness, Start, analysis
from evornn.comparison.holm import holm
from evornn.networks import Elman, SecondOrder
from evornn.optimizers import Adam, Genetic
from evornn.plots import draw_state_machine, figure, palette, save
from evornn.tasks import Tomita
from evornn.tasks.automaton import Automaton

#: networks, and the range of their units
NETWORKS: dict[str, tuple[Any, tuple[float, float]]] = {
    "second-order": (SecondOrder(inputs=3, hidden=5, outputs=1), (0.0, 1.0)),
    "Elman": (Elman(inputs=3, hidden=6, outputs=1), (-1.0, 1.0)),
}
OPTIMIZERS = {
    "Adam": Adam(learning_rate=0.03, population_size=16),
    "genetic": Genetic(),
}
START_SCALE = 1.0
ROUNDS = {"Adam": 1000, "genetic": 300}
SEEDS = {"Adam": 1, "genetic": 5}  # Adam has its 16 starts at once
MOST_BINS = 6

REPORT = """# Tomita's grammars

By `python experiments/tomita.py`. A second-order network of 5 units (75 weights) and an Elman
network of 6 (67 weights) learn from 200 strings of up to 10 symbols, half of them accepted, and are
tested on 500 strings of 11 to 50 symbols, a quarter of them near misses. Adam: 16 starts of 1,000
gradients each. Genetic algorithm: 5 seeds of 30,000 evaluations each.

Right on the longer strings: median over the starts or seeds, in brackets how many are right on all
500. p: Mann-Whitney, second-order against Elman over the 16 starts of Adam, corrected by Holm over
the seven grammars.

{accuracy}

![Share of longer strings right](accuracy.png)

## Machines

The state space is cut into 2 to {most_bins} bins for each unit; a machine counts as found with the
fewest bins for which it answers all 2,047 strings of up to 10 symbols as its network does. The
table says how many of the trained networks gave a machine at all, and how many the grammar's own
(isomorphic after minimisation).

{machines}

Shown, for each grammar, is the machine that one would choose without knowing the grammar: of those
that Adam's second-order networks became and that are right on all training strings, the one with
the fewest states.

![Extracted machines](machines.png)

{tables}
"""


class Trained(NamedTuple):
    """One trained network."""

    grammar: int
    network: str
    optimizer: str
    loss: float
    accuracy: float
    test_accuracy: float
    machine: Automaton | None
    bins: int | None
    machine_right: float
    machine_test: float
    true: bool


def search(fitness: Fitness, optimizer: Any, rounds: int, seed: int) -> np.ndarray:
    """The best genome of each start of a gradient method, else the best of all: (row, gene)."""
    found = optimizer.search(fitness.genes, Start(scale=START_SCALE, seed=seed), _rng(seed))
    best, least = np.empty((0, fitness.genes)), np.inf
    for _ in range(rounds):
        genomes = found.ask()
        if optimizer.gradient:
            found.tell(genomes, *fitness.value_and_grad(genomes))
            continue
        losses = fitness(genomes)
        if losses.min() < least:
            best, least = genomes[[int(np.argmin(losses))]].copy(), float(losses.min())
        found.tell(genomes, losses)
    return found.best_points if optimizer.gradient else best


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 7])


def answers(machine: Automaton, data: Any) -> float:
    """Share of the strings of `data` that the machine tells right."""
    right = []
    for inputs, length, target in zip(data.inputs, data.lengths, data.targets, strict=True):
        symbols = inputs[: length - 1].argmax(axis=1)
        accepted = machine.accepts("".join(machine.alphabet[k] for k in symbols))
        right.append(accepted == bool(target[0, 0]))
    return float(np.mean(right))


def trained(grammar: int, name: str, optimizer: str) -> list[Trained]:
    """All restarts of one network on one grammar."""
    task, (network, (low, high)) = Tomita(grammar=grammar), NETWORKS[name]
    fitness = Fitness(task, network)
    genomes = [
        genome
        for seed in range(SEEDS[optimizer])
        for genome in search(fitness, OPTIMIZERS[optimizer], ROUNDS[optimizer], seed)
    ]
    rows = []
    for genome in genomes:
        weights = fitness.decode(genome[np.newaxis])[0]
        found = analysis.faithful(network, weights, "01", low=low, high=high, most_bins=MOST_BINS)
        machine, bins = found or (None, None)
        rows.append(
            Trained(
                grammar,
                name,
                optimizer,
                float(fitness(genome[np.newaxis])[0]),
                task.train.accuracy(fitness.predict(genome)),
                task.test.accuracy(fitness.predict(genome, task.test.inputs)),
                machine,
                bins,
                answers(machine, task.train) if machine else np.nan,
                answers(machine, task.test) if machine else np.nan,
                machine is not None and analysis.equivalent(machine, task.automaton),
            )
        )
    return rows


def accuracy_table(rows: list[Trained]) -> str:
    columns = [(n, o) for o in OPTIMIZERS for n in NETWORKS]
    lines = ["|grammar|" + "|".join(f"{n}, {o}" for n, o in columns) + "|p|"]
    lines.append("|---|" + "---:|" * (len(columns) + 1))
    grammars = sorted({row.grammar for row in rows})
    p = holm(np.array([difference(rows, grammar) for grammar in grammars]))
    for grammar, chance in zip(grammars, p, strict=True):
        cells = []
        for column in columns:
            found = tested(rows, grammar, *column)
            cells.append(f"{np.median(found):.3f} ({np.sum(found == 1.0)}/{len(found)})")
        lines.append(f"|{grammar}|" + "|".join(cells) + f"|{chance:.2g}|")
    return "\n".join(lines)


def tested(rows: list[Trained], grammar: int, network: str, optimizer: str) -> np.ndarray:
    wanted = (grammar, network, optimizer)
    return np.array([row.test_accuracy for row in rows if row[:3] == wanted])


def difference(rows: list[Trained], grammar: int) -> float:
    """p of the test accuracies of the two networks trained by Adam, by Mann and Whitney."""
    pair = [tested(rows, grammar, network, "Adam") for network in NETWORKS]
    return float(mannwhitneyu(*pair).pvalue)


def machine_table(rows: list[Trained]) -> str:
    columns = [(n, o) for o in OPTIMIZERS for n in NETWORKS]
    lines = ["|grammar|" + "|".join(f"{n}, {o}" for n, o in columns) + "|"]
    lines.append("|---|" + "---:|" * len(columns))
    for grammar in sorted({row.grammar for row in rows}):
        cells = []
        for column in columns:
            group = [row for row in rows if row[:3] == (grammar, *column)]
            found, true = (
                (sum(row.machine is not None for row in group)),
                sum(row.true for row in group),
            )
            cells.append(f"{found} found, {true} true, of {len(group)}")
        lines.append(f"|{grammar}|" + "|".join(cells) + "|")
    return "\n".join(lines)


def chosen(rows: list[Trained], grammar: int) -> Trained | None:
    """The network with the smallest machine that is right on all training strings."""
    right = [
        row
        for row in rows
        if row[:3] == (grammar, "second-order", "Adam") and row.machine and row.machine_right == 1.0
    ]
    return min(right, key=lambda row: (row.machine.states, row.loss), default=None)


def machine_tables(choice: dict[int, Trained | None]) -> str:
    parts = []
    for grammar, row in choice.items():
        parts.append(f"### Grammar {grammar}\n")
        if row is None:
            parts.append("No network became a machine that is right on the training strings.\n")
            continue
        verdict = "the grammar's own machine" if row.true else "not the grammar's machine"
        parts.append(
            f"{row.machine.states} states from {row.bins} bins, {verdict}. On the longer strings "
            f"the machine is right in {row.machine_test:.1%}, its network in "
            f"{row.test_accuracy:.1%}.\n\n{row.machine.table()}\n"
        )
    return "\n".join(parts)


def draw_machines(choice: dict[int, Trained | None], path: Path) -> None:
    with figure(12.0, 6.4) as drawn:
        panels = drawn.subplots(2, 4).ravel()
        for axes, (grammar, row) in zip(panels, choice.items(), strict=False):
            axes.axis("off")
            axes.set_title(
                f"grammar {grammar}" + ("" if row and row.true else ": not the true one")
            )
            if row:
                machine = row.machine
                draw_state_machine(axes, machine.alphabet, machine.transitions, machine.accepting)
        for axes in panels[len(choice) :]:
            axes.axis("off")
        save(drawn, path)


def draw_accuracy(rows: list[Trained], path: Path) -> None:
    columns = [(n, o) for o in OPTIMIZERS for n in NETWORKS]
    colours = palette([", ".join(column) for column in columns])
    with figure(10.0, 3.8) as drawn:
        axes = drawn.subplots()
        for grammar in sorted({row.grammar for row in rows}):
            for k, column in enumerate(columns):
                found, label = np.sort(tested(rows, grammar, *column)), ", ".join(column)
                place = grammar + 0.2 * (k - 1.5)
                x = place + np.linspace(-0.07, 0.07, len(found))
                name = label if grammar == 1 else None
                axes.plot(x, found, "o", ms=3, color=colours[label], label=name)
                axes.plot(
                    [place - 0.09, place + 0.09], [np.median(found)] * 2, color=colours[label]
                )
        axes.axhline(0.5, color="#767676", lw=0.8, ls=(0, (4, 3)), zorder=0)
        axes.set_xlabel("grammar")
        axes.set_ylabel("longer strings told right")
        axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=4)
        save(drawn, path)


def write_runs(rows: list[Trained], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([name if name != "machine" else "states" for name in Trained._fields])
        for row in rows:
            states = row.machine.states if row.machine else ""
            writer.writerow(row._replace(machine=states))


def main() -> None:
    parser = argparse.ArgumentParser(description="Tomita's grammars.")
    parser.add_argument("--out", type=Path, default=Path("results/tomita"))
    parser.add_argument("--grammars", type=int, nargs="+", default=list(range(1, 8)))
    arguments = parser.parse_args()
    rows: list[Trained] = []
    for grammar in arguments.grammars:
        for name in NETWORKS:
            for optimizer in OPTIMIZERS:
                rows += trained(grammar, name, optimizer)
                last = tested(rows, grammar, name, optimizer)
                print(grammar, name, optimizer, np.median(last), last.max(), flush=True)
    choice = {grammar: chosen(rows, grammar) for grammar in arguments.grammars}
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    draw_accuracy(rows, out / "accuracy.png")
    draw_machines(choice, out / "machines.png")
    write_runs(rows, out / "runs.csv")
    report = REPORT.format(
        accuracy=accuracy_table(rows),
        machines=machine_table(rows),
        tables=machine_tables(choice),
        most_bins=MOST_BINS,
    )
    (out / "report.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
