"""Progress: what the bars say, and that nobody sees them where nobody looks."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from evornn.cli.progress import (
    Bar,
    ComparisonBars,
    comparison_bars,
    duration,
    figures,
    training_bar,
)
from evornn.comparison import Cell
from evornn.runs import Limits, Status
from evornn.runs.tally import Tally


def status(**tally):
    return Status(Tally(**tally), Limits(evaluations=1000))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (60, "1:00"), (205, "3:25"), (7405, "2:03:25"), (-5, "0 s")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_figures_of_a_run():
    under_way = status(evaluations=250, seconds=0.5, best_loss=0.12345)
    assert figures(under_way) == "loss 0.1235 · 500 ev/s · 2 s left"


def test_figures_in_an_environment_of_gymnasium():
    under_way = Status(Tally(best_loss=-475.0), Limits(evaluations=1000), full_return=25.0)
    assert figures(under_way).startswith("return 500 · ")


def test_figures_before_the_first_generation():
    assert figures(status()) == "loss inf · 0 ev/s"


def test_silent_where_nobody_is_watching():
    with training_bar("x") as progress, comparison_bars() as bars:
        assert progress is None
        assert bars is None


@pytest.fixture
def bars():
    """Bars on a terminal of which every line is kept."""
    screen = Console(file=io.StringIO(), force_terminal=True, width=100, highlight=False)
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[figures]}"))
    with Progress(*columns, console=screen, auto_refresh=False) as found:
        yield found


def test_a_bar_follows_a_run(bars):
    bar = Bar(bars, "a run")
    bar.show(status(evaluations=250, seconds=0.5, best_loss=0.5))
    assert bars.tasks[0].completed == 0.25
    bar.show(status(evaluations=900, seconds=0.6, best_loss=0.1))
    assert bars.tasks[0].completed == 0.25  # too soon to redraw


def test_comparison_bars_count_cells_and_tell_failures(bars):
    shown = ComparisonBars(bars)
    shown.begin(2)
    for seed, failure in enumerate((None, "no wheels")):
        cell = Cell("genetic", seed)
        shown.cell(cell)
        shown.generation(cell, status(evaluations=10, seconds=0.1))
        shown.ended(cell, failure)
    assert bars.tasks[0].completed == 2
    assert bars.tasks[0].fields["figures"] == "2 of 2"
    assert bars.tasks[1].description == "genetic, seed 1"
    assert "genetic, seed 1 failed: no wheels" in bars.console.file.getvalue()
