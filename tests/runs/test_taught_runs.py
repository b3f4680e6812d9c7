"""Runs with gradients that are cut short, and with targets fed back in place of outputs."""

from __future__ import annotations

import numpy as np
import pytest

import evornn
from evornn.comparison.plan import plan_of
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import Elman
from evornn.optimizers import Adam, Genetic
from evornn.runs.seeds import forcing_generator
from evornn.tasks import Sequences

NETWORK = Elman(inputs=1, hidden=3, outputs=1)
ADAM = Adam(learning_rate=0.02, population_size=3)
GENETIC = Genetic(population_size=4)


def waves():
    u = np.sin(0.7 * np.arange(12) + np.arange(4.0)[:, np.newaxis])[..., np.newaxis]
    return Sequences(u[:, :-1], u[:, 1:], free_running=4)


TASK = waves()
STEPS = 4 * 11


def short(optimizer=ADAM, **options):
    given = {"generations": 6, "dtype": "float64", "threads": 1} | options
    return evornn.train(TASK, NETWORK, optimizer, **given)


def test_a_gradient_that_is_cut_short_counts_what_was_gone_back():
    whole, run = short(), short(gradient="truncated:4,6")
    line, backward = run.history[-1], 2 * 4 * (4 + 6 + 6)
    assert line["forward_steps"] == 6 * 3 * STEPS
    assert line["backward_steps"] == 6 * 3 * backward
    # 3 (1 + 128/44) evaluations in a generation, a part as a whole one.
    assert line["evaluations"] == 6 * 12
    assert whole.history[-1]["evaluations"] == 6 * 9
    assert run.history[0]["best_loss"] == whole.history[0]["best_loss"]
    assert run.best_loss != whole.best_loss
    # The budget counts in the same way.
    assert len(short(gradient="truncated:4,6", generations=None, evaluations=71).history) == 5
    steps = 3 * (STEPS + backward)
    assert len(short(gradient="truncated:4,6", generations=None, network_steps=steps).history) == 1


def test_the_first_step_follows_the_gradient_that_was_asked_for():
    fitness = Fitness(TASK, NETWORK, dtype="float64")
    asked = []
    follow = Fitness.value_and_grad

    def watched(self, population, mode="reverse"):
        asked.append((population, mode))
        return follow(self, population, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fitness, "value_and_grad", watched)
        short(gradient="truncated:4,6", generations=2)
    assert [mode for _, mode in asked] == ["truncated:4,6"] * 2
    found = fitness.value_and_grad(asked[0][0], "truncated:4,6")[1]
    assert not np.allclose(found, fitness.value_and_grad(asked[0][0])[1])


def test_what_is_learnt_with_targets_is_judged_in_a_free_run():
    run = short(GENETIC, teacher_forcing="linear:1,0,4", seed=3)
    fitness = Fitness(TASK, NETWORK, dtype="float64")
    assert run.best_loss == fitness(run.best_genome[np.newaxis])[0]
    line = run.history[-1]
    # Four genomes taught, and the best of them judged once more.
    assert (line["evaluations"], line["forward_steps"]) == (6 * 5, 6 * 5 * STEPS)
    # After four generations nothing is forced any more: the losses are those of free runs.
    assert [entry["best"] >= run.best_loss for entry in run.history[4:]] == [True, True]
    assert run.history[0]["best_loss"] != run.history[0]["best"]
    drawn = [forcing_generator(3, g).random(5) for g in (1, 1, 2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("batch", [None, 2], ids=["whole", "batches"])
def test_a_run_that_was_cut_off_ends_with_the_same_bits(batch, tmp_path):
    options = {"teacher_forcing": "inverse_sigmoid:3", "gradient": "truncated:4,6", "batch": batch}
    whole = short(**options)

    def interrupt(status):
        if status.tally.generation == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        short(**options, out=tmp_path, checkpoint_every=0.0, progress=interrupt)
    resumed = evornn.resume(tmp_path, threads=1)
    np.testing.assert_array_equal(resumed.best_genome, whole.best_genome)
    configuration = evornn.load_run(tmp_path).configuration
    assert configuration.gradient == "truncated:4,6"
    assert configuration.teacher_forcing == "inverse_sigmoid:3"
    assert resumed.history[-1]["backward_steps"] == whole.history[-1]["backward_steps"]


def test_without_them_records_are_what_they_were():
    identity = short(generations=1).configuration.identity
    assert not {"gradient", "teacher_forcing"} & set(identity)


def test_an_experiment_may_give_each_optimizer_its_gradient(tmp_path):
    experiment = evornn.Experiment(
        "cut",
        TASK,
        NETWORK,
        {"whole": ADAM, "cut": ADAM, "genetic": GENETIC},
        generations=2,
        seeds=1,
        gradient={"cut": "truncated:4,6"},
        teacher_forcing="constant:0.5",
        dtype="float64",
        out=tmp_path / "cut",
    )
    comparison = evornn.compare(experiment)
    assert not comparison.failures
    runs = {
        label: evornn.load_run(tmp_path / "cut" / label / "seed-0") for label in ("whole", "cut")
    }
    assert runs["cut"].configuration.gradient == "truncated:4,6"
    assert runs["whole"].configuration.gradient == "reverse"
    told = (tmp_path / "cut" / "report.md").read_text()
    assert "teacher forcing constant:0.5, gradients of cut: truncated:4,6." in told
    evornn.compare(experiment)  # finds its own runs again
    alike = evornn.Experiment(
        "all", TASK, NETWORK, {"adam": ADAM, "genetic": GENETIC}, generations=2, gradient="forward"
    )
    assert plan_of(alike, (0,), alike.parts()).gradient == {"adam": "forward"}


def test_a_gradient_is_for_those_that_follow_one():
    optimizers = {"adam": ADAM, "genetic": GENETIC}
    for gradient, message in (
        ({"genetic": "forward"}, "follows a gradient must be one of adam; got 'genetic'"),
        ({"adam": "forwards"}, "did you mean 'forward'"),
        ("truncated:2", "truncated:k1,k2"),
    ):
        with pytest.raises(ConfigurationError, match=message):
            evornn.Experiment("wrong", TASK, NETWORK, optimizers, generations=2, gradient=gradient)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gradient": "truncated:3"}, "truncated:k1,k2"),
        ({"gradient": "through:c"}, "a state of Elman"),
        ({"gradient": "forward", "optimizer": GENETIC}, "genetic needs none: leave gradient out"),
        ({"teacher_forcing": "linear:1"}, "write linear:p,q,n"),
        ({"teacher_forcing": "constant:1", "task": "sunspots"}, "leave teacher forcing out"),
    ],
)
def test_what_does_not_go_is_refused_before_anything_is_written(options, message, tmp_path):
    parts = {"task": TASK, "network": NETWORK, "optimizer": ADAM} | options
    with pytest.raises(ConfigurationError, match=message):
        evornn.train(**parts, generations=2, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
