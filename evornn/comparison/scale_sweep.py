"""A sweep of start scales: the same comparison from starts of several scales.

The scale of the first population can move results more than the algorithm does, so one scale alone
may show no more than whom it suits. A sweep is a comparison for each scale, each whole and in a
folder of its own, ``<folder>/scale-<scale>``, and beside them

=======================  ========================================================================
``scales.md``            the table as text, and the figure
``scales.csv``           a row per contender and scale
``scales.png``           final training loss against scale
=======================  ========================================================================
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evornn import plots
from evornn.checks import check_number
from evornn.comparison.comparing import compare
from evornn.comparison.comparison import Comparison, load_comparison
from evornn.comparison.experiment import Experiment
from evornn.comparison.figures import references, styles
from evornn.comparison.markdown import markdown_table
from evornn.comparison.plan import FILE
from evornn.comparison.progress import Progress
from evornn.comparison.quartiles import quartiles
from evornn.comparison.report import csv_text
from evornn.comparison.tables import TextTable, figures
from evornn.errors import ConfigurationError
from evornn.runs.atomic import storing, write_atomically
from evornn.tasks.judged import count


@dataclass(frozen=True)
class ScaleSweep:
    """The comparisons of a sweep by the scale of their start, rising."""

    folder: Path
    comparisons: dict[float, Comparison]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row per contender and scale: ``runs``, and quartiles of the final training loss."""
        return [
            comparison.plan.contenders[name].columns
            | {"scale": scale, "runs": len(runs)}
            | dict(zip(("training_q1", "training_median", "training_q3"), losses, strict=True))
            for scale, comparison in self.comparisons.items()
            for name, runs in comparison.outcomes.items()
            for losses in [map(float, training_quartiles(comparison, name))]
        ]

    @property
    def table(self) -> TextTable:
        """Medians by contender and scale; the best scale of each is marked."""
        any_one = next(iter(self.comparisons.values()))
        rows = []
        for name in any_one.outcomes:
            medians = [training_quartiles(one, name)[1] for one in self.comparisons.values()]
            best = np.nanmin(medians) if np.isfinite(medians).any() else None
            cells = [f"**{figures(m)}**" if m == best else figures(m) for m in medians]
            rows.append((name, *cells))
        return TextTable(
            "Training loss by start scale, median",
            ("", *(f"{scale:g}" for scale in self.comparisons)),
            rows,
            f"{count(len(any_one.plan.seeds), 'paired seed')}. In bold the best scale of each row; "
            "the best of each column is what a comparison from one scale would have shown.",
        )


def training_quartiles(comparison: Comparison, name: str) -> np.ndarray:
    """Quartiles of the final training losses of a contender; NaN where it has no run."""
    return quartiles(np.array([run.losses["training"] for run in comparison.outcomes[name]]))


def sweep_scales(
    experiment: Experiment,
    scales: Sequence[float],
    *,
    seeds: int | tuple[int, ...] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> ScaleSweep:
    """Run `experiment` from a start of each of `scales`, as `compare` does from one.

    What is there is not run again, so scales and seeds can be added later; the table is of all
    scales that the folder holds.
    """
    folder = experiment.folder if out is None else Path(out)
    failures = {}
    for scale in checked_scales(scales):
        start = dataclasses.replace(experiment.start, scale=scale)
        scaled, place = dataclasses.replace(experiment, start=start), folder / f"scale-{scale:g}"
        compared = compare(scaled, seeds=seeds, out=place, progress=progress)
        failures[scale] = compared.failures
    found = load_scale_sweep(folder).comparisons
    sweep = ScaleSweep(
        folder,
        {
            scale: dataclasses.replace(comparison, failures=failures.get(scale, {}))
            for scale, comparison in found.items()
        },
    )
    write_sweep(sweep)
    return sweep


def load_scale_sweep(path: str | Path) -> ScaleSweep:
    """The sweep in the folder `path`, from its records alone; ConfigurationError where is none."""
    folder = Path(path)
    found = [load_comparison(place.parent) for place in folder.glob(f"scale-*/{FILE}")]
    if not found:
        raise ConfigurationError(f"{folder} holds no sweep of scales: give the folder of one")
    comparisons = {comparison.plan.start.scale: comparison for comparison in found}
    return ScaleSweep(folder, dict(sorted(comparisons.items())))


def checked_scales(scales: Sequence[float]) -> list[float]:
    """`scales` in rising order; ConfigurationError where one is wrong or stands there twice."""
    for scale in scales:
        check_number("scales", scale, above=0.0)
    if not scales or len(set(scales)) < len(scales):
        raise ConfigurationError(f"scales must be at least one, each once; got {list(scales)}")
    return sorted(float(scale) for scale in scales)


def write_sweep(sweep: ScaleSweep) -> None:
    """Table and figure into the folder of the sweep."""
    plan = next(iter(sweep.comparisons.values())).plan
    with storing(sweep.folder), plots.figure(7.5, 4.2) as drawn:
        axes = drawn.subplots()
        axes.set_title("Final training loss against the scale of the start")
        _draw(axes, sweep)
        plots.save(drawn, sweep.folder / "scales.png")
    write_atomically(sweep.folder / "scales.csv", csv_text(sweep.rows).encode())
    table = sweep.table
    places = "\n".join(
        f"* [start of scale {scale:g}]({one.folder.name}/report.md)"
        for scale, one in sweep.comparisons.items()
    )
    blocks = [f"# {plan.name}", plan.question, f"## {table.title}", markdown_table(table)]
    blocks += [table.note, "![scales.png](scales.png)", places]
    text = "\n\n".join(block for block in blocks if block) + "\n"
    write_atomically(sweep.folder / "scales.md", text.encode())


def _draw(axes: Any, sweep: ScaleSweep) -> None:
    any_one = next(iter(sweep.comparisons.values()))
    bands = {
        name: np.array([training_quartiles(one, name) for one in sweep.comparisons.values()]).T
        for name in any_one.outcomes
    }
    scales = np.array(list(sweep.comparisons))
    plots.draw_against_scale(axes, scales, bands, references(any_one), styles(any_one))
