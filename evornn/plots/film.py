"""Films: frames of a figure in which a few artists move, as GIF, WebP or MP4.

What stands still is drawn once; each frame copies it and draws the rest on top.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from evornn.checks import check_choice, check_number
from evornn.errors import ConfigurationError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".gif", ".webp", ".mp4")
#: frames per second at most: what a GIF shows in every viewer
SMOOTH = 25.0
#: steps that a film may show in a second; a picture must not stand for too long, as GIF has 655 s
_SLOWEST, _FASTEST = 1.0 / 60.0, 1e6
#: pictures at the beginning of a GIF that its colours are taken from
_EARLY = 100


class Drawing(Protocol):
    """Something that moves: `moving` artists, which `show` takes to a frame."""

    axes: Any
    moving: list[Any]

    def show(self, frame: int) -> None: ...


class Cursor:
    """A line across time, at the frame."""

    def __init__(self, axes: Any, frames: int) -> None:
        self.axes, self._last = axes, frames - 1
        self._line = axes.axvline(0.0, color="black", lw=0.9, animated=True)
        self.moving = [self._line]

    def show(self, frame: int) -> None:
        """Move the line."""
        place = min(frame, self._last)
        self._line.set_xdata([place, place])


class Paced:
    """A drawing that shows a frame in each `time_step`, where a frame lasts for `finest`."""

    def __init__(self, drawing: Drawing, time_step: float, finest: float) -> None:
        self.axes, self.moving = drawing.axes, drawing.moving
        self._drawing, self._ratio = drawing, finest / time_step

    def show(self, frame: int) -> None:
        """Show what is there at the time of `frame`."""
        self._drawing.show(int(frame * self._ratio + 1e-9))  # 3 × (0.1 / 0.3) is 1


class PictureDrawing:
    """Pictures (height, width, 3), one for each frame."""

    def __init__(self, axes: Any, pictures: Sequence[np.ndarray]) -> None:
        self.axes, self._pictures = axes, pictures
        self._image = axes.imshow(pictures[0], animated=True)
        self.moving = [self._image]
        axes.axis("off")

    def show(self, frame: int) -> None:
        """Show the picture of `frame`."""
        self._image.set_data(self._pictures[min(frame, len(self._pictures) - 1)])


def images(
    drawn: Figure, drawings: Sequence[Drawing], frames: Iterable[int]
) -> Iterator[np.ndarray]:
    """Pictures (height, width, 3), uint8, of the figure with its `drawings` at each of `frames`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    drawn.set_layout_engine("none")  # it has done its work, and nothing shall jump
    still = canvas.copy_from_bbox(drawn.bbox)
    for frame in frames:
        for drawing in drawings:
            drawing.show(frame)
        canvas.restore_region(still)
        for drawing in drawings:
            for artist in drawing.moving:
                drawing.axes.draw_artist(artist)
        yield np.asarray(canvas.buffer_rgba())[..., :3].copy()


def check_film(path: Path) -> None:
    """ConfigurationError where there is no such format, or what writes it is missing."""
    check_choice("the ending of a film", path.suffix, FORMATS)
    if path.suffix == ".mp4":
        _ffmpeg()


def film(pictures: Iterable[np.ndarray], ending: str, rate: float) -> bytes:
    """The film of `pictures`, in the format of this `ending`, with `rate` frames per second."""
    if ending == ".mp4":
        return _mp4(pictures, rate)
    from PIL import Image

    shown = _few_colours(pictures) if ending == ".gif" else map(Image.fromarray, pictures)
    found = io.BytesIO()
    # A GIF counts in hundredths of a second.
    pause = 10 * max(round(100.0 / rate), 2)
    next(shown).save(found, ending[1:], save_all=True, append_images=shown, loop=0, duration=pause)
    return found.getvalue()


def _few_colours(pictures: Iterable[np.ndarray]) -> Iterator[Any]:
    """Images with the same 255 colours, as there are few; one at a time, to save memory."""
    from PIL import Image

    pictures = iter(pictures)
    early = list(islice(pictures, _EARLY))
    first, later, last = early[0], early[len(early) // 2], early[-1]
    sample = Image.fromarray(np.concatenate([first, later, last]))
    colours = sample.quantize(255, dither=Image.Dither.NONE)
    for picture in chain(early, pictures):
        yield Image.fromarray(picture).quantize(palette=colours, dither=Image.Dither.NONE)


def _ffmpeg() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ConfigurationError(
            "MP4 is written by imageio-ffmpeg, which is not installed: pip install "
            "'evornn[video]', or choose a file that ends in .gif or .webp"
        ) from None
    return imageio_ffmpeg


def _mp4(pictures: Iterable[np.ndarray], rate: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path, writer = Path(folder) / "film.mp4", None
        for picture in pictures:
            even = np.ascontiguousarray(
                picture[: len(picture) // 2 * 2, : picture.shape[1] // 2 * 2]
            )
            if writer is None:
                size = (even.shape[1], even.shape[0])
                writer = _ffmpeg().write_frames(str(path), size, fps=rate, macro_block_size=2)
                writer.send(None)
            writer.send(even)
        if writer is not None:
            writer.close()
        return path.read_bytes()


def schedule(steps: int, time_step: float, speed: float) -> tuple[range, float]:
    """Which of the states 0 … `steps` are shown, and how many in a second, at `speed` times the
    simulator's own time.

    ConfigurationError where a step would stand for over a minute, or flash by.
    """
    check_number("speed", speed, above=0.0)
    if not _SLOWEST <= speed / time_step <= _FASTEST:
        raise ConfigurationError(
            f"speed must be from {_SLOWEST * time_step:.3g} to {_FASTEST * time_step:.3g} for "
            f"steps of {time_step:g}, got {speed!r}"
        )
    by_second = speed / time_step
    stride = max(int(np.ceil(by_second / SMOOTH)), 1)
    return range(0, steps + 1, stride), by_second / stride
