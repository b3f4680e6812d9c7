"""Rows of the summary and of the pairs, and what the report makes of them in words."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.comparison.pairs import pair_rows, power_note, seeds_for
from evornn.comparison.summary import summary_rows
from evornn.comparison.tables import count, figures, text_tables


@pytest.fixture
def seeds_of(outcome):
    """Runs of contender `name` that end at these losses, seed by seed."""

    def build(name, losses):
        return [outcome([1.0, loss], name, seed) for seed, loss in enumerate(losses)]

    return build


def test_a_summary_row(plan, outcome, failed):
    runs = [outcome([1.0, 0.2], seed=0), outcome([0.05], seed=1), failed(seed=2)]
    (row,) = summary_rows(plan(["a"]), {"a": runs})
    assert (row["runs"], row["failed"]) == (3, 1)
    assert (row["training_q1"], row["training_median"], row["training_q3"]) == (0.125, 0.2, np.inf)
    assert row["test_median"] == 0.4
    assert (row["successes"], row["expected_evaluations"]) == (1, 20 + 10 + 20)
    assert (row["evaluations"], row["seconds"]) == (20.0, 1.0)
    assert row["evaluation_share"] == pytest.approx(0.6)
    assert row["optimizer_share"] == pytest.approx(0.2)


def test_without_a_target_there_is_no_time_to_it(plan, seeds_of):
    asked = plan(["a"], target=None)
    rows = summary_rows(asked, {"a": seeds_of("a", [0.1, 0.2, 0.3])})
    assert "expected_evaluations" not in rows[0]
    assert not [t for t in text_tables(asked, rows, []) if t.title.startswith("Time to")]


def test_pairs_are_those_of_equal_seeds(plan, outcome):
    a = [outcome([0.1], "a", 0), outcome([0.2], "a", 1), outcome([0.3], "a", 2)]
    b = [outcome([0.4], "b", 1), outcome([0.1], "b", 2), outcome([0.0], "b", 5)]
    (row,) = pair_rows(plan(), {"a": a, "b": b})
    assert row["pairs"] == 2
    assert row["training_a12"] == 0.5  # .2 and .3 against .4 and .1
    assert row["training_p"] == 1.0


def test_p_is_corrected_for_all_pairs_of_a_split(plan, seeds_of):
    low, high = np.linspace(0.1, 0.2, 8), np.linspace(0.5, 0.9, 8)
    outcomes = {"a": seeds_of("a", low), "b": seeds_of("b", high), "c": seeds_of("c", high)}
    rows = pair_rows(plan(["a", "b", "c"], 8), outcomes)
    assert [row["training_p"] for row in rows] == [2 / 256, 2 / 256, 1.0]
    assert [row["training_p_holm"] for row in rows] == [6 / 256, 6 / 256, 1.0]


def test_too_few_seeds_print_no_p_but_say_why(plan, seeds_of):
    asked = plan(seeds=5)
    outcomes = {name: seeds_of(name, np.arange(1.0, 6.0)) for name in "ab"}
    pairs = pair_rows(asked, outcomes)
    table = text_tables(asked, summary_rows(asked, outcomes), pairs)[-1]
    assert table.headings == ("first : second", "training A12", "test A12")
    assert "cannot be below 0.0625" in table.note
    assert table.note.rstrip().endswith("6 seeds could reach 0.05.")


def test_few_seeds_are_told_in_the_singular_and_with_all_digits():
    row = {"a": "a", "b": "b"}
    assert "with 1 paired seed Wilcoxon's p cannot be below 1," in power_note([row | {"pairs": 1}])
    note = power_note([row | {"pairs": 4}] * 2)
    assert "4 paired seeds Wilcoxon's p cannot be below 0.125," in note
    assert note.endswith("7 also after Holm's correction for 2 pairs.")


def test_enough_seeds_print_p(plan, seeds_of):
    asked = plan(seeds=6)
    outcomes = {"a": seeds_of("a", np.arange(6) / 10), "b": seeds_of("b", np.arange(6) + 1.0)}
    pairs = pair_rows(asked, outcomes)
    table = text_tables(asked, summary_rows(asked, outcomes), pairs)[-1]
    assert table.headings[2] == "training p"
    assert table.rows[0][1:3] == ("1.00", "0.03")
    assert power_note(pairs) == ""


def test_six_seeds_do_not_survive_fifteen_pairs(plan, seeds_of):
    names = list("abcdef")
    outcomes = {name: seeds_of(name, np.arange(6) / 10) for name in names}
    note = power_note(pair_rows(plan(names, 6), outcomes))
    assert "15 pairs" in note
    assert "0.469" in note
    assert "10 seeds" in note
    assert (seeds_for(1), seeds_for(15)) == (6, 10)


def test_a_failed_run_is_the_worst(plan, outcome, failed):
    outcomes = {"a": [outcome([0.5], "a", 0)], "b": [failed(contender="b", seed=0)]}
    (row,) = pair_rows(plan(seeds=1), outcomes)
    assert row["training_a12"] == 1.0


def test_the_cost_of_gradients_is_stated(plan, seeds_of):
    asked = plan(["a"], gradient_based=["a"])
    rows = summary_rows(asked, {"a": seeds_of("a", [0.1])})
    notes = " ".join(table.note for table in text_tables(asked, rows, []))
    assert "One gradient counts as 3 evaluations (a)" in notes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "0.123"),
        (12.0, "12.0"),
        (1e-5, "1.00e-05"),
        (4.2e4, "4.20e+04"),
        (0.0, "0.00e+00"),
        (np.inf, "∞"),
        (np.nan, "–"),
    ],
)
def test_figures(value, text):
    assert figures(value) == text


def test_counts():
    assert [count(v) for v in (12345.6, np.inf, np.nan)] == ["12,346", "∞", "–"]
