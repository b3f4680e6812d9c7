"""How much does an associative memory hold, and what does it take to make it forget?

Four measurements, with random patterns but for the second, every one of them a batch of genomes in
the same engine that trains networks:

* capacity: the overlap with a stored pattern at which a Hopfield network settles, started at the
  pattern itself, against the load α = P/N; beside it the theory of Amit, Gutfreund & Sompolinsky
  (1985), whose solution at no temperature is, with y as the parameter,
  α = ½ (erf(y)/y − 2 exp(−y²)/√π)², m = erf(y); and three storage rules with damaged cues;
* letters: what becomes of damaged letters, sweep after sweep;
* cuts: recall against the share of a network's connections that are cut;
* bidirectional memories: recall of the partner against the number of pairs, and against the inverse
  temperature of stochastic units.

    python experiments/associative_memory.py --out results/associative_memory

A table that is in the folder is not measured again: remove it to make it anew.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import evornn
from evornn.networks import BAM, Hopfield
from evornn.networks.storage import STORAGE_RULES
from evornn.networks.symmetric import triangle_size
from evornn.plots.style import COLOURS, GREY, figure
from evornn.tasks import LetterRecall, PatternRecall

CRITICAL_LOAD = 0.138  # Amit, Gutfreund & Sompolinsky 1985
#: units -> sets of patterns to average over
SIZES = {100: 20, 200: 10, 500: 6, 1000: 4}
LOADS = np.round(np.concatenate([np.arange(0.04, 0.1, 0.02), np.arange(0.1, 0.21, 0.01)]), 3)
RULE_LOADS = np.round(np.arange(0.05, 1.0, 0.05), 3)
CUES, SWEEPS = 32, 30
LETTERS = "ACELTX"
CUT_LOADS = (0.025, 0.05, 0.1)
CUTS = np.round(np.arange(0.0, 1.0, 0.1), 1)
PAIRS = (2, 4, 6, 8, 10, 12, 16, 20, 25, 30, 40)
BETAS = (0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)

Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure associative memories.")
    parser.add_argument("--out", type=Path, default=Path("results/associative_memory"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    tables = {name: table(out / f"{name}.csv", measure) for name, measure in MEASUREMENTS.items()}
    draw_capacity(tables["capacity"], tables["rules"], out / "capacity.png")
    draw_letters(out / "letters.png")
    draw_cuts(tables["cuts"], out / "cuts.png")
    draw_bidirectional(tables["bidirectional"], tables["temperature"], out / "bidirectional.png")
    (out / "report.md").write_text(report(tables), encoding="utf-8")


def table(path: Path, measure: Callable[[], Rows]) -> Rows:
    """The rows of a table, measured and written where it is not there yet."""
    if not path.exists():
        rows = measure()
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(file)]


def _value(text: str) -> float | str:
    return text if text in STORAGE_RULES else float(text)


def overlaps(task: Any, network: Any, genomes: np.ndarray) -> np.ndarray:
    """Mean overlap (genome,) of the last outputs with the targets: of ±1, loss = 2 (1 − m)."""
    return 1.0 - evornn.Fitness(task, network)(genomes) / 2.0


def capacity() -> Rows:
    """Hebb's rule, cued with the stored pattern itself, for networks of several sizes."""
    rows: Rows = []
    for units, sets in SIZES.items():
        network = Hopfield(units, units, units)
        for seed in range(sets):
            task = _patterns(units, seed, LOADS, share=0.0)
            genomes = _loaded(network, task.patterns, LOADS, "hebbian")
            for load, m in zip(LOADS, overlaps(task, network, genomes), strict=True):
                rows.append({"units": units, "seed": seed, "load": load, "overlap": m})
    return rows


def rules(units: int = 200, sets: int = 6) -> Rows:
    """The storage rules, cued with patterns of which a tenth of the bits is flipped."""
    rows: Rows = []
    network = Hopfield(units, units, units)
    for seed in range(sets):
        task = _patterns(units, seed, RULE_LOADS, share=0.1)
        for rule in STORAGE_RULES:
            genomes = _loaded(network, task.patterns, RULE_LOADS, rule)
            for load, m in zip(RULE_LOADS, overlaps(task, network, genomes), strict=True):
                rows.append({"rule": rule, "seed": seed, "load": load, "overlap": m})
    return rows


def cuts(units: int = 200, sets: int = 10) -> Rows:
    """Connections cut at random, both ways at once; a tenth of each cue's bits is flipped."""
    rows: Rows = []
    network = Hopfield(units, units, units)
    for seed in range(sets):
        task = _patterns(units, seed, CUT_LOADS, share=0.1)
        order = np.random.default_rng([seed, 1]).permutation(triangle_size(units))
        kept = order >= np.round(CUTS * len(order))[:, np.newaxis]
        for load in CUT_LOADS:
            genomes = kept * _loaded(network, task.patterns, [load], "hebbian")
            for cut, m in zip(CUTS, overlaps(task, network, genomes), strict=True):
                rows.append({"load": load, "seed": seed, "cut": cut, "overlap": m})
    return rows


