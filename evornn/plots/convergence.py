"""Convergence: the lowest loss so far against what it cost, median and quartiles over the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from evornn.plots.style import GREY, Looks, label_right, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: points drawn of a curve
_DRAWN = 400


class Band(NamedTuple):
    """A curve: cost `x` (point,), rising, and the `quartiles` (3, point) of the loss there."""

    x: np.ndarray
    quartiles: np.ndarray


def draw_convergence(
    axes: Axes,
    bands: Mapping[str, Band],
    cost: str,
    references: Mapping[str, float] | None = None,
    styles: Looks | None = None,
    losses: str = "best training loss so far",
) -> None:
    """Draw a median with its band for each name, on logarithmic axes (`scale_losses`).

    `cost` says what x is and `losses` what y is; `references` are named losses, drawn as thin
    lines; `styles` say how each name looks, and without them each has a colour of its own.
    """
    styles = styles or looks(bands)
    ends = []
    axes.set_xscale("log")
    scale_losses(axes, (band.quartiles for band in bands.values()))
    for name, band in bands.items():
        x, (low, middle, high) = thinned(band, drawable(axes, band.quartiles))
        if not x.size:
            continue
        colour, line, quiet = styles[name]
        if quiet:
            axes.step(x, middle, color=colour, lw=0.8, where="post", zorder=1, label=name)
            continue
        axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0, step="post")
        axes.step(x, middle, color=colour, ls=line, where="post", label=name)
        ends.append((x[-1], middle[-1], name, colour))
    for text, loss in (references or {}).items():
        draw_reference(axes, text, loss)
    axes.set_xlabel(cost)
    axes.set_ylabel(losses)
    plain_ticks(axes, "x")
    plain_ticks(axes, "y")
    label_right(axes, ends)


def scale_losses(axes: Axes, losses: Iterable[np.ndarray]) -> None:
    """Make the axis of `losses` logarithmic, or linear where some are below zero, as a loss is that
    lacks a return to 0."""
    axes.set_yscale("linear" if any((each < 0.0).any() for each in losses) else "log")


def drawable(axes: Axes, losses: np.ndarray) -> np.ndarray:
    """Which `losses` find a place on the axis: finite ones, and above zero if it is logarithmic."""
    return np.isfinite(losses) & ((losses > 0.0) | (axes.get_yscale() == "linear"))


def thinned(band: Band, drawable: np.ndarray) -> Band:
    """`band` where its quartiles are `drawable` (3, point), with at most `_DRAWN` points or so.

    The points kept are evenly spaced on the logarithmic axis, the first and the last among them.
    """
    kept = np.all(drawable, axis=0) & (band.x > 0)
    x, quartiles = band.x[kept], band.quartiles[:, kept]
    if len(x) > _DRAWN:
        grid = np.geomspace(x[0], x[-1], _DRAWN)
        kept = np.unique(np.clip(np.searchsorted(x, grid), 0, len(x) - 1))
        x, quartiles = x[kept], quartiles[:, kept]
    return Band(x, quartiles)


def draw_reference(axes: Axes, text: str, loss: float) -> None:
    """A thin line at `loss`, with its name above it on the left, once the data are drawn.

    A loss far below the data would squeeze a logarithmic axis: it is only told.
    """
    if axes.get_yscale() == "log" and loss < axes.get_ylim()[0] / 10.0:
        text = f"{text} {loss:.2g}, far below"
        axes.text(0.01, 0.01, text, transform=axes.transAxes, color=GREY, fontsize="small")
        return
    axes.axhline(loss, color=GREY, lw=0.8, ls=(0, (4, 3)), zorder=0)
    axes.annotate(
        text,
        (0.01, loss),
        xycoords=("axes fraction", "data"),
        xytext=(0, 2),
        textcoords="offset points",
        color=GREY,
        fontsize="small",
    )


def draw_reference_across(axes: Axes, text: str, loss: float) -> None:
    """The same where losses go from left to right: its name stands above the axes."""
    axes.axvline(loss, color=GREY, lw=0.8, ls=(0, (4, 3)), zorder=0)
    axes.annotate(
        text,
        (loss, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        color=GREY,
        fontsize="small",
        ha="center",
    )


#: decades of an axis up to which plain numbers find room
_SPANS = {"x": 1.5, "y": 3.0}


def plain_ticks(axes: Axes, which: Literal["x", "y"]) -> None:
    """Plain numbers where a logarithmic axis spans little, powers of ten where it spans much."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    if getattr(axes, f"get_{which}scale")() == "linear":
        return
    axis, (low, high) = getattr(axes, f"{which}axis"), getattr(axes, f"get_{which}lim")()
    axis.set_minor_formatter(NullFormatter())
    if np.log10(high / low) > _SPANS[which]:
        if which == "y":
            axis.set_minor_locator(NullLocator())
        return
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    getattr(axes, f"set_{which}lim")(low, high)
