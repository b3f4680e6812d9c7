"""Whether the optimizers are the published algorithms: BBOB functions, beside other libraries.

    python -m benchmarks.bbob [--quick] [--dimensions 5 20] [--instances N] [--out results/bbob]

Counts evaluations, so it may run on a busy machine. Needs `ioh`, of the extra ``bench``. Writes
`report.md`, `runs.csv` and `ecdf.png`; runs that are in `runs.csv` already are not run again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

# Threads of BLAS only get into each other's way on matrices of 20 x 20; the workers inherit this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks import bbob_report as report
from benchmarks.bbob_contenders import CONTENDERS, PAIRS, Pair, build
from benchmarks.bbob_runs import CENTRE, ELSEWHERE, Run, run_one
from evornn.optimizers import REGISTRY

FUNCTIONS = {
    "f1": "sphere",
    "f2": "separable ellipsoid, condition 10⁶",
    "f3": "separable Rastrigin, with asymmetric and oscillating transformations",
    "f8": "Rosenbrock",
    "f10": "rotated ellipsoid",
    "f15": "rotated Rastrigin",
    "f20": "Schwefel, many far peaks",
    "f21": "Gallagher's 101 peaks",
}
INSTANCES = 8
#: every registered optimizer that needs no gradient, as it is
REGISTERED = {name: build(name) for name in REGISTRY if not REGISTRY.build(name).gradient}
Task = tuple[str, str, int, int]


def budget(genes: int) -> int:
    """Evaluations of a run."""
    return min(4000 * genes, 30_000)


def tasks(dimensions: Sequence[int], functions: Sequence[str], instances: int) -> list[Task]:
    """(contender, function, genes, instance) of every run, instance by instance."""
    spheres = (CENTRE, ELSEWHERE)
    return [
        (name, function, genes, number)
        for number in range(1, instances + 1)
        for kind, places, sizes in (
            (CONTENDERS, functions, dimensions),
            (REGISTERED, spheres, [min(dimensions)]),
        )
        for name in kind
        for function in places
        for genes in sizes
    ]


def make_missing(work: Sequence[Task], path: Path) -> report.Runs:
    """The runs of `work`; those that are not in the file `path` are made and written to it."""
    found = {each[:4] for each in report.read_runs(path)}
    missing = [task for task in work if task not in found]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        report.append_runs(pool.imap(run, missing), path)
    wanted = set(work)
    return report.grouped(each for each in report.read_runs(path) if each[:4] in wanted)


def run(task: Task) -> Run:
    name, function, genes, instance = task
    contenders = REGISTERED if function in (CENTRE, ELSEWHERE) else CONTENDERS
    return run_one(name, contenders[name], function, genes, instance, budget(genes))


def text(runs: report.Runs, dimensions: Sequence[int], functions: Sequence[str]) -> str:
    """The report in Markdown."""
    chosen = "; ".join(f"{name} {FUNCTIONS[name]}" for name in functions)
    budgets = ", ".join(f"{budget(n):,} evaluations in {n} dimensions" for n in dimensions)
    instances = max(len(found) for found in runs.values())
    rows = report.compare_pairs(runs, functions, dimensions)
    measures = ["target", "reached", "ERT", "ERT of reference", "ratio"]
    every = [report.row_cells(row) for group in rows.values() for row in group]
    return "\n\n".join(
        [
            "# BBOB functions beside reference libraries",
            f"Functions: {chosen}. Few enough for sixteen minutes of processor time; two kinds of "
            "them with and without rotation, which tells separable searches from the others. "
            f"{instances} instances, one seed each; {budgets}. Everyone starts from the uniform "
            "distribution on [−5, 5], without bounds afterwards; the libraries have the settings "
            "of ours.",
            "ERT: expected running time, in evaluations, to the hardest of the targets 10² … 10⁻⁸ "
            "above the least value that half of the runs of both reached. A ratio below 1: ours "
            "needs fewer. In brackets 95 % of a bootstrap over the runs.",
            "## Pairs",
            "Geometric mean of the ratios over the functions; p of a rank-sum test over all "
            f"functions together, corrected (Holm) for the {len(rows)} of this table. *Differs*: "
            "what is not the same on purpose.",
            pair_table(rows, dimensions),
            "![Targets reached over evaluations](ecdf.png)",
            "## No centre bias",
            centre_table(runs, min(dimensions)),
            "## Every function",
            report.table(["ours", "reference", "function", "dimensions", *measures], every),
        ]
    )


def pair_table(
    rows: Mapping[tuple[Pair, int], list[report.Compared]], dimensions: Sequence[int]
) -> str:
    ps = dict(zip(rows, report.corrected_p(rows.values()), strict=True))
    headings = ["ours", "reference"]
    for n in dimensions:
        headings += [f"ERT ratio, {n}-D", "p"]
    cells = [
        [
            *pair[:2],
            *(cell for n in dimensions for cell in (
                report.mean_ratio(rows[pair, n]), f"{ps[pair, n]:.2g}"
            )),
            pair.differ or "nothing",
        ]
        for pair in PAIRS
    ]  # fmt: skip
    return report.table([*headings, "differs"], cells)


def centre_table(runs: report.Runs, genes: int) -> str:
    rows = [
        report.compare((name,), runs[name, ELSEWHERE, genes], runs[name, CENTRE, genes])
        for name in REGISTERED
    ]
    ps = report.corrected_p([row] for row in rows)
    cells = [(*report.row_cells(row), f"{p:.2g}") for row, p in zip(rows, ps, strict=True)]
    return (
        "The sphere with its least point drawn from [−4, 4] in every dimension, against the sphere "
        f"with its least point at the mean of the start, {genes} dimensions, every registered "
        "optimizer without gradients, default settings. A search that is drawn to the middle would "
        "need many times the evaluations elsewhere (J. Kudela 2022, A critical problem in "
        "benchmarking and analysis of evolutionary computation methods, Nature Machine "
        "Intelligence 4, 1238-1245). Some more are due: a mean that begins at 0 begins at the "
        "solution there, and has a way to go elsewhere. That of `pgpe` does not even move at 0: "
        "its pairs mirror each other there and have equal losses.\n\n"
    ) + report.table(
        ["optimizer", "target", "reached", "ERT elsewhere", "ERT at 0", "ratio", "p"], cells
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three functions, three instances")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[5, 20], metavar="D")
    parser.add_argument("--instances", type=int, help=f"{INSTANCES}, or 3 with --quick")
    parser.add_argument("--out", type=Path, default=Path("results/bbob"), help="folder to write")
    arguments = parser.parse_args()
    functions = ["f1", "f8", "f15"] if arguments.quick else list(FUNCTIONS)
    dimensions, out = arguments.dimensions, arguments.out
    instances = arguments.instances or (3 if arguments.quick else INSTANCES)
    out.mkdir(parents=True, exist_ok=True)
    runs = make_missing(tasks(dimensions, functions, instances), out / "runs.csv")
    report.write_figure(runs, functions, dimensions, out / "ecdf.png")
    written = text(runs, dimensions, functions)
    (out / "report.md").write_text(written + "\n", encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
