"""Probabilities of labels over time, and what they say (Graves et al. 2006, figure 1).

A network trained by connectionist temporal classification says a label in a spike of one or a few
steps, and the blank between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from evornn.plots.style import GREY, PALE, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase


class Spoken(NamedTuple):
    """One sequence: `probabilities` (step, label), label 0 the blank; labels said and wanted."""

    probabilities: np.ndarray
    said: Sequence[int]
    wanted: Sequence[int]


def draw_transcriptions(place: FigureBase, parts: Mapping[str, Spoken]) -> None:
    """Draw a sequence of each part, one above the other, with a colour for each label."""
    count = next(iter(parts.values())).probabilities.shape[1]
    colours = palette(str(k) for k in range(1, count))
    rows = place.subplots(len(parts), 1, squeeze=False, sharey=True)[:, 0]
    for axes, (name, part) in zip(rows, parts.items(), strict=True):
        _draw_spikes(axes, part.probabilities, colours)
        said, wanted = (" ".join(map(str, one)) or "nothing" for one in (part.said, part.wanted))
        right = "" if said == wanted else f", but it is {wanted}"
        axes.set_title(f"{name}: {said}{right}", fontweight="normal", fontsize="medium")
        axes.set_ylabel("probability")
    rows[-1].set_xlabel("step")


def _draw_spikes(axes: Axes, probabilities: np.ndarray, colours: Mapping[str, str]) -> None:
    """A curve for each label, named wherever it is likelier than not, over that of the blank."""
    steps = np.arange(len(probabilities))
    axes.fill_between(steps, probabilities[:, 0], color=PALE, lw=0.0)
    for begin, end in sorted(_spikes(probabilities[:, 0]), key=lambda run: run[0] - run[1])[:1]:
        axes.text((begin + end) / 2.0, 0.4, "blank", color=GREY, ha="center")
    for k, (name, colour) in enumerate(colours.items(), start=1):
        axes.plot(steps, probabilities[:, k], color=colour)
        for begin, end in _spikes(probabilities[:, k]):
            axes.text((begin + end) / 2.0, 1.08, name, color=colour, ha="center")
    axes.set_ylim(0.0, 1.4)
    axes.set_yticks([0.0, 1.0])
    axes.margins(x=0.01)


def _spikes(probability: np.ndarray) -> list[tuple[int, int]]:
    """First and last steps of each run above one half."""
    edges = np.diff(np.concatenate([[0], probability > 0.5, [0]]))
    begins, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) - 1
    return [(int(a), int(b)) for a, b in zip(begins, ends, strict=True)]
