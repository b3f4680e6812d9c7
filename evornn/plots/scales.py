"""Final loss against the scale of the start: median and quartiles of every contender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.convergence import draw_reference, plain_ticks
from evornn.plots.style import Looks, label_right, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_against_scale(
    axes: Axes,
    scales: np.ndarray,
    bands: Mapping[str, np.ndarray],
    references: Mapping[str, float] | None = None,
    styles: Looks | None = None,
) -> None:
    """Draw `bands`, lower quartile, median and upper quartile (3, scale) by name.

    `references` and `styles` as in convergence, references above all data left out. What is not
    finite leaves a gap.
    """
    styles = styles or looks(bands)
    ends = []
    axes.set_xscale("log")
    axes.set_yscale("log")
    for name, (low, middle, high) in bands.items():
        colour, line, _ = styles[name]
        axes.plot(scales, middle, "o", ls=line, color=colour, ms=4.0)
        axes.fill_between(scales, low, high, color=colour, alpha=0.15, lw=0.0)
        drawn = np.flatnonzero(np.isfinite(middle))
        if len(drawn):
            ends.append((scales[drawn[-1]], middle[drawn[-1]], name, colour))
    axes.set_xticks(scales, [f"{scale:g}" for scale in scales])
    axes.minorticks_off()
    axes.set_xlabel("scale of the start")
    axes.set_ylabel("final training loss")
    plain_ticks(axes, "y")
    highest = axes.get_ylim()[1]
    for text, loss in (references or {}).items():
        if loss < highest:
            draw_reference(axes, text, loss)
    label_right(axes, ends)
