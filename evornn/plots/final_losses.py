"""Final losses: every seed of every contender as a point, the median as a bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.convergence import draw_reference, drawable, plain_ticks, scale_losses
from evornn.plots.style import Looks, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: markers of up to three splits, the first one filled
_MARKERS = ("o", "s", "D")
#: as many names find room side by side
UPRIGHT = 7


def draw_final_losses(
    axes: Axes,
    losses: Mapping[str, Mapping[str, np.ndarray]],
    references: Mapping[str, float] | None = None,
    styles: Looks | None = None,
) -> None:
    """Draw ``losses[name][split]``, an array (seed,), side by side for each name.

    Losses that are not finite are written as a count at the top, those of zero, for which a
    logarithmic axis has no place, at the bottom. `references` and `styles` as in
    convergence.
    """
    styles = styles or looks(losses)
    scale_losses(axes, (column for found in losses.values() for column in found.values()))
    splits = list(dict.fromkeys(split for found in losses.values() for split in found))
    width = 0.8 / max(len(splits), 1)
    for place, (name, found) in enumerate(losses.items()):
        for k, split in enumerate(splits):
            centre = place + (k - (len(splits) - 1) / 2.0) * width
            _draw_column(axes, centre, width, found[split], styles[name].colour, k)
    for text, loss in (references or {}).items():
        draw_reference(axes, text, loss)
    _name_places(axes, list(losses))
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(losses) - 0.4)
    axes.set_ylabel("final loss")
    plain_ticks(axes, "y")
    _draw_key(axes, splits)


def _name_places(axes: Axes, names: list[str]) -> None:
    """Names below their places: word below word while they are few, else slanting."""
    if len(names) <= UPRIGHT:
        words = [name.replace(" · ", "\n").replace("_", "\n") for name in names]
        axes.set_xticks(range(len(names)), words)
    else:
        axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")


def _draw_column(
    axes: Axes, centre: float, width: float, losses: np.ndarray, colour: str, k: int
) -> None:
    """The points of one contender on one split, sorted from left to right, and their median."""
    drawn = np.sort(losses[drawable(axes, losses)])
    offsets = np.linspace(-0.3, 0.3, len(drawn)) * width if len(drawn) > 1 else np.zeros(len(drawn))
    face = colour if k == 0 else "white"
    axes.plot(centre + offsets, drawn, _MARKERS[k], color=colour, mfc=face, ms=4.2, mew=1.0)
    if len(drawn) == len(losses) and len(drawn):
        reach = np.array([-0.42, 0.42]) * width
        axes.plot(centre + reach, [np.median(drawn)] * 2, color=colour, lw=1.6, alpha=0.8)
    strays = int((~np.isfinite(losses)).sum())
    if strays:
        _write(axes, centre, 0.99, f"{strays} not finite", colour)
    if len(drawn) + strays < len(losses):
        _write(axes, centre, 0.01, f"{len(losses) - len(drawn) - strays} at zero", colour)


def _write(axes: Axes, centre: float, height: float, text: str, colour: str) -> None:
    """How many losses have no place on the axis, at the end of it that they lie beyond."""
    axes.text(
        centre,
        height,
        text,
        transform=axes.get_xaxis_transform(),
        color=colour,
        rotation=90,
        ha="center",
        va="top" if height > 0.5 else "bottom",
        fontsize="small",
    )


def _draw_key(axes: Axes, splits: list[str]) -> None:
    """What the markers mean."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], ls="", marker=_MARKERS[k], color="#333333", mfc="#333333" if k == 0 else "w")
        for k in range(len(splits))
    ]
    axes.legend(
        handles,
        splits,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(splits),
        frameon=False,
        handletextpad=0.1,
        columnspacing=1.2,
        borderaxespad=0.0,
    )
