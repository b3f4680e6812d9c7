"""What a network does over time: its states, their path, the linearised step, and its memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.convergence import plain_ticks
from evornn.plots.style import COLOURS, GREY, label_right, line_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: traces that can be told apart
_TRACES = 6


def draw_traces(
    axes: Axes, states: np.ndarray, names: Sequence[str], title: str = "States over time"
) -> None:
    """The elements of `states` (time, element) that move most, over time.

    Where they are not all, the title says how many of how many.
    """
    moving = np.argsort(-states.std(axis=0), kind="stable")[:_TRACES]
    ends = []
    for element, colour in zip(sorted(moving), COLOURS, strict=False):
        axes.plot(states[:, element], color=colour, lw=1.2)
        ends.append((len(states) - 1.0, float(states[-1, element]), names[element], colour))
    axes.set_xlim(0, max(len(states) - 1, 1))
    axes.set_xlabel("step")
    count = states.shape[1]
    axes.set_title(title if len(moving) == count else f"{title} ({len(moving)} of {count})")
    label_right(axes, ends)


def draw_raster(axes: Axes, states: np.ndarray, names: Sequence[str]) -> None:
    """All elements of `states` (time, element) as rows of colour, blue below and red above zero.

    Where there is no room for all `names`, each second, third … row is named.
    """
    from matplotlib.ticker import MaxNLocator

    size = float(np.abs(states).max(initial=0.0)) or 1.0
    image = axes.imshow(
        states.T, aspect="auto", cmap="RdBu_r", vmin=-size, vmax=size, interpolation="nearest"
    )
    room = max(int(axes.bbox.height / line_height(axes)), 1)
    each = -(-len(names) // room)
    axes.set_yticks(range(0, len(names), each), names[::each])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("step")
    axes.set_title("All states")
    root = axes.get_figure(root=True)
    assert root is not None
    root.colorbar(image, cax=axes.inset_axes((1.03, 0.0, 0.04, 1.0)))


def draw_phase_portrait(axes: Axes, states: np.ndarray, names: Sequence[str]) -> None:
    """The path of `states` (time, element) in a plane: the two elements, or principal components.

    Its beginning is a ring, its end a dot.
    """
    x, y, labels = _plane(states, names)
    axes.plot(x, y, color=COLOURS[0], lw=0.8, alpha=0.7)
    axes.plot(x[0], y[0], "o", mfc="white", color=COLOURS[0])
    axes.plot(x[-1], y[-1], "o", color=COLOURS[0])
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.set_title("Phase portrait")


def _plane(states: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    if states.shape[1] == 1:
        return states[:-1, 0], states[1:, 0], [f"{names[0]} at a step", "at the next"]
    if states.shape[1] == 2:
        return states[:, 0], states[:, 1], list(names)
    centred = states - states.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    total = float((sizes**2).sum()) or 1.0
    labels = [f"component {k + 1} ({100 * sizes[k] ** 2 / total:.0f} %)" for k in range(2)]
    return centred @ directions[0], centred @ directions[1], labels


def draw_spectrum(axes: Axes, eigenvalues: np.ndarray, where: str) -> None:
    """Eigenvalues of the step linearised `where`, with the unit circle: beyond it a fixed point
    is unstable."""
    angle = np.linspace(0.0, 2.0 * np.pi, 200)
    axes.plot(np.cos(angle), np.sin(angle), color=GREY, lw=0.8)
    axes.plot(eigenvalues.real, eigenvalues.imag, ".", color=COLOURS[0], ms=7)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("real part")
    axes.set_ylabel("imaginary part")
    axes.set_title(f"Eigenvalues of the step {where}")


def draw_memory(axes: Axes, steps: Sequence[int], differences: Sequence[float]) -> None:
    """Differences between the outputs and those of the network cut after so many `steps`."""
    shown = [(k, d) for k, d in zip(steps, differences, strict=True) if d > 0.0]
    if shown:
        axes.loglog(*zip(*shown, strict=True), color=COLOURS[0], marker=".")
        axes.set_xticks([k for k, _ in shown], [str(k) for k, _ in shown], minor=False)
        axes.xaxis.minorticks_off()
        plain_ticks(axes, "y")
    axes.set_xlabel("steps that it may look back")
    axes.set_ylabel("difference of the outputs")
    axes.set_title("Cut after k steps")
