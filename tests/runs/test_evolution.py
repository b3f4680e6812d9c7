"""The loop of a run: what it counts, when it stops, and what losses that are no numbers do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evornn.errors import ConfigurationError, RunFailed
from evornn.runs.evaluation import EvaluationFailed
from evornn.runs.record import WALL_TIMES
from evornn.runs.stopping import Limits
from evornn.runs.tally import Tally


def test_counts_are_those_of_the_evaluation(evolution):
    run = evolution(evaluations=60)
    stop = run.run()
    assert stop.criterion == "evaluations"
    assert run.evaluation.fitness.evaluated == run.tally.evaluations == 60
    assert run.tally.forward_steps == 600
    assert run.tally.backward_steps == 0
    history = run.recorder.history
    assert [line["generation"] for line in history] == list(range(1, 11))
    assert [line["evaluations"] for line in history] == list(range(6, 61, 6))


def test_a_gradient_counts_three_evaluations(evolution):
    run = evolution(gradient="reverse", evaluations=60)
    run.run()
    assert run.evaluation.fitness.evaluated == 18
    assert run.tally.evaluations == 54
    assert (run.tally.forward_steps, run.tally.backward_steps) == (180, 360)


@settings(max_examples=20, deadline=None)
@given(population=st.integers(1, 9), budget=st.integers(9, 60), cost=st.sampled_from([1, 3]))
def test_no_generation_is_cut_in_half_and_no_budget_exceeded(population, budget, cost):
    limits, tally = Limits(evaluations=budget * 3), Tally()
    while limits.exceeded(tally, population, cost, steps=7) is None:
        tally.count(np.zeros((population, 2)), np.ones(population), cost, steps=7 * population)
    assert tally.evaluations <= budget * 3 < tally.evaluations + cost * population
    assert tally.forward_steps + tally.backward_steps == 7 * tally.evaluations


@pytest.mark.parametrize(
    ("limits", "criterion"),
    [
        ({"generations": 4}, "generations"),
        ({"evaluations": 30}, "evaluations"),
        ({"network_steps": 300}, "network_steps"),
        ({"seconds": 1e-9}, "seconds"),
        ({"target_loss": 0.05}, "target_loss"),
        ({"stagnation": 5}, "stagnation"),
        ({"learnt_share": 0.75}, "learnt_share"),
        ({"learnt_share": 1.0, "tolerance": 0.3}, "learnt_share"),
    ],
)
def test_each_limit_fires_and_says_so(evolution, limits, criterion):
    run = evolution(**limits)
    assert run.run().criterion == criterion
    line = run.recorder.history[-1]
    holds = {
        "generations": line["generation"] == 4,
        "evaluations": line["evaluations"] == 30,
        "network_steps": line["forward_steps"] == 300,
        "seconds": line["generation"] == 1,
        "target_loss": line["best_loss"] <= 0.05 < run.recorder.history[-2]["best_loss"],
        "stagnation": run.tally.generation - run.tally.best_generation == 5,
        "learnt_share": line.get("learnt", 0) >= limits.get("learnt_share", 2),
    }
    assert holds[criterion]


def test_the_optimizers_own_reason_is_recorded(evolution):
    stop = evolution(walk={"reason": "too flat"}, generations=50).run()
    assert (stop.criterion, stop.detail) == ("optimizer", "too flat")


def test_a_budget_below_one_generation_is_refused(evolution):
    with pytest.raises(ConfigurationError, match="evaluations=5 is less than the 6 of one"):
        evolution(evaluations=5).run()


def test_best_so_far_never_rises_and_is_the_best_genomes_loss(evolution):
    run = evolution(generations=30)
    run.run()
    best = [line["best_loss"] for line in run.recorder.history]
    assert best == sorted(best, reverse=True)
    assert best[-1] == min(line["best"] for line in run.recorder.history)
    assert best[-1] == np.sum(run.tally.best_genome**2) == run.tally.best_loss
    assert run.recorder.history[-1]["fitness"] == 1 / best[-1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("rows", [[0], [0, 2, 4]])
def test_a_loss_that_is_no_number_is_never_the_best(evolution, bad, rows):
    def spoil(generation, population, losses):
        losses[rows] = bad
        return losses

    run = evolution(spoil, generations=8)
    run.run()
    assert np.isfinite(run.tally.best_loss)
    assert run.tally.best_loss == np.sum(run.tally.best_genome**2)
    assert all(np.isposinf(losses[rows]).all() for losses in run.search.told)
    assert run.tally.non_finite == 8 * len(rows)
    for line in run.recorder.history:
        assert line["non_finite"] == len(rows)
        assert np.isfinite([line["best"], line["mean"], line["median"]]).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_all_losses_no_numbers_fails_with_counts_and_cure(evolution, bad):
    run = evolution(lambda g, p, losses: np.full_like(losses, bad), generations=50)
    with pytest.raises(RunFailed, match=r"last 24 losses .*1 to 4.*start scale") as failure:
        run.run()
    assert failure.value.exit_code == 3


def test_a_large_first_generation_without_a_number_fails_at_once(evolution):
    run = evolution(
        lambda g, p, losses: np.full_like(losses, np.nan),
        walk={"population_size": 20},
        generations=50,
    )
    with pytest.raises(RunFailed):
        run.run()
    assert run.tally.generation == 1


def test_some_barren_generations_are_survived(evolution):
    def spoil(generation, population, losses):
        return losses if generation % 5 == 1 else np.full_like(losses, np.nan)

    run = evolution(spoil, generations=20)
    assert run.run().criterion == "generations"
    assert run.recorder.history[1]["mean"] is None


def test_no_finite_loss_within_the_budget_is_a_failure_too(evolution):
    run = evolution(lambda g, p, losses: np.full_like(losses, np.nan), generations=2)
    with pytest.raises(RunFailed):
        run.run()


def test_a_failing_evaluation_names_its_genome(evolution):
    def fail(generation, population, losses):
        if np.any(losses > 0.6):
            raise ZeroDivisionError("wheel fell off")
        return losses

    run = evolution(fail, generations=50)
    with pytest.raises(EvaluationFailed, match="ZeroDivisionError: wheel fell off") as failure:
        run.run()
    assert failure.value.exit_code == 3
    assert np.sum(failure.value.genome**2) > 0.6
    assert "wheel fell off" in failure.value.trace
    assert "Traceback" in failure.value.trace


def test_an_error_of_the_users_keeps_its_kind(evolution):
    def fail(generation, population, losses):
        raise ConfigurationError("no such thing")

    with pytest.raises(ConfigurationError, match="no such thing"):
        evolution(fail, generations=5).run()


def test_an_interrupted_generation_is_not_counted(evolution):
    def interrupt(generation, population, losses):
        if generation == 4:
            raise KeyboardInterrupt
        return losses

    run = evolution(interrupt, generations=10)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert run.tally.generation == len(run.recorder.history) == 3
    assert run.tally.evaluations == 18


def test_progress_sees_every_generation(evolution):
    seen = []
    run = evolution(generations=4, evaluations=1000)
    run.run(lambda status: seen.append((status.tally.generation, status.share_done)))
    assert seen == [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)]


def test_clock_jumps_do_nothing(evolution, monkeypatch):
    jumps = iter(range(10**9, 0, -(10**6)))
    monkeypatch.setattr("time.time", lambda: float(next(jumps)))
    run = evolution(generations=5)
    run.run()
    for name in WALL_TIMES:
        times = [line[name] for line in run.recorder.history]
        assert times == sorted(times)
        assert times[0] >= 0
