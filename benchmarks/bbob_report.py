"""What the runs on the BBOB functions say: ratios with their noise, Markdown, CSV and a figure.

Two contenders are compared on a function at the hardest target that half of the runs of each
reached, by the ratio of their expected running times (ERT) with a 95 % bootstrap interval over the
runs. Over several functions: by the geometric mean of the ratios, and by the sum over the functions
of the rank sums (P. van Elteren 1960) of evaluations to that target, runs that failed ranked behind
all others by their precision; its p comes from random permutations within each function.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.bbob_contenders import FAMILIES, PAIRS, Pair
from benchmarks.bbob_runs import TARGETS, Run, ert
from evornn import plots
from evornn.comparison.holm import holm

RESAMPLED, PERMUTED = 2000, 20_000
Key = tuple[str, str, int]
Runs = Mapping[Key, list[Run]]


def grouped(runs: Iterable[Run]) -> dict[Key, list[Run]]:
    """Runs by (contender, function, genes)."""
    found: dict[Key, list[Run]] = {}
    for run in runs:
        found.setdefault((run.contender, run.function, run.genes), []).append(run)
    return found


@dataclass(frozen=True)
class Compared:
    """Two contenders on one function; `target` is an index, None where half of neither got to one.

    `resampled` are ratios of ERTs (RESAMPLED,).
    """

    names: tuple[str, ...]
    target: int | None
    ours: list[Run]
    reference: list[Run]
    resampled: np.ndarray

    @property
    def ratio(self) -> float:
        return ert(self.ours, self.judged) / ert(self.reference, self.judged)

    @property
    def judged(self) -> int:
        """The target by which runs are ranked."""
        return len(TARGETS) - 1 if self.target is None else self.target

    @property
    def ranks(self) -> np.ndarray:
        """Ranks less their mean, of ours and then of the reference; low is good."""
        from scipy.stats import rankdata

        ranks = rankdata([merit(run, self.judged) for run in self.ours + self.reference])
        return ranks - ranks.mean()


def compare(names: tuple[str, ...], ours: list[Run], reference: list[Run]) -> Compared:
    met = [
        target
        for target in range(len(TARGETS))
        if np.isfinite([median_hit(runs, target) for runs in (ours, reference)]).all()
    ]
    target = max(met) if met else None
    judged = len(TARGETS) - 1 if target is None else target
    return Compared(names, target, ours, reference, resampled(ours, reference, judged))


def median_hit(runs: list[Run], target: int) -> float:
    """The lower median of the evaluations to `target`."""
    return float(np.sort([run.hits[target] for run in runs])[(len(runs) - 1) // 2])


def merit(run: Run, target: int) -> float:
    """Evaluations to the target, or a number far beyond them that grows with the precision."""
    return min(run.hits[target], 1e9 * (1.0 + min(run.precision, 1e100)))


def permutation_p(rows: Sequence[Compared]) -> float:
    """Two-sided p of the rank sums of ours, over all rows together."""
    rng = np.random.default_rng(0)
    observed, permuted = 0.0, np.zeros(PERMUTED)
    for row in rows:
        ranks, count = row.ranks, len(row.ours)
        observed += ranks[:count].sum()
        shuffled = rng.permuted(np.broadcast_to(ranks, (PERMUTED, len(ranks))), axis=1)
        permuted += shuffled[:, :count].sum(axis=1)
    as_far = np.abs(permuted) >= abs(observed) - 1e-9  # ranks are halves: sums may round
    return float((1 + as_far.sum()) / (1 + PERMUTED))


def corrected_p(groups: Iterable[Sequence[Compared]]) -> np.ndarray:
    """The p of each group, by Holm."""
    return holm(np.array([permutation_p(rows) for rows in groups]))


def resampled(ours: list[Run], reference: list[Run], target: int) -> np.ndarray:
    """Ratios of ERTs (RESAMPLED,) of runs drawn with replacement; NaN where both have none."""
    rng = np.random.default_rng(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine, other = (drawn_ert(runs, target, rng) for runs in (ours, reference))
        return mine / other


def drawn_ert(runs: list[Run], target: int, rng: np.random.Generator) -> np.ndarray:
    hits = np.array([run.hits[target] for run in runs])
    spent = np.minimum(hits, [run.evaluations for run in runs])
    rows = rng.integers(len(runs), size=(RESAMPLED, len(runs)))
    return spent[rows].sum(axis=1) / np.isfinite(hits)[rows].sum(axis=1)


def compare_pairs(
    runs: Runs, functions: Sequence[str], genes: Sequence[int]
) -> dict[tuple[Pair, int], list[Compared]]:
    """The functions of every pair and number of genes."""
    return {
        (pair, n): [
            compare(
                (pair.ours, pair.reference, function, f"{n}"),
                runs[pair.ours, function, n],
                runs[pair.reference, function, n],
            )
            for function in functions
        ]
        for pair in PAIRS
        for n in genes
    }


def interval(ratios: np.ndarray) -> str:
    known = ratios[~np.isnan(ratios)]
    if not known.size:
        return ""
    low, high = np.quantile(known, [0.025, 0.975], method="nearest")
    return f" [{low:.2f}–{'∞' if np.isinf(high) else f'{high:.2f}'}]"


def row_cells(row: Compared) -> tuple[str, ...]:
    """Names, target, successes, ERTs and their ratio."""
    if row.target is None:
        return (*row.names, "none", "", "", "", "–")
    reached = [
        sum(bool(np.isfinite(run.hits[row.target])) for run in runs)
        for runs in (row.ours, row.reference)
    ]
    return (
        *row.names,
        f"{TARGETS[row.target]:.0e}",
        f"{reached[0]}, {reached[1]} of {len(row.ours)}",
        f"{ert(row.ours, row.target):,.0f}",
        f"{ert(row.reference, row.target):,.0f}",
        f"{row.ratio:.2f}{interval(row.resampled)}",
    )


def mean_ratio(rows: Sequence[Compared]) -> str:
    """The geometric mean of the ratios that are known."""
    known = [row for row in rows if row.target is not None]
    if not known:
        return "–"
    mean = np.exp(np.mean([np.log(row.ratio) for row in known]))
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.exp(np.mean([np.log(row.resampled) for row in known], axis=0))
    return f"{mean:.2f}{interval(drawn)}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = ["|".join(("", *headings, "")), "|---" * len(headings) + "|"]
    return "\n".join(head + ["|".join(("", *row, "")) for row in rows])


def append_runs(runs: Iterable[Run], path: Path) -> None:
    """Every run as a row, with the evaluations to each target, empty where it was not reached."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow([*Run._fields[:-1], *(f"{target:.0e}" for target in TARGETS)])
        for run in runs:
            hits = ["" if np.isinf(hit) else int(hit) for hit in run.hits]
            writer.writerow([*run[:5], f"{run.precision:.6g}", *hits])
            file.flush()


