"""Drawings show the figures that they are given, whatever these are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from evornn import plots
from evornn.plots.convergence import thinned


@pytest.fixture
def axes():
    with plots.figure(6.0, 4.0) as drawn:
        yield drawn.subplots()


def saved(axes, tmp_path):
    path = tmp_path / "drawn.png"
    plots.save(axes.get_figure(root=True), path)
    return path.read_bytes()


def curves(axes):
    return {line.get_label(): line for line in axes.lines}


def test_convergence_draws_medians_bands_and_references(axes, tmp_path):
    x = np.array([10.0, 20.0, 40.0])
    median = np.array([0.8, 0.4, 0.2])
    bands = {"ga": plots.Band(x, np.array([median / 2, median, median * 2]))}
    plots.draw_convergence(axes, bands, "evaluations", {"best constant answer": 1.0})
    line = curves(axes)["ga"]
    np.testing.assert_array_equal(line.get_xdata(), x)
    np.testing.assert_array_equal(line.get_ydata(), median)
    texts = [text.get_text() for text in axes.texts]
    assert "ga" in texts
    assert "best constant answer" in texts
    assert axes.get_xlabel() == "evaluations"
    assert saved(axes, tmp_path).startswith(b"\x89PNG")


def test_a_target_far_below_does_not_squeeze_the_curves(axes):
    band = plots.Band(np.array([1.0, 2.0]), np.full((3, 2), 0.5))
    plots.draw_convergence(axes, {"ga": band}, "evaluations", {"target": 1e-9})
    assert axes.get_ylim()[0] > 1e-3
    assert any("target 1e-09, far below" in text.get_text() for text in axes.texts)


def test_losses_below_zero_are_drawn_on_a_linear_axis(axes):
    x, loss = np.array([1.0, 2.0, 4.0]), np.array([9.5, -20.0, -500.0])
    references = {"nothing achieved": -9.5}
    plots.draw_convergence(axes, {"ga": plots.Band(x, np.array([loss] * 3))}, "x", references)
    np.testing.assert_array_equal(curves(axes)["ga"].get_ydata(), loss)
    assert axes.get_yscale() == "linear"
    assert "nothing achieved" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize(
    "band",
    [
        plots.Band(np.empty(0), np.empty((3, 0))),
        plots.Band(np.array([10.0]), np.array([[0.5], [0.6], [0.7]])),
        plots.Band(np.array([10.0, 20.0]), np.full((3, 2), np.inf)),
        plots.Band(np.array([10.0, 20.0]), np.array([[0.5, 0.0]] * 3)),
    ],
    ids=["empty", "one point", "infinite", "zero"],
)
def test_convergence_of_little_or_nothing(axes, band, tmp_path):
    plots.draw_convergence(axes, {"ga": band, "other": band}, "seconds")
    assert saved(axes, tmp_path)


def test_thinning_keeps_the_ends_and_what_can_be_drawn():
    x = np.arange(1.0, 50_001.0)
    quartiles = np.array([1 / x, 2 / x, 3 / x])
    quartiles[2, :10] = np.inf
    kept = thinned(plots.Band(x, quartiles), np.isfinite(quartiles))
    assert len(kept.x) <= 401
    assert (kept.x[0], kept.x[-1]) == (11.0, 50_000.0)
    np.testing.assert_array_equal(kept.quartiles[1], 2 / kept.x)


def test_the_distribution_begins_at_nothing_and_ends_at_its_share(axes, tmp_path):
    found = {"ga": (np.array([20, 50]), np.array([0.25, 0.75])), "none": (np.empty(0), np.empty(0))}
    plots.draw_distribution(axes, found, "evaluations", 100.0)
    np.testing.assert_array_equal(curves(axes)["ga"].get_ydata(), [0.0, 0.25, 0.75, 0.75])
    np.testing.assert_array_equal(curves(axes)["none"].get_ydata(), [0.0, 0.0])
    assert saved(axes, tmp_path)


def test_every_seed_is_a_point(axes, tmp_path):
    losses = {
        "ga": {"training": np.array([0.3, 0.1, 0.2]), "test": np.array([0.5, np.inf, 0.6])},
        "bad": {"training": np.array([np.inf, 0.0]), "test": np.full(2, np.inf)},
    }
    plots.draw_final_losses(axes, losses)
    drawn = [sorted(line.get_ydata()) for line in axes.lines]
    assert [0.1, 0.2, 0.3] in drawn
    assert [0.2, 0.2] in drawn  # the median
    assert [0.5, 0.6] in drawn
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["1 not finite", "1 not finite", "1 at zero", "2 not finite"]
    assert saved(axes, tmp_path)


def write_predictions(path, lines):
    path.write_text("\n".join(["part,sequence,step,year,target,prediction", *lines]))
    return plots.read_predictions(path)


def test_a_series_is_drawn_over_its_rows(tmp_path):
    lines = [f"training,0,{k},{1700 + k},{k},{k + 0.5}" for k in range(300)]
    lines += [f"test,0,{k},{2000 + k},{k},{k - 0.5}" for k in range(5)]
    parts = write_predictions(tmp_path / "predictions.csv", lines)
    assert parts["training"].unit == "year"
    np.testing.assert_array_equal(parts["test"].rows, np.arange(2000, 2005))
    with plots.figure(6.0, 4.0) as drawn:
        plots.draw_predictions(drawn, parts, {"training": 0.25, "test": 0.25})
        training, test = drawn.axes
        target, prediction = training.lines
        assert target.get_xdata()[-1] == 1999
        np.testing.assert_array_equal(prediction.get_ydata() - target.get_ydata(), 0.5)
        np.testing.assert_array_equal(test.lines[0].get_xdata(), np.arange(2000, 2005))
        plots.save(drawn, tmp_path / "drawn.png")


def test_of_many_sequences_the_first_is_drawn(tmp_path):
    lines = [f"training,{n},{k},,{k},{n}" for n in (3, 4) for k in range(12)]
    part = write_predictions(tmp_path / "predictions.csv", lines)["training"]
    assert part.unit == "step"
    np.testing.assert_array_equal(part.rows, np.arange(12))
    np.testing.assert_array_equal(part.predictions[:, 0], 3.0)


def test_lone_answers_are_drawn_against_their_targets(tmp_path):
    lines = [f"training,{n},9,,{n},{n + 1}" for n in range(20)]
    parts = write_predictions(tmp_path / "predictions.csv", lines)
    assert parts["training"].rows is None
    with plots.figure(6.0, 4.0) as drawn:
        plots.draw_predictions(drawn, parts, {"training": 1.0})
        points = drawn.axes[0].lines[1]
        np.testing.assert_array_equal(points.get_ydata(), np.arange(1.0, 21.0))
        plots.save(drawn, tmp_path / "drawn.png")


def test_colours_stay_with_their_names_and_differ():
    colours = plots.palette("abcdefg")
    assert len(set(colours.values())) == 7
    assert plots.palette("abc")["b"] == colours["b"]


def test_crossed_names_have_the_colour_of_one_label_and_the_line_of_the_other():
    labels = {f"{a} · {b}": (a, b) for a in ("lstm", "gru", "elman") for b in ("ga", "bptt")}
    found = plots.crossed_looks(labels)
    assert found["lstm · ga"].colour == found["lstm · bptt"].colour != found["gru · ga"].colour
    assert found["lstm · ga"].line == found["elman · ga"].line != found["lstm · bptt"].line
    assert len(set(found.values())) == len(labels)


def test_curves_are_drawn_as_they_are_told_to_look(axes):
    band = plots.Band(np.array([1.0, 2.0]), np.full((3, 2), 0.5))
    found = {"a": plots.Look("#123456", ":"), "b": plots.Look("#654321")}
    plots.draw_convergence(axes, {"a": band, "b": band}, "evaluations", styles=found)
    drawn = curves(axes)
    assert (drawn["a"].get_color(), drawn["a"].get_linestyle()) == ("#123456", ":")
    assert (drawn["b"].get_color(), drawn["b"].get_linestyle()) == ("#654321", "-")


@pytest.mark.parametrize(("count", "turned"), [(7, False), (8, True)])
def test_many_names_slant_and_none_is_left_out(axes, count, turned):
    names = [f"network_{k} · bptt" for k in range(count)]
    plots.draw_final_losses(axes, {name: {"training": np.array([0.1, 0.2])} for name in names})
    labels = axes.get_xticklabels()
    told = [label.get_text() for label in labels]
    assert told == (names if turned else [f"network\n{k}\nbptt" for k in range(count)])
    assert {bool(label.get_rotation()) for label in labels} == {turned}


def test_drawing_needs_neither_pyplot_nor_a_display():
    code = (
        "import sys\n"
        "from evornn import plots\n"
        "assert 'matplotlib' not in sys.modules\n"
        "with plots.figure(2, 2) as drawn:\n"
        "    drawn.subplots()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PATH": ""}, timeout=120)


def test_labels_are_drawn_over_time_with_what_they_say(tmp_path):
    y = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.5, 0.1, 0.4]])
    parts = {"training": plots.Spoken(y, (1,), (1,)), "test": plots.Spoken(y, (1,), (1, 2))}
    with plots.figure(6.0, 4.0) as drawn:
        plots.draw_transcriptions(drawn, parts)
        training, test = drawn.axes
        np.testing.assert_array_equal([line.get_ydata() for line in test.lines], y[:, 1:].T)
        titles = [axes.get_title("left") for axes in drawn.axes]
        assert titles == ["training: 1", "test: 1, but it is 1 2"]
        named = [text.get_text() for text in training.texts]
        assert named == ["blank", "1"]  # label 2 is nowhere likely
        plots.save(drawn, tmp_path / "drawn.png")
