"""Curricula: when a stage is passed, what counts as the best, and that all of it is resumed."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import FullyRecurrent
from evornn.optimizers import Genetic, ParticleSwarm
from evornn.optimizers.genetic import GeneticSearch
from evornn.runs.record import WALL_TIMES
from evornn.tasks import Curriculum, DelayedRecall, PoleBalancing

NETWORK = FullyRecurrent(4, 2, 1)
GENETIC = Genetic(population_size=8)
#: one pole, to be kept up ever longer
STEPS = (12, 60, 400)
STAGES = tuple(PoleBalancing(poles=1, steps=steps) for steps in STEPS)
COURSE = Curriculum(STAGES, threshold=(0.0, 0.1))


def trained(optimizer=GENETIC, task=COURSE, **options):
    return evornn.train(task, NETWORK, optimizer, **({"generations": 12, "seed": 3} | options))


def loss_at(stage, genome):
    return Fitness(STAGES[stage], NETWORK)(genome[np.newaxis])[0]


def without_times(run):
    return [{name: line[name] for name in line if name not in WALL_TIMES} for line in run.history]


class Cut(BaseException):
    """Ends a run as rudely as a kill, as far as one process can."""


def test_a_stage_is_passed_when_its_threshold_is_reached():
    lines = trained().history
    passed = [0.0, 0.1]
    assert lines[0]["stage"] == 1
    assert lines[-1]["stage"] == 3
    for line, following in pairwise(lines):
        up = line["stage"] < 3 and line["best"] <= passed[line["stage"] - 1]
        assert following["stage"] == line["stage"] + up


def test_the_best_is_of_the_last_stage_alone():
    run = trained()
    assert run.best_loss == loss_at(2, run.best_genome)
    for line in run.history:
        assert (line["best_loss"] is None) == (line["stage"] < 3)
    last = [line["best"] for line in run.history if line["stage"] == 3]
    assert run.best_loss == min(last) > 0.0  # an earlier stage had 0


def test_a_run_that_ends_before_the_last_stage_is_judged_there():
    run = trained(generations=1)
    assert run.history[0]["stage"] == 1
    assert run.best_loss == loss_at(2, run.best_genome) == run.history[0]["best_loss"]
    assert loss_at(0, run.best_genome) == run.history[0]["best"]
    assert run.history[0]["evaluations"] == 9


@pytest.mark.parametrize(("budget", "stage", "used"), [(33, 2, 33), (50, 3, 48)])
def test_one_evaluation_is_kept_until_the_last_stage_is_reached(budget, stage, used):
    line = trained(generations=None, evaluations=budget).history[-1]
    assert (line["stage"], line["evaluations"]) == (stage, used)


@pytest.mark.parametrize("optimizer", [GENETIC, ParticleSwarm(population_size=8)])
@pytest.mark.parametrize("cut", [1, 3, 5, 9])
def test_it_goes_on_to_the_bit_in_every_stage(tmp_path, optimizer, cut):
    def disturb(status):
        if status.tally.generation == cut:
            raise Cut

    whole = trained(optimizer)
    with pytest.raises(Cut):
        trained(optimizer, out=tmp_path, checkpoint_every=0, progress=disturb)
    run = evornn.resume(tmp_path)
    assert without_times(run) == without_times(whole)
    assert run.best_genome.tobytes() == whole.best_genome.tobytes()
    result = json.loads((tmp_path / "result.json").read_text())
    stages = [line["stage"] for line in run.history]
    assert result["stages"] == [stages.index(stage) + 1 for stage in sorted(set(stages))]
    assert evornn.load_run(tmp_path).part("task") == COURSE


def test_a_later_stage_is_worth_more_than_all_before():
    told = []

    class Told(GeneticSearch):
        def tell(self, genomes, losses, gradients=None):
            told.append(losses)
            super().tell(genomes, losses)

    class Tells(Genetic):
        def search(self, genes, start, rng):
            return Told(self, genes, start, rng)

    run = trained(Tells(population_size=8))
    stages = [line["stage"] for line in run.history]
    assert sorted(set(stages)) == [1, 2, 3]
    for losses, line in zip(told, run.history, strict=True):
        assert losses.min() == pytest.approx(line["best"] + 3 - line["stage"])
    first = [min(np.min(told[k]) for k in range(12) if stages[k] == stage) for stage in (1, 2, 3)]
    assert first[0] >= 2.0 > first[1] >= 1.0 > first[2]


def test_stages_may_be_named():
    options = {"poles": 1, "steps": 12}
    named = Curriculum([{"name": "pole_balancing", "options": options}, STAGES[2]])
    assert named.stages == (STAGES[0], STAGES[2])
    assert named.thresholds == (0.0,)
    assert named.last.test is named.test
    assert dataclasses.replace(named, threshold=0.5).thresholds == (0.5,)


ONE, TWO = PoleBalancing(poles=1), PoleBalancing(poles=2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Curriculum([ONE, TWO]), "stage 1 has 4 senses and 1 motors, stage 2 6 and 1"),
        (lambda: Curriculum([ONE]), "two tasks or more"),
        (lambda: Curriculum("pole_balancing"), "two tasks or more"),
        (lambda: Curriculum([ONE, "pole_blancing"]), "did you mean 'pole_balancing'"),
        (lambda: Curriculum([ONE, 3]), "stage 2 of the curriculum must be a task"),
        (lambda: Curriculum([ONE, ONE], threshold=(0.1, 0.2)), "or 1: one for each stage but"),
        (lambda: Curriculum([ONE, ONE], threshold="low"), "threshold must be a finite number"),
        (
            lambda: Curriculum([PoleBalancing(poles=1, worth="damping"), ONE]),
            "nobody says when stage 1 .* is solved: give threshold",
        ),
        (lambda: trained(batch=1), "leave batch and teacher_forcing out"),
        (
            lambda: Curriculum([ONE, DelayedRecall(delay=1)]),
            "stage 1 has 4 senses and 1 motors, stage 2 1 and 1",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()
