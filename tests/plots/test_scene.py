"""Scenes and films: what is where in which frame."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from evornn import plots
from evornn.errors import ConfigurationError
from evornn.scene import Scene, Shape, box, path

VIEW = (0.0, 10.0, 0.0, 10.0)


def going_right(frames=6):
    place = np.stack([np.linspace(1.0, 9.0, frames), np.full(frames, 5.0)], axis=1)
    return place, [Shape("polygon", box(place, 1.0, 1.0)), path(place)]


def pictures(scene, frames):
    with plots.figure(2.0, 2.0) as drawn:
        drawn.set_layout_engine("none")
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        return list(plots.images(drawn, [plots.SceneDrawing(axes, scene)], frames))


def blue(picture):
    """Mean column of the pixels that have the colour of a body."""
    colour = np.array([0x56, 0xB4, 0xE9])
    return np.argwhere((picture == colour).all(axis=2))[:, 1].mean()


def test_a_body_is_drawn_where_it_is():
    place, shapes = going_right()
    found = pictures(Scene(shapes, VIEW), range(6))
    width = found[0].shape[1]
    columns = [blue(picture) for picture in found]
    np.testing.assert_allclose(columns, place[:, 0] / 10.0 * width, atol=1.0)


def test_a_view_that_goes_along_leaves_the_body_in_the_middle():
    place, shapes = going_right()
    view = np.array([[x - 3.0, x + 3.0, 2.0, 8.0] for x in place[:, 0]])
    found = pictures(Scene(shapes, view), range(6))
    np.testing.assert_allclose([blue(p) for p in found], found[0].shape[1] / 2.0, atol=1.0)


def test_later_shapes_hide_earlier_ones():
    place, (body, _) = going_right()
    wall = Shape("line", np.tile([[0.0, 5.0], [10.0, 5.0]], (6, 1, 1)), "world")
    for view in (VIEW, np.tile(VIEW, (6, 1))):
        before, after = (
            pictures(Scene(shapes, view), [3])[0] for shapes in ([wall, body], [body, wall])
        )
        middle = before.shape[0] // 2, round(place[3, 0] / 10.0 * before.shape[1])
        assert tuple(before[middle]) == (0x56, 0xB4, 0xE9)
        assert tuple(after[middle]) != (0x56, 0xB4, 0xE9)


def test_what_stands_still_stays_and_discs_can_vanish():
    centre = np.full((2, 1, 2), 5.0)
    centre[1] = np.nan
    wall = Shape("line", [[0.0, 1.0], [10.0, 1.0]], "world")
    there, gone = pictures(Scene([wall, Shape("disc", centre, "goal", 1.0)], VIEW), range(2))
    middle, low = there.shape[0] // 2, round(0.9 * there.shape[0])
    assert (there[middle, middle] != 255).any()
    assert (gone[middle, middle] == 255).all()
    np.testing.assert_array_equal(there[low - 3 : low + 3], gone[low - 3 : low + 3])
    assert (gone[low - 3 : low + 3, middle] != 255).any()


def test_a_still_picture_shows_all_moments():
    _, shapes = going_right()
    with plots.figure(2.0, 2.0) as drawn:
        plots.draw_scene(drawn.subplots(), Scene(shapes, VIEW), [0, 2, 5])
        (axes,) = drawn.axes
    assert [patch.get_alpha() for patch in axes.patches] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert len(axes.lines) == 1  # the path once, whole
    assert len(axes.lines[0].get_xdata()) == 6


@pytest.mark.parametrize("ending", [".gif", ".webp"])
def test_a_film_has_all_frames_and_its_pace(ending):
    _, shapes = going_right()
    found = plots.film(pictures(Scene(shapes, VIEW), range(6)), ending, rate=10.0)
    image = Image.open(io.BytesIO(found))
    assert (image.format, image.n_frames) == (ending[1:].upper(), 6)
    image.seek(3)
    image.load()
    assert image.info["duration"] == 100
    again = plots.film(pictures(Scene(shapes, VIEW), range(6)), ending, rate=10.0)
    assert again == found


def test_paths_have_the_colour_of_their_body_in_a_gif_too():
    shapes = []
    for number in range(6):
        place = np.stack([np.linspace(1.0, 9.0, 6), np.full(6, 1.0 + number)], axis=1)
        shapes += [
            path(place, number),
            Shape("disc", place[:, np.newaxis], "body", 0.4, number=number),
        ]
    found = io.BytesIO(plots.film(pictures(Scene(shapes, VIEW), range(6)), ".gif", rate=10.0))
    film = Image.open(found)
    film.seek(5)
    picture = np.asarray(film.convert("RGB")).astype(int)
    rows = [round((9.0 - number) / 10.0 * len(picture)) for number in range(6)]
    bodies = [picture[row - 2, round(0.9 * picture.shape[1])] for row in rows]
    assert len({tuple(body) for body in bodies}) == 6
    for row, body in zip(rows, bodies, strict=True):
        way = picture[row - 2 : row + 3, picture.shape[1] // 2]
        strongest = way[way.sum(axis=1).argmin()]
        assert np.abs(strongest - (255 + body) / 2.0).max() < 40


def test_a_mark_on_the_ground_is_no_path_of_a_body():
    with plots.figure(2.0, 2.0) as drawn:
        mark = Shape("line", [[1.0, 1.0], [9.0, 1.0]], "path")
        plots.draw_scene(drawn.subplots(), Scene([mark], VIEW), [0])
        assert drawn.axes[0].lines[0].get_color() == "#d9d9d9"


def test_a_paced_drawing_keeps_to_its_own_time():
    shown = []
    drawing = SimpleNamespace(axes=None, moving=[], show=shown.append)
    paced = plots.Paced(drawing, 0.3, 0.1)
    for frame in range(7):
        paced.show(frame)
    assert shown == [0, 0, 0, 1, 1, 1, 2]


@pytest.mark.parametrize("speed", [1e-6, 1e300])
def test_a_speed_that_no_film_has_is_refused(speed):
    with pytest.raises(ConfigurationError, match=r"from 0\.00167 to 1e\+05 for steps of"):
        plots.schedule(10, 0.1, speed)
    rate = plots.schedule(10, 0.1, 0.00167)[1]
    assert len(plots.film([np.zeros((4, 4, 3), np.uint8)], ".gif", rate)) > 20


def test_mp4_takes_an_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'evornn\[video\]'.*\.gif"):
        plots.check_film(tmp_path / "a.mp4")
    with pytest.raises(ConfigurationError, match=r"must be one of \.gif, \.webp, \.mp4; got"):
        plots.check_film(tmp_path / "a.avi")


@pytest.mark.parametrize(
    ("time_step", "speed", "stride", "rate"),
    [(0.02, 1.0, 2, 25.0), (0.02, 0.5, 1, 25.0), (0.1, 1.0, 1, 10.0), (0.1, 100.0, 40, 25.0)],
)
def test_steps_are_left_out_where_a_film_would_be_too_fast(time_step, speed, stride, rate):
    frames, found = plots.schedule(100, time_step, speed)
    assert (frames.step, found) == (stride, pytest.approx(rate))
    assert list(frames)[:2] == [0, stride]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shape("circle", [[0.0, 0.0]]), "kind of a shape must be one of line"),
        (lambda: Shape("line", [[0.0, 0.0]], "sky"), "role of a shape"),
        (lambda: Shape("line", [0.0, 1.0]), r"\(frame, point, 2\)"),
        (lambda: Shape("disc", [[0.0, 1.0]], radius=-1.0), "radius of a shape"),
        (lambda: Scene([], (0.0, 1.0, 2.0)), "a view is"),
        (lambda: Scene([], (1.0, 0.0, 0.0, 1.0)), "left < right"),
    ],
)
def test_scenes_that_are_none(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()
