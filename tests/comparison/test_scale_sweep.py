"""Sweeps of start scales: a whole comparison from each, and one table over all of them."""

from __future__ import annotations

import csv
import dataclasses

import numpy as np
import pytest

import evornn
from evornn.comparison import compare, load_scale_sweep, sweep_scales
from evornn.errors import ConfigurationError
from evornn.optimizers import Start

EXPERIMENT = evornn.Experiment(
    name="which",
    question="Which of two?",
    task=evornn.tasks.DelayedRecall(delay=1, length=8, sequences=2),
    network=evornn.networks.Elman(1, 2, 1),
    optimizers={"chance": evornn.optimizers.RandomSearch(5), "genetic": "genetic"},
    generations=2,
    seeds=2,
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return sweep_scales(EXPERIMENT, [2.0, 0.1], out=tmp_path_factory.mktemp("sweep") / "made")


def test_each_scale_has_the_comparison_that_starts_from_it(sweep, tmp_path):
    assert list(sweep.comparisons) == [0.1, 2.0]
    for scale, comparison in sweep.comparisons.items():
        alone = compare(
            dataclasses.replace(EXPERIMENT, start=Start(scale=scale)), out=tmp_path / f"{scale}"
        )
        assert comparison.plan.start.scale == scale
        for name, runs in alone.outcomes.items():
            assert [run.losses for run in runs] == [run.losses for run in comparison.outcomes[name]]


def test_the_table_has_every_contender_and_marks_its_best_scale(sweep):
    assert sweep.table.headings == ("", "0.1", "2")
    for name, *cells in sweep.table.rows:
        medians = [
            np.median([run.losses["training"] for run in one.outcomes[name]])
            for one in sweep.comparisons.values()
        ]
        best = int(np.argmin(medians))
        assert [cell.startswith("**") for cell in cells] == [k == best for k in range(2)]
    with (sweep.folder / "scales.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["optimizer"], row["scale"]) for row in rows] == [
        ("chance", "0.1"), ("genetic", "0.1"), ("chance", "2.0"), ("genetic", "2.0"),
    ]  # fmt: skip
    assert "scale-0.1/report.md" in (sweep.folder / "scales.md").read_text()
    assert (sweep.folder / "scales.png").read_bytes().startswith(b"\x89PNG")


def test_a_scale_added_later_joins_those_that_are_there(sweep):
    known = {scale: one.outcomes for scale, one in sweep.comparisons.items()}
    more = sweep_scales(EXPERIMENT, [0.5], out=sweep.folder)
    assert list(more.comparisons) == [0.1, 0.5, 2.0]
    again = load_scale_sweep(sweep.folder)
    assert again.table == more.table
    for scale, outcomes in known.items():
        for name, runs in outcomes.items():
            assert [r.losses for r in runs] == [
                r.losses for r in again.comparisons[scale].outcomes[name]
            ]


@pytest.mark.parametrize("scales", [[], [0.0], [1.0, 1.0], [np.nan], [-0.5]])
def test_wrong_scales_are_named(scales, tmp_path):
    with pytest.raises(ConfigurationError, match="scales must be"):
        sweep_scales(EXPERIMENT, scales, out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_without_a_sweep_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="holds no sweep"):
        load_scale_sweep(tmp_path)
