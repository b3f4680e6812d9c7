"""Expected running time and first hits, worked by hand."""

from __future__ import annotations

import numpy as np

from evornn.comparison.running_time import first_hit, running_time


def test_the_first_generation_at_the_target_counts(outcome):
    run = outcome([0.5, 0.1, 0.1, 0.05])
    assert [first_hit(run, target) for target in (1.0, 0.1, 0.05, 0.01)] == [0, 1, 3, None]


def test_failures_pay_their_whole_budget(outcome):
    runs = [outcome([0.5, 0.1, 0.05]), outcome([0.5, 0.4, 0.3, 0.2]), outcome([0.1])]
    time = running_time(runs, 0.1)
    assert (time.runs, time.successes, time.success_rate) == (3, 2, 2 / 3)
    assert time.expected["evaluations"] == (20 + 40 + 10) / 2
    assert time.expected["network_steps"] == (2000 + 4000 + 1000) / 2
    assert (time.medians["evaluations"], time.medians["seconds"]) == (15.0, 0.75)


def test_never_reached_is_infinite(outcome, failed):
    time = running_time([outcome([0.5]), failed()], 0.1)
    assert set(time.expected.values()) == {np.inf}
    assert (time.successes, time.success_rate) == (0, 0.0)
    assert np.isnan(list(time.medians.values())).all()


def test_a_run_without_a_generation_costs_nothing(outcome):
    assert running_time([outcome([]), outcome([0.1])], 0.1).expected["evaluations"] == 10


def test_no_runs():
    time = running_time([], 0.1)
    assert set(time.expected.values()) == {np.inf}
    assert np.isnan(time.success_rate)
