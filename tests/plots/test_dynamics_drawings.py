"""Drawings of dynamics, from arrays of any size."""

import itertools

import numpy as np
import pytest

from evornn import plots


@pytest.fixture
def axes():
    with plots.figure(5.0, 4.0) as drawn:
        yield drawn.subplots()


def states(elements, steps=30):
    t = np.arange(steps)[:, np.newaxis]
    found = np.sin(t / np.arange(2.0, elements + 2.0))
    return found, [f"h[{k}]" for k in range(elements)]


@pytest.mark.parametrize("elements", [1, 2, 30])
@pytest.mark.parametrize(
    "draw",
    [plots.draw_traces, plots.draw_raster, plots.draw_phase_portrait],
    ids=lambda f: f.__name__,
)
def test_states_of_any_size_are_drawn(draw, elements, axes, tmp_path):
    draw(axes, *states(elements))
    plots.save(axes.get_figure(root=True), tmp_path / "drawn.png")
    assert (tmp_path / "drawn.png").stat().st_size > 1000
    assert axes.get_title(loc="left")


def test_a_title_says_how_many_traces_there_are(axes):
    found, names = states(28)
    found[:, 3] = 0.0  # stands still, so that it is not shown
    plots.draw_traces(axes, found, names, "Senses")
    assert axes.get_title(loc="left") == "Senses (6 of 28)"
    shown = {text.get_text(): text.get_color() for text in axes.texts}
    for name, colour in shown.items():
        (line,) = (line for line in axes.lines if line.get_color() == colour)
        np.testing.assert_array_equal(line.get_ydata(), found[:, names.index(name)])
    assert len(shown) == 6
    assert "h[3]" not in shown
    axes.clear()
    plots.draw_traces(axes, *states(6), "Senses")
    assert axes.get_title(loc="left") == "Senses"


@pytest.mark.parametrize("height", [2.0, 4.0])
def test_rows_are_named_where_their_names_fit(height):
    found, names = states(12)
    with plots.figure(4.0, height) as drawn:
        axes = drawn.subplots()
        plots.draw_raster(axes, found, names)
        drawn.draw_without_rendering()
        labels = axes.get_yticklabels()
        boxes = [label.get_window_extent() for label in labels]
    for label, tick in zip(labels, axes.get_yticks(), strict=True):
        assert label.get_text() == names[int(tick)]
    for upper, lower in itertools.pairwise(boxes):
        assert upper.y0 > lower.y1
    assert (len(labels) == 12) == (height == 4.0)


def test_a_portrait_shows_the_two_elements_there_are(axes):
    found, names = states(2)
    plots.draw_phase_portrait(axes, found, names)
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), found)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("h[0]", "h[1]")


def test_a_portrait_of_more_says_how_much_it_shows(axes):
    found, names = states(30)
    plots.draw_phase_portrait(axes, found, names)
    centred = found - found.mean(axis=0)
    sizes = np.linalg.svd(centred, compute_uv=False) ** 2
    share = round(100 * sizes[0] / sizes.sum())
    assert axes.get_xlabel() == f"component 1 ({share} %)"


def test_a_spectrum_is_drawn_with_the_unit_circle(axes):
    plots.draw_spectrum(axes, np.array([0.5 + 0.5j, 0.5 - 0.5j]), "at rest")
    circle, values = axes.lines
    np.testing.assert_allclose(np.hypot(*circle.get_xydata().T), 1.0)
    np.testing.assert_array_equal(values.get_xydata(), [[0.5, 0.5], [0.5, -0.5]])


def test_no_difference_is_no_point_on_a_logarithmic_axis(axes):
    plots.draw_memory(axes, [1, 2, 4], [0.1, 0.01, 0.0])
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [1, 2])