def pairs(units: int = 100, sets: int = 20) -> Rows:
    """A bidirectional memory of two layers of `units`: whole and damaged cues."""
    rows: Rows = []
    network = BAM(units, units, units)
    for seed in range(sets):
        for share in (0.0, 0.1):
            for count in PAIRS:
                task = _pairs(units, count, seed, share=share)
                genome = network.store(task.patterns, task.partners)
                outputs = evornn.Fitness(task, network).predict(genome)
                m = np.mean(outputs[:, -1] * task.train.targets[:, -1])
                right = task.train.accuracy(outputs, task.tolerance)
                row = {"pairs": count, "share": share, "seed": seed, "overlap": m, "right": right}
                rows.append(row)
    return rows


def temperature(units: int = 100, sets: int = 10) -> Rows:
    """Stochastic units; the random numbers are the same at every temperature."""
    rows: Rows = []
    for seed in range(sets):
        for count in (2, 6, 10):
            task = _pairs(units, count, seed, share=0.1, noise=2 * units)
            for beta in BETAS:
                network = BAM(task.input_size, units, units, beta=beta)
                genome = network.store(task.patterns, task.partners)
                (m,) = overlaps(task, network, genome[np.newaxis])
                rows.append({"pairs": count, "beta": beta, "seed": seed, "overlap": m})
    return rows


def _patterns(units: int, seed: int, loads: Any, share: float) -> PatternRecall:
    """As many patterns as units, of which those that even the least load stores are cued."""
    cues = min(CUES, round(min(loads) * units))
    return PatternRecall(
        units=units, count=units, seed=seed, share=share, length=SWEEPS, sequences=cues
    )


def _pairs(units: int, count: int, seed: int, **options: Any) -> PatternRecall:
    cues = count * math.ceil(CUES / count)  # as many of each pair
    return PatternRecall(
        units=units, partner_units=units, count=count, seed=seed, sequences=cues, **options
    )


def _loaded(network: Hopfield, patterns: np.ndarray, loads: Any, rule: str) -> np.ndarray:
    """A genome for each load: the first ``load * units`` of `patterns` are stored."""
    counts = [round(load * network.hidden) for load in loads]
    return np.array([network.store(patterns[:count], rule) for count in counts])


def draw_capacity(sizes: Rows, of_rules: Rows, path: Path) -> None:
    with figure(10.0, 4.0) as canvas:
        left, right = canvas.subplots(1, 2)
        _curves(left, sizes, "units", "load", "{:g} units")
        y = np.linspace(1.51, 6.0, 400)  # the upper branch begins where α is largest
        erf = np.array([math.erf(value) for value in y])
        load = 0.5 * (erf / y - 2.0 * np.exp(-(y**2)) / math.sqrt(math.pi)) ** 2
        left.plot(
            load[load > 0.03],
            erf[load > 0.03],
            color="black",
            linestyle="--",
            label="theory",
            zorder=5,
        )
        left.axvline(CRITICAL_LOAD, color=GREY, linewidth=0.8)
        left.set_title("Hebb's rule, cued with the stored pattern")
        _curves(right, of_rules, "rule", "load", "{}")
        right.axvline(CRITICAL_LOAD, color=GREY, linewidth=0.8)
        right.set_title("200 units, a tenth of the cue flipped")
        for axes in (left, right):
            _label(axes, "patterns per unit α")
        canvas.savefig(path)


def draw_letters(path: Path, sweeps: int = 3) -> None:
    """Cue and states after each sweep, for two storage rules side by side."""
    task = LetterRecall(letters=LETTERS, sequences=len(LETTERS), share=0.2, length=sweeps, seed=1)
    network = Hopfield(task.input_size, task.input_size, task.output_size)
    names = ("hebbian", "pseudo_inverse")
    with figure(8.0, 1.15 * len(LETTERS)) as canvas:
        for part, rule in zip(canvas.subfigures(1, 2), names, strict=True):
            part.suptitle(rule, fontweight="bold")
            states = evornn.Fitness(task, network).predict(network.store(task.patterns, rule))
            grid = part.subplots(len(LETTERS), sweeps + 1)
            for row, cue, shown, target in zip(
                grid, task.train.inputs[:, 0], states, task.patterns, strict=True
            ):
                for axes, bits in zip(row, [cue, *shown], strict=True):
                    axes.imshow(bits.reshape(7, 5), cmap="Greys", vmin=-1, vmax=1)
                    axes.spines[:].set_visible(True)
                    axes.set(xticks=[], yticks=[], xlabel=f"{np.sum(bits != target)} wrong")
            for axes, title in zip(grid[0], ["cue", "1 sweep", "2", "3"], strict=True):
                axes.set_title(title)
        canvas.savefig(path)


