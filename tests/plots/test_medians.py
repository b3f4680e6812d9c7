"""Medians in rows, and curves that stay behind the others."""

from __future__ import annotations

import numpy as np

from evornn import plots


def drawn_lines(draw):
    with plots.figure(5.0, 4.0) as drawn:
        axes = drawn.subplots()
        draw(axes)
        lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
        texts = [text.get_text() for text in axes.texts]
        return lines, [label.get_text() for label in axes.get_yticklabels()], texts


def test_a_bar_from_quartile_to_quartile_and_a_point_at_the_median():
    rows = {
        "ga": {"lstm": np.array([0.1, 0.2, 0.4]), "gru": np.array([0.3, 0.5, np.inf])},
        "none": {"lstm": np.array([np.inf, np.inf, np.inf])},
    }
    lines, names, texts = drawn_lines(lambda axes: plots.draw_medians(axes, rows, {"target": 0.01}))
    assert names == ["ga", "none"]
    assert texts == ["target"]
    assert [x for x, _ in lines] == [[0.1, 0.4], [0.2], [0.3, 0.5], [0.5], [0.01, 0.01]]
    assert lines[0][1][0] < 0.0 < lines[2][1][0]


def test_quiet_curves_have_neither_band_nor_label():
    band = plots.Band(np.array([1.0, 10.0]), np.array([[0.5, 0.1], [0.6, 0.2], [0.7, 0.3]]))
    looks = {"loud": plots.Look("black"), "quiet": plots.QUIET}
    bands = {"quiet": band, "loud": band}
    _, _, texts = drawn_lines(lambda axes: plots.draw_convergence(axes, bands, "x", {}, looks))
    assert texts == ["loud"]
    found = {
        "quiet": (np.array([2.0]), np.array([0.5])),
        "loud": (np.array([3.0]), np.array([1.0])),
    }
    _, _, texts = drawn_lines(
        lambda axes: plots.draw_distribution(axes, found, "evaluations", 10.0, looks)
    )
    assert texts == ["loud"]
