"""Style of all figures: colours that colour-blind readers tell apart, labels at the curves.

The colours are those of M. Okabe & K. Ito 2008, "Color universal design", without the yellow, which
is too pale for a line on white.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: as Matplotlib has it: a name, or an offset and lengths that are drawn and left out in turn
Line = str | tuple[float, Sequence[float]]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
#: solid, dashed, dotted, dash-dot, and long dashes with nothing, two dots or a dash between
LINES: tuple[Line, ...] = (
    "-", "--", ":", "-.", (0, (9, 3)), (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (9, 2, 3, 2)),
)  # fmt: skip
GREY, PALE = "#767676", "#d9d9d9"

_FONT_SIZE = 9.5  # points
_SETTINGS: dict[Any, Any] = {
    "font.size": _FONT_SIZE,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": "#333333",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": "#333333",
    "ytick.labelcolor": "#333333",
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "savefig.dpi": 160,
}


def palette(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name, in their order; they repeat after seven."""
    return {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(names)}


class Look(NamedTuple):
    """How the data of one name are drawn: their colour, and the style of their curve."""

    colour: str
    line: Line = "-"
    #: thin, behind the others, and without a label
    quiet: bool = False


QUIET = Look(PALE, quiet=True)
Looks = Mapping[str, Look]


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A colour for each name, in their order, and solid curves."""
    return {name: Look(colour) for name, colour in palette(names).items()}


def crossed_looks(labels: Mapping[str, tuple[str, str]]) -> dict[str, Look]:
    """For names with two labels each: a colour for every first one, a line for every second."""
    firsts, seconds = (dict.fromkeys(part) for part in zip(*labels.values(), strict=True))
    colours = palette(firsts)
    lines = {label: LINES[k % len(LINES)] for k, label in enumerate(seconds)}
    return {name: Look(colours[first], lines[second]) for name, (first, second) in labels.items()}


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """An empty figure of this size in inches; what is drawn inside the ``with`` has our style."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        yield Figure(figsize=(width, height), layout="constrained")


def save(drawn: Figure, path: Path) -> None:
    """Write the figure to `path`; the same figure gives the same bytes."""
    drawn.savefig(path, metadata={"Software": None} if path.suffix == ".png" else None)


def label_right(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Label curves at the right edge, spread out where they would overlap.

    `ends` are the last point, text and colour of each curve, in data coordinates. Call it when the
    limits of the axes are final.
    """
    from matplotlib.transforms import blended_transform_factory as blended

    if not ends:
        return
    heights = [_fraction(axes, y) for _, y, _, _ in ends]
    places = spread(np.array(heights), gap=line_height(axes) / axes.bbox.height)
    for (x, y, text, colour), height in zip(ends, places, strict=True):
        axes.annotate(
            text,
            xy=(x, y),
            xytext=(1.03, height),
            xycoords=blended(axes.transData, axes.transData),
            textcoords="axes fraction",
            color=colour,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "lw": 0.7,
                "alpha": 0.6,
                "relpos": (0.0, 0.5),
            },
        )


def line_height(axes: Axes) -> float:
    """Pixels that a line of text takes, one below the other."""
    root = axes.get_figure(root=True)
    assert root is not None
    return 1.25 * _FONT_SIZE * root.dpi / 72.0


def _fraction(axes: Axes, y: float) -> float:
    """Height of the data value `y` as a fraction of the axes."""
    point = axes.transData.transform((1.0, y))
    return float(axes.transAxes.inverted().transform(point)[1])


def spread(heights: np.ndarray, gap: float) -> np.ndarray:
    """Heights (label,) moved as little as it takes to be `gap` apart and between 0 and 1, their
    order kept.

    Labels that would touch form a group, which is centred on the mean of what it labels.
    """
    order = np.argsort(heights, kind="stable")
    groups: list[tuple[float, int]] = []  # mean of what they label, and number of labels
    for height in heights[order]:
        groups.append((float(height), 1))
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            (low, n), (high, m) = groups[-2:]
            groups[-2:] = [((low * n + high * m) / (n + m), n + m)]
    places = np.empty(len(heights))
    places[order] = [
        _centre((mean, n), gap) + (k - (n - 1) / 2.0) * gap for mean, n in groups for k in range(n)
    ]
    return places


def _centre(group: tuple[float, int], gap: float) -> float:
    """Where a group of labels is centred: at the mean of what it labels, or as near as all of it
    find room."""
    mean, count = group
    half = (count - 1) / 2.0 * gap
    return min(max(mean, half), 1.0 - half) if half < 0.5 else 0.5


def _touch(lower: tuple[float, int], upper: tuple[float, int], gap: float) -> bool:
    """Whether two groups are nearer than `gap` at their edges."""
    apart = _centre(upper, gap) - _centre(lower, gap)
    return apart < gap * (lower[1] + upper[1]) / 2.0
