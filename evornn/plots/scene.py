"""Scenes drawn with Matplotlib: shapes of a body and its world, at a frame, or moving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from evornn.plots.style import COLOURS, GREY, PALE, figure
from evornn.scene import Scene, Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Paint(NamedTuple):
    """How a role is painted: its colour, and the width of its lines in points."""

    colour: str
    width: float


_PAINTS = {
    "world": Paint(GREY, 1.2),
    "limb": Paint(COLOURS[1], 3.5),
    "second": Paint(COLOURS[2], 3.5),
    "goal": Paint(COLOURS[4], 1.8),
}
#: colours of bodies by their number; goals have the one that is left out
_BODIES = tuple(COLOURS[k] for k in (5, 1, 2, 3, 0, 6))
#: how much of its body's colour a path has, on white
_PATH = 0.5


class SceneDrawing:
    """A scene on axes of its own, which `show` moves to a frame.

    Attributes
    ----------
    moving
        The artists that change from frame to frame, and are not drawn with the rest of the figure.
        Where the view goes along these are the axes as a whole.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        self.axes, self.scene = axes, scene
        self._artists = [_artist(axes, shape, 1.0) for shape in scene.shapes]
        self.moving: list[Any] = [axes]
        if len(scene.view) == 1:
            parts = zip(scene.shapes, self._artists, strict=True)
            self.moving = [artist for shape, artist in parts if len(shape.points) > 1]
        for artist in self.moving:
            artist.set_animated(True)
        for place, (shape, artist) in enumerate(zip(scene.shapes, self._artists, strict=True)):
            artist.set_zorder(1.0 + place)
            _place(artist, shape, 0)
        _frame(axes)
        _look_at(axes, scene, 0)

    def show(self, frame: int) -> None:
        """Move everything to where it is at `frame`."""
        for shape, artist in zip(self.scene.shapes, self._artists, strict=True):
            if len(shape.points) > 1:
                _place(artist, shape, frame)
        _look_at(self.axes, self.scene, frame)

    def take(self, scene: Scene) -> None:
        """Show another `scene`, of the same shapes, at its beginning."""
        self.scene = scene
        for shape, artist in zip(scene.shapes, self._artists, strict=True):
            _place(artist, shape, 0)
        _look_at(self.axes, scene, 0)


class Camera:
    """Pictures of scenes of one frame, one after another; quick while their shapes are the same."""

    def __init__(self, width: int = 600, height: int = 400) -> None:
        self._size = (width / 100.0, height / 100.0)
        self._canvas: Any = None
        self._drawing: SceneDrawing | None = None

    def picture(self, scene: Scene) -> np.ndarray:
        """The picture (height, width, 3), uint8, of `scene`."""
        if self._drawing is None or len(self._drawing.scene.shapes) != len(scene.shapes):
            self._set_up(scene)
        assert self._drawing is not None
        self._drawing.take(scene)
        self._canvas.draw()
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def _set_up(self, scene: Scene) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        with figure(*self._size) as drawn:
            drawn.set_layout_engine("none")
            drawn.set_dpi(100)
            self._drawing = SceneDrawing(drawn.add_axes((0.0, 0.0, 1.0, 1.0)), scene)
            self._canvas = FigureCanvasAgg(drawn)


def draw_scene(axes: Axes, scene: Scene, frames: Sequence[int]) -> None:
    """The scene at several `frames` in one picture, the earlier the paler."""
    for place, frame in enumerate(frames):
        strength = (place + 1.0) / len(frames)
        for number, shape in enumerate(scene.shapes):
            still, last = len(shape.points) == 1, place == len(frames) - 1
            if not last and (still or shape.role == "path"):
                continue
            behind = still or shape.role == "path"
            artist = _artist(axes, shape, 1.0 if behind else strength)
            depth = 0 if behind else 1 + place
            artist.set_zorder(depth + number / len(scene.shapes))
            _place(artist, shape, frame)
    _frame(axes)
    windows = np.array([scene.window(frame) for frame in frames])
    left, bottom = windows[:, 0].min(), windows[:, 2].min()
    axes.set_xlim(left, windows[:, 1].max())
    axes.set_ylim(bottom, windows[:, 3].max())


def _paint(shape: Shape) -> Paint:
    """How a shape is painted: bodies and paths by number, the rest by role."""
    colour = _BODIES[shape.number % len(_BODIES)]
    if shape.role == "body":
        return Paint(colour, 1.8)
    if shape.role == "path":
        return Paint(PALE if len(shape.points) == 1 else _paler(colour), 1.2)
    return _PAINTS[shape.role]


def _paler(colour: str) -> str:
    """`colour` (#rrggbb), mixed with white."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - _PATH * (255 - part)):02x}" for part in parts)


def _artist(axes: Axes, shape: Shape, strength: float) -> Any:
    from matplotlib.collections import EllipseCollection
    from matplotlib.patches import Polygon

    colour, width = _paint(shape)
    artist: Any
    if shape.kind == "line":
        (artist,) = axes.plot([], [], color=colour, lw=width, solid_capstyle="round")
    elif shape.kind == "polygon":
        artist = axes.add_patch(Polygon(shape.at(0), closed=True, fc=colour, ec=GREY, lw=0.8))
    else:
        across = 2.0 * shape.radius
        artist = EllipseCollection(
            [across], [across], [0.0], units="xy", offsets=shape.at(0),
            offset_transform=axes.transData, facecolors=colour, edgecolors=GREY, linewidths=0.8,
        )  # fmt: skip
        axes.add_collection(artist)
    artist.set_alpha(strength)
    return artist


def _place(artist: Any, shape: Shape, frame: int) -> None:
    points = shape.at(frame)
    if shape.role == "path" and len(shape.points) > 1:
        points = shape.points[: frame + 1, 0]
    if shape.kind == "line":
        artist.set_data(points[:, 0], points[:, 1])
    elif shape.kind == "polygon":
        artist.set_xy(points)
    else:
        artist.set_offsets(np.ma.masked_invalid(points))


def _frame(axes: Axes) -> None:
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _look_at(axes: Axes, scene: Scene, frame: int) -> None:
    left, right, bottom, top = scene.window(frame)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
