"""Empirical distribution of running times: the share of targets reached within a budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.convergence import plain_ticks
from evornn.plots.style import Looks, label_right, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_distribution(
    axes: Axes,
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    cost: str,
    budget: float,
    styles: Looks | None = None,
) -> None:
    """Draw the share of targets reached against what they cost, up to `budget`.

    `curves` are costs and shares, both rising, by name; `cost` says what these are; `styles` as in
    convergence.
    """
    styles = styles or looks(curves)
    first = min((x[x > 0][0] for x, _ in curves.values() if (x > 0).any()), default=budget / 10)
    ends = []
    axes.set_xscale("log")
    axes.set_xlim(0.8 * first, budget)
    axes.set_ylim(0.0, 1.02)
    for name, (x, share) in curves.items():
        last = share[-1] if share.size else 0.0
        x, share = np.concatenate([[first], x, [budget]]), np.concatenate([[0.0], share, [last]])
        colour, line, quiet = styles[name]
        if quiet:
            axes.step(x, share, where="post", color=colour, lw=0.8, zorder=1, label=name)
            continue
        axes.step(x, share, where="post", color=colour, ls=line, label=name)
        ends.append((budget, last, name, colour))
    plain_ticks(axes, "x")
    axes.set_xlabel(cost)
    axes.set_ylabel("share of (run, target) reached")
    label_right(axes, ends)
