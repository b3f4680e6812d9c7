"""Medians and quartiles of many names in rows, where there is no room for every seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.convergence import draw_reference_across
from evornn.plots.style import Looks, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: letters of a name of which several find room in a line
_SHORT = 20
Quartiles = Mapping[str, Mapping[str, np.ndarray]]


def draw_medians(
    axes: Axes,
    rows: Quartiles,
    references: Mapping[str, float] | None = None,
    styles: Looks | None = None,
) -> None:
    """Draw ``rows[name][group]``, the quartiles (3,) of a loss, the first name at the top.

    Groups lie beside one another in a row, each in a colour of its own. Medians that are not finite
    are left out. `references` are named losses, `styles` say how each group looks.
    """
    groups = list(dict.fromkeys(group for found in rows.values() for group in found))
    colours = {group: look.colour for group, look in (styles or {}).items()} or palette(groups)
    axes.set_xscale("log")
    offsets = np.linspace(-0.22, 0.22, len(groups)) if len(groups) > 1 else np.zeros(1)
    for place, found in enumerate(rows.values()):
        for group, offset in zip(groups, offsets, strict=True):
            if group in found and np.isfinite(found[group][1]):
                low, middle, high = found[group]
                ends = [low, high if np.isfinite(high) else middle]
                axes.plot(ends, [place + offset] * 2, color=colours[group], lw=1.2, alpha=0.6)
                axes.plot(middle, place + offset, "o", color=colours[group], ms=4.0)
    for text, loss in (references or {}).items():
        draw_reference_across(axes, text, loss)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#eeeeee", lw=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("final training loss")
    _draw_key(axes, colours, groups)


def _draw_key(axes: Axes, colours: Mapping[str, str], groups: list[str]) -> None:
    """What the colours mean, where there are several."""
    from matplotlib.lines import Line2D

    if len(groups) < 2:
        return
    handles = [Line2D([], [], color=colours[group], marker="o", ms=4.0) for group in groups]
    place = axes.get_figure()
    assert place is not None
    # Below the axes: long names are as wide as the figure.
    columns = len(groups) if max(map(len, groups)) < _SHORT else 2
    place.legend(handles, groups, loc="outside lower right", ncols=columns, frameon=False)
