"""A finite-state machine as a graph: its states on a circle, an arrow for each transition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from evornn.plots.style import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, FILL = "#333333", "#e8f1f8"
#: radius of a state, in units of the distance between neighbours on the circle
_RADIUS = 0.22
#: how far an arrow bends aside, as a share of its length, so that two ways do not overlap
_BEND = 0.18


def draw_state_machine(
    axes: Axes,
    alphabet: str,
    transitions: Sequence[Sequence[int]],
    accepting: Sequence[bool],
) -> None:
    """Draw the machine whose state ``transitions[state][symbol]`` follows each state.

    State 0, the first one, stands on the left and has an arrow from nowhere; accepting states have
    a double ring. Arrows carry the symbols that they stand for.
    """
    centres = _circle(len(transitions))
    colours = palette(alphabet)
    for state, row in enumerate(transitions):
        for following in dict.fromkeys(row):
            symbols = [s for s, end in zip(alphabet, row, strict=True) if end == following]
            colour = colours[symbols[0]] if len(symbols) == 1 else INK
            if state == following:
                _draw_loop(axes, centres[state], ", ".join(symbols), colour)
            else:
                ends = centres[state], centres[following]
                _draw_arrow(axes, *ends, ", ".join(symbols), colour)
    for state, centre in enumerate(centres):
        _draw_state(axes, centre, str(state), accepting[state])
    _arrow(axes, centres[0] - [2.6 * _RADIUS, 0.0], centres[0] - [_RADIUS, 0.0], INK)
    reach = np.abs(centres).max() + 3.3 * _RADIUS
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
    axes.axis("off")


def _circle(states: int) -> np.ndarray:
    """Centres (state, 2) on a circle, neighbours 1 apart, from the left and clockwise."""
    angles = np.pi - 2.0 * np.pi * np.arange(states) / states
    radius = 0.5 / np.sin(np.pi / states) if states > 1 else 0.0
    return radius * np.column_stack([np.cos(angles), np.sin(angles)])


def _draw_state(axes: Axes, centre: np.ndarray, name: str, accepts: bool) -> None:
    from matplotlib.patches import Circle

    face = FILL if accepts else "white"
    axes.add_patch(Circle(tuple(centre), _RADIUS, fc=face, ec=INK, lw=1.2, zorder=3))
    if accepts:
        axes.add_patch(Circle(tuple(centre), 0.8 * _RADIUS, fc="none", ec=INK, lw=1.2, zorder=4))
    axes.text(centre[0], centre[1], name, ha="center", va="center", color=INK, zorder=5)


def _draw_arrow(axes: Axes, begin: np.ndarray, end: np.ndarray, text: str, colour: str) -> None:
    """A bent arrow from state to state, its symbols on the outer side of the bend."""
    along = end - begin
    length = float(np.hypot(*along))
    aside = np.array([along[1], -along[0]])  # to where "arc3" bends
    middle = (begin + end) / 2.0
    bend = aside * _BEND
    from_edge = _towards(begin, middle + bend)
    to_edge = _towards(end, middle + bend)
    _arrow(
        axes, from_edge, to_edge, colour, _BEND * length / float(np.hypot(*(to_edge - from_edge)))
    )
    _label(axes, middle + bend / 2.0 + 0.11 * aside / length, text, colour)


def _draw_loop(axes: Axes, centre: np.ndarray, text: str, colour: str) -> None:
    """An arrow from a state to itself, on the side away from the others."""
    distance = float(np.hypot(*centre))
    outwards = centre / distance if distance else np.array([0.0, 1.0])
    if outwards[0] < -0.99:  # the first state has its arrow from nowhere there
        outwards = np.array([0.0, 1.0])
    angle = np.arctan2(outwards[1], outwards[0])
    begin, end = (
        centre + _RADIUS * np.array([np.cos(angle + turn), np.sin(angle + turn)])
        for turn in (0.5, -0.5)
    )
    _arrow(axes, begin, end, colour, -1.9)
    _label(axes, centre + 2.35 * _RADIUS * outwards, text, colour)


def _towards(centre: np.ndarray, point: np.ndarray) -> np.ndarray:
    """The point of a state's ring that lies towards `point`."""
    along = point - centre
    return centre + _RADIUS * along / np.hypot(*along)


def _arrow(axes: Axes, begin: np.ndarray, end: np.ndarray, colour: str, bend: float = 0.0) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
        FancyArrowPatch(
            tuple(begin),
            tuple(end),
            connectionstyle=f"arc3,rad={bend:.4f}",
            arrowstyle="-|>",
            mutation_scale=9.0,
            shrinkA=0.0,
            shrinkB=0.0,
            color=colour,
            lw=1.2,
            zorder=2,
        )
    )


def _label(axes: Axes, place: np.ndarray, text: str, colour: str) -> None:
    axes.text(
        place[0],
        place[1],
        text,
        ha="center",
        va="center",
        color=colour,
        zorder=5,
        bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8},
    )
