"""Minibatches: which sequences judge a generation, what is counted, and what counts as the best."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError, RunFailed
from evornn.fitness import GRADIENT_COST, Fitness
from evornn.networks import FullyRecurrent
from evornn.optimizers import CMAES, Adam, Genetic, RandomSearch
from evornn.runs.batches import Batches
from evornn.runs.evaluation import Evaluation
from evornn.runs.record import WALL_TIMES
from evornn.runs.tally import Tally
from evornn.tasks import Sequences

NETWORK = FullyRecurrent(1, 2, 1)
LENGTHS = (4, 7, 5, 9, 6, 8, 3)
STEPS = sum(LENGTHS)
PARTS = [np.sin(0.8 * np.arange(3.0 * n, 4.0 * n + 1))[:, np.newaxis] for n in LENGTHS]
TASK = Sequences([part[:-1] for part in PARTS], [part[1:] for part in PARTS])
GENETIC = Genetic(population_size=6)
ADAM = Adam(learning_rate=0.05, population_size=4)


def batches(size=2, seed=0, task=TASK):
    return Batches(Evaluation(Fitness(task, NETWORK)), size, seed)


def trained(optimizer=GENETIC, **options):
    options = {"batch": 2, "generations": 10, "checkpoint_every": 0} | options
    return evornn.train(TASK, NETWORK, optimizer, **options)


def dealt(task, seed, generation):
    return batches(1, seed, task).indices(generation)


def whole_loss(run):
    return Fitness(TASK, NETWORK)(run.best_genome[np.newaxis])[0]


def without_times(history):
    return [{name: line[name] for name in line if name not in WALL_TIMES} for line in history]


def steps_of(size, generations, seed=0):
    """Network steps of one genome through the batches of so many generations."""
    found = batches(size, seed)
    return sum(found.lengths[found.indices(g)].sum() for g in range(1, generations + 1))


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_an_epoch_deals_each_sequence_at_most_once(size):
    found = batches(size)
    assert found.per_epoch == len(LENGTHS) // size
    for epoch in range(4):
        first = epoch * found.per_epoch + 1
        dealt = [found.indices(first + k) for k in range(found.per_epoch)]
        assert [len(batch) for batch in dealt] == [size] * found.per_epoch
        assert len(set(np.concatenate(dealt))) == size * found.per_epoch
        assert [found.ends_epoch(Tally(first + k - 1)) for k in range(found.per_epoch)].index(
            True
        ) == (found.per_epoch - 1)


def test_every_sequence_has_its_turn():
    found = batches(3)
    assert {q for g in range(1, 41) for q in found.indices(g)} == set(range(len(LENGTHS)))


def test_batches_follow_from_the_seed_and_the_generation_alone():
    asked_in_order = [batches().indices(g).tolist() for g in range(1, 10)]
    found = batches()
    backwards = [found.indices(g).tolist() for g in range(9, 0, -1)][::-1]
    assert asked_in_order == backwards
    assert asked_in_order != [batches(seed=1).indices(g).tolist() for g in range(1, 10)]


def test_sequences_of_a_length_lie_side_by_side():
    found = batches(5)
    for generation in range(1, 8):
        lengths = found.lengths[found.indices(generation)]
        assert lengths.tolist() == sorted(lengths)


def test_a_generation_is_judged_on_its_batch():
    genomes = evornn.Start(seed=3).genomes(5, Fitness(TASK, NETWORK).genes)
    found = batches(3)
    for generation in (1, 2, 3):
        losses, _ = found.evaluation(Tally(generation - 1))(genomes)
        data = TASK.select(found.indices(generation))
        np.testing.assert_array_equal(losses, Fitness(data, NETWORK)(genomes))


@pytest.mark.parametrize("optimizer", [GENETIC, CMAES(), ADAM], ids=["genetic", "cma_es", "adam"])
def test_the_best_loss_is_always_that_on_all_of_the_data(optimizer):
    run = trained(optimizer)
    assert run.best_loss == whole_loss(run)
    assert run.best_loss == run.history[-1]["best_loss"]
    assert TASK.loss(run.predict()) == pytest.approx(run.best_loss, rel=1e-5)


def test_the_best_is_sought_where_an_epoch_ends_and_where_the_run_does():
    best = [line["best_loss"] for line in trained(generations=10).history]
    changes = [g for g, (before, now) in enumerate(pairwise(best), 2) if now != before]
    assert best[:2] == [None, None]
    assert changes[0] == 3
    assert set(changes) <= {3, 6, 9, 10}


def test_all_points_that_descend_gradients_are_judged():
    run = trained(ADAM, generations=3)
    fitness, found = Fitness(TASK, NETWORK), batches()
    genomes = evornn.train(TASK, NETWORK, ADAM, batch=2, generations=1)
    assert genomes.history[0]["evaluations"] == 4 * GRADIENT_COST + 4
    assert run.history[-1]["evaluations"] == 3 * 4 * GRADIENT_COST + 4
    candidates = found.candidates(np.zeros((4, fitness.genes)), np.arange(4.0))
    assert len(candidates) == 1
    of_gradients = Batches(Evaluation(fitness, "reverse"), 2, 0)
    assert len(of_gradients.candidates(np.zeros((4, fitness.genes)), np.arange(4.0))) == 4


def test_counts_are_those_of_the_sequences_that_ran():
    run = trained(RandomSearch(population_size=5), generations=8)
    judged = [1 if g % 3 == 0 or g == 8 else 0 for g in range(1, 9)]
    assert [line["evaluations"] for line in run.history] == [
        5 * g + sum(judged[:g]) for g in range(1, 9)
    ]
    assert [line["forward_steps"] for line in run.history] == [
        5 * steps_of(2, g) + STEPS * sum(judged[:g]) for g in range(1, 9)
    ]
    assert run.history[-1]["backward_steps"] == 0


def test_gradients_run_backward_on_the_batch_only():
    line = trained(ADAM, generations=4).history[-1]
    assert line["backward_steps"] == (GRADIENT_COST - 1) * 4 * steps_of(2, 4)
    assert line["forward_steps"] == 4 * steps_of(2, 4) + 2 * 4 * STEPS


@pytest.mark.parametrize("budget", [{"evaluations": 47}, {"network_steps": 900}])
@pytest.mark.parametrize(
    "optimizer", [RandomSearch(population_size=4), ADAM], ids=["random", "adam"]
)
def test_judging_is_within_the_budget(budget, optimizer):
    run = trained(optimizer, generations=None, **budget)
    line = run.history[-1]
    (limit,) = budget.values()
    made = {
        "evaluations": line["evaluations"],
        "network_steps": line["forward_steps"] + line["backward_steps"],
    }
    assert made[run.stop_reason] <= limit
    assert run.best_loss == whole_loss(run)


@pytest.mark.parametrize("optimizer", [GENETIC, ADAM], ids=["genetic", "adam"])
@pytest.mark.parametrize("cut", [3, 4, 8])
def test_resumed_in_an_epoch_it_ends_as_undisturbed(tmp_path, optimizer, cut):
    undisturbed = trained(optimizer, out=tmp_path / "whole")

    def interrupt(status):
        if status.tally.generation == cut:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(optimizer, out=tmp_path / "cut", progress=interrupt)
    resumed = evornn.resume(tmp_path / "cut")
    assert resumed.best_genome.tobytes() == undisturbed.best_genome.tobytes()
    assert without_times(resumed.history) == without_times(undisturbed.history)
    results = [json.loads((tmp_path / d / "result.json").read_text()) for d in ("whole", "cut")]
    for result in results:
        for name in WALL_TIMES:
            del result[name]
    assert results[0] == results[1]
    stored = (tmp_path / "cut" / "history.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in stored] == resumed.history


def test_cut_off_before_the_last_judging_it_is_judged_on_resume(tmp_path, monkeypatch):
    whole = trained(out=tmp_path / "whole")
    with monkeypatch.context() as broken:
        broken.setattr("evornn.runs.evolution.judged_entry", _raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            trained(out=tmp_path / "cut")
    resumed = evornn.resume(tmp_path / "cut")
    assert without_times(resumed.history) == without_times(whole.history)
    assert resumed.best_loss == whole.best_loss


def _raise_interrupt(*arguments):
    raise KeyboardInterrupt


def test_the_configuration_tells_the_batch_and_nothing_without(tmp_path):
    trained(out=tmp_path / "some", generations=2)
    trained(out=tmp_path / "all", generations=2, batch=None)
    stored = [json.loads((tmp_path / d / "config.json").read_text()) for d in ("some", "all")]
    assert stored[0]["batch"] == 2
    assert "batch" not in stored[1]
    assert evornn.load_run(tmp_path / "some").configuration.batch == 2
    with pytest.raises(ConfigurationError, match="batch: 2 there, 3 here"):
        trained(out=tmp_path / "some", generations=2, batch=3)


def test_stagnation_and_targets_look_at_all_of_the_data():
    run = trained(RandomSearch(population_size=1), generations=200, stagnation=2)
    assert run.stop_reason == "stagnation"
    assert len(run.history) % 3 == 0
    assert len(run.history) > 3
    target = 1.05 * run.best_loss
    aimed = trained(RandomSearch(population_size=1), generations=200, target_loss=target)
    assert aimed.stop_reason == "target_loss"
    assert aimed.best_loss <= target
    assert len(aimed.history) % 3 == 0


def test_the_share_learnt_is_that_of_all_of_the_data():
    run = trained(generations=60, learnt_share=0.3, tolerance=0.5)
    outputs, judged = run.predict(), TASK.judged > 0
    share = np.mean(np.abs(outputs - TASK.targets)[judged] <= 0.5)
    assert run.history[-1]["learnt"] == share >= 0.3
    assert run.stop_reason == "learnt_share"


def test_a_best_that_diverges_on_all_of_the_data_is_no_best():
    inputs = np.zeros((6, 4, 1))
    inputs[5, :, 0] = 3e38 * np.array([1, -1, 1, -1])
    task = Sequences(inputs, np.zeros((6, 4, 1)))
    network = FullyRecurrent(1, 2, 1, activation="relu", readout=True)
    seed = next(s for s in range(9) if 5 not in [*dealt(task, s, 1), *dealt(task, s, 2)])
    with pytest.raises(RunFailed, match="on all of the training data, after 2 generations"):
        evornn.train(task, network, GENETIC, batch=1, generations=2, seed=seed)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"batch": 7}, "batch=7 is not less than the 7 training sequences: leave batch out"),
        ({"batch": 0}, "batch must be at least 1"),
        ({"batch": 2.5}, "batch must be an integer"),
        ({"evaluations": 6}, "evaluations=6 is less than the 7 of one generation of 6"),
    ],
)
def test_refused(tmp_path, changes, told):
    with pytest.raises(ConfigurationError, match=told):
        trained(out=tmp_path / "run", **changes)
    assert not (tmp_path / "run").exists()


def test_a_sequence_without_a_judged_step_is_named():
    judged = np.ones((3, 4))
    judged[1] = 0.0
    with pytest.raises(ConfigurationError, match="sequence 1 has none"):
        batches(task=Sequences(np.zeros((3, 4, 1)), np.zeros((3, 4, 1)), judged))


def test_an_experiment_of_batches(tmp_path):
    experiment = evornn.Experiment(
        name="few",
        question="Do few sequences do?",
        task=TASK,
        network=NETWORK,
        optimizers={"genetic": GENETIC, "adam": ADAM},
        evaluations=60,
        batch=3,
        seeds=2,
    )
    comparison = evornn.compare(experiment, out=tmp_path / "few")
    assert comparison.failures == {}
    run = evornn.train(TASK, NETWORK, ADAM, batch=3, evaluations=60, seed=1)
    assert comparison.outcomes["adam"][1].losses["training"] == run.best_loss
    assert np.isinf(comparison.outcomes["genetic"][0].best_loss[0])
    assert "batches of 3 sequences" in (tmp_path / "few" / "report.md").read_text(encoding="utf-8")
    with pytest.raises(ConfigurationError, match="batch"):
        evornn.compare(dataclasses.replace(experiment, batch=2), out=tmp_path / "few")