def draw_cuts(rows: Rows, path: Path) -> None:
    with figure(5.5, 4.0) as canvas:
        axes = canvas.subplots()
        _curves(axes, rows, "load", "cut", "α = {}")
        axes.set_title("200 units, Hebb's rule, a tenth of the cue flipped")
        _label(axes, "share of the connections cut")
        canvas.savefig(path)


def draw_bidirectional(of_pairs: Rows, of_betas: Rows, path: Path) -> None:
    with figure(10.0, 4.0) as canvas:
        left, right = canvas.subplots(1, 2)
        _curves(left, of_pairs, "share", "pairs", "overlap, {:.0%} of the cue flipped")
        whole = [row for row in of_pairs if row["share"] == 0.0]
        counts, right_share, _ = _means(whole, "pairs", "right")
        left.plot(counts, right_share, color=COLOURS[3], label="exact, none of the cue flipped")
        left.set_title("100 + 100 units, deterministic")
        _label(left, "stored pairs")
        _curves(right, of_betas, "pairs", "beta", "{:g} pairs")
        right.set_xscale("log")
        right.set_title("Stochastic, a tenth of the cue flipped")
        _label(right, "inverse temperature β")
        canvas.savefig(path)


def _curves(axes: Any, rows: Rows, group: str, x: str, label: str) -> None:
    """Mean overlap with its standard error, a curve for each value of `group`."""
    for colour, value in zip(COLOURS, dict.fromkeys(row[group] for row in rows), strict=False):
        at, mean, error = _means([row for row in rows if row[group] == value], x)
        axes.errorbar(at, mean, error, color=colour, label=label.format(value), capsize=2)


def _means(rows: Rows, x: str, y: str = "overlap") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of `x`, and mean and standard error of `y` at each."""
    at = np.array(sorted({row[x] for row in rows}))
    groups = [np.array([row[y] for row in rows if row[x] == value]) for value in at]
    errors = [group.std(ddof=1) / math.sqrt(len(group)) for group in groups]
    return at, np.array([group.mean() for group in groups]), np.array(errors)


def _label(axes: Any, x: str) -> None:
    axes.set(xlabel=x, ylabel="overlap with the stored pattern", ylim=(0.0, 1.03))
    axes.legend(frameon=False)


def report(tables: dict[str, Rows]) -> str:
    """What was measured, as tables of means over sets of patterns."""
    parts = [
        "# How much an associative memory holds",
        f"Written by `experiments/associative_memory.py`, evornn {evornn.__version__}. Overlaps of "
        f"states after {SWEEPS} sweeps (bidirectional memories: 10 steps) with what was stored, "
        "means over sets of random patterns; 1 is perfect, 0 chance.",
        "## Hebb's rule, cued with the stored pattern, against the load\n\n![](capacity.png)",
        _markdown(tables["capacity"], "units", "load"),
        "## Storage rules, 200 units, a tenth of the cue flipped",
        _markdown(tables["rules"], "rule", "load"),
        "## Letters, a fifth of the bits flipped\n\n![](letters.png)",
        "## Connections cut, by load\n\n![](cuts.png)",
        _markdown(tables["cuts"], "load", "cut"),
        "## Bidirectional memory, 100 + 100 units, by the share of the cue that is flipped"
        "\n\n![](bidirectional.png)",
        _markdown(tables["bidirectional"], "share", "pairs"),
        "Share of cues (none flipped) that call up their partner without a wrong bit:",
        _markdown(
            [r for r in tables["bidirectional"] if not r["share"]], "share", "pairs", "right"
        ),
        "## Stochastic units, by the number of pairs, against the inverse temperature",
        _markdown(tables["temperature"], "pairs", "beta"),
    ]
    return "\n\n".join(parts) + "\n"


def _markdown(rows: Rows, group: str, x: str, y: str = "overlap") -> str:
    """A row for each value of `x`, a column for each of `group`."""
    groups = list(dict.fromkeys(row[group] for row in rows))
    columns = [_means([row for row in rows if row[group] == value], x, y) for value in groups]
    lines = [
        f"|{x}, by {group}|{'|'.join(_name(value) for value in groups)}|",
        "|---|" + "---:|" * len(groups),
    ]
    for k, at in enumerate(columns[0][0]):
        lines.append(f"|{at:g}|" + "|".join(f"{mean[k]:.3f}" for _, mean, _ in columns) + "|")
    return "\n".join(lines)


def _name(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


MEASUREMENTS: dict[str, Callable[[], Rows]] = {
    "capacity": capacity,
    "rules": rules,
    "cuts": cuts,
    "bidirectional": pairs,
    "temperature": temperature,
}

if __name__ == "__main__":
    main()
