"""Prediction against target of one network: over time, or one against the other.

A series is drawn over its rows. Of many sequences the first one is drawn, where it has steps enough
to show, and else every answer against its target.

What is drawn is read from a ``predictions.csv`` (see `evornn.comparison.predictions`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from evornn.plots.style import COLOURS, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

#: rows of a series that fit into one picture, steps of a sequence, and steps worth a curve
_SHOWN, _SHOWN_STEPS, _CURVE = 220, 50, 10


class Predictions(NamedTuple):
    """Judged steps of one split: `targets` and `predictions` (step, output).

    `rows` (step,) are their places in the series, None where it is not one, and `unit` says what
    these count.
    """

    unit: str
    rows: np.ndarray | None
    targets: np.ndarray
    predictions: np.ndarray


def read_predictions(path: Path) -> dict[str, Predictions]:
    """The predictions in the file `path`, by split."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    outputs = (len(header) - 4) // 2
    found: dict[str, Predictions] = {}
    for split in dict.fromkeys(line[0] for line in lines):
        part = [line for line in lines if line[0] == split]
        first = [line for line in part if line[1] == part[0][1]]
        series = bool(part[0][3])
        place = 3 if series else 2
        if not series and len(first) >= _CURVE:
            part = first[:_SHOWN_STEPS]
        values = np.array([line[4:] for line in part], dtype=np.float64)
        rows = np.array([int(line[place]) for line in part])
        found[split] = Predictions(
            header[place],
            rows if series or len(first) >= _CURVE else None,
            values[:, :outputs],
            values[:, outputs:],
        )
    return found


def draw_predictions(
    place: FigureBase, parts: Mapping[str, Predictions], losses: Mapping[str, float]
) -> None:
    """Draw the first output of each split side by side, its loss above it."""
    from matplotlib.ticker import MaxNLocator

    series = all(part.rows is not None for part in parts.values())
    shown = {name: _window(name, part) if series else part for name, part in parts.items()}
    counts = [len(part.targets) for part in shown.values()]
    widths = [max(steps, 0.2 * sum(counts)) if series else 1.0 for steps in counts]
    axes = place.subplots(1, len(shown), sharey=True, width_ratios=widths, squeeze=False)[0]
    for number, (axis, (name, part)) in enumerate(zip(axes, shown.items(), strict=True)):
        (_draw_series if series else _draw_scatter)(axis, part, COLOURS[1 if number else 0])
        axis.set_title(f"{name}\nloss {losses[name]:.3g}", fontweight="normal", fontsize="medium")
        share = widths[number] / sum(widths)
        axis.xaxis.set_major_locator(MaxNLocator(max(2, round(8 * share)), integer=series))
        if number:
            axis.spines["left"].set_visible(False)
            axis.tick_params(left=False)
    axes[0].set_ylabel("target and prediction" if series else "prediction")
    unit = next(iter(parts.values())).unit
    place.supxlabel(unit if series else "target", fontsize="medium")


def _window(name: str, part: Predictions) -> Predictions:
    """The end of the training part, or the beginning of a held-out one."""
    assert part.rows is not None
    kept = slice(-_SHOWN, None) if name == "training" else slice(0, _SHOWN)
    return Predictions(part.unit, part.rows[kept], part.targets[kept], part.predictions[kept])


def _draw_series(axes: Axes, part: Predictions, colour: str) -> None:
    assert part.rows is not None
    axes.plot(part.rows, part.targets[:, 0], color="#9a9a9a", lw=3.2, solid_capstyle="round")
    axes.plot(part.rows, part.predictions[:, 0], color=colour, lw=1.3)
    axes.margins(x=0.02)


def _draw_scatter(axes: Axes, part: Predictions, colour: str) -> None:
    targets, predictions = part.targets[:, 0], part.predictions[:, 0]
    ends = [min(targets.min(), predictions.min()), max(targets.max(), predictions.max())]
    axes.plot(ends, ends, color=PALE, lw=3, zorder=0)
    alpha = float(np.clip(300 / len(targets), 0.05, 0.8))
    axes.plot(targets, predictions, "o", color=colour, ms=3.5, mew=0, alpha=alpha)