def read_runs(path: Path) -> list[Run]:
    """The runs that `append_runs` wrote; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [read_run(row) for row in rows]


def read_run(row: Sequence[str]) -> Run:
    genes, instance, evaluations = (int(cell) for cell in row[2:5])
    hits = np.array([float(cell or "inf") for cell in row[6:]])
    return Run(row[0], row[1], genes, instance, evaluations, float(row[5]), hits)


def write_figure(runs: Runs, functions: Sequence[str], genes: Sequence[int], path: Path) -> None:
    """The share of (function, instance, target) reached, a panel a family and dimension.

    A library has the colour of the optimizer that it answers to, and a dashed line.
    """
    with plots.figure(5.6 * len(FAMILIES), 4.4 * len(genes)) as drawn:
        panels = drawn.subplots(len(genes), len(FAMILIES), squeeze=False)
        for n, row in zip(genes, panels, strict=True):
            for (family, contenders), axes in zip(FAMILIES.items(), row, strict=True):
                curves = {
                    name: distribution([run for f in functions for run in runs[name, f, n]])
                    for name in contenders
                }
                budget = max(
                    run.evaluations for f in functions for c in contenders for run in runs[c, f, n]
                )
                axes.set_title(f"{family}, {n} dimensions")
                plots.draw_distribution(axes, curves, "evaluations", budget, looks(contenders))
        plots.save(drawn, path)


def looks(contenders: Iterable[str]) -> dict[str, plots.Look]:
    twins = {pair.reference: pair.ours for pair in reversed(PAIRS)}
    colours = plots.looks(name for name in contenders if name not in twins)
    return colours | {
        name: colours[twins[name]]._replace(line="--") for name in contenders if name in twins
    }


def distribution(runs: Sequence[Run]) -> tuple[np.ndarray, np.ndarray]:
    """Evaluations at which a pair of run and target is reached, and the share reached by then."""
    hits = np.concatenate([run.hits for run in runs])
    evaluations, counts = np.unique(hits[np.isfinite(hits)], return_counts=True)
    return evaluations, np.cumsum(counts) / len(hits)
