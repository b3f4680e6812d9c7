"""The contract of every task in the registry, each with its default options and running free."""

from __future__ import annotations

import dataclasses
import json
import math
import random

import numpy as np
import pytest

from evornn.registry import configuration
from evornn.tasks import REGISTRY, Curriculum, Solved, Task
from evornn.tasks.drawn import DrawnSplits
from evornn.tasks.embodied import Embodied
from evornn.tasks.gym import Gym
from evornn.tasks.judged import Judged
from evornn.tasks.prediction import Prediction


@pytest.fixture(scope="module")
def csv_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "series.csv"
    t = np.arange(200)
    rows = zip(np.sin(t / 3.0), np.cos(t / 5.0) + t / 100.0, strict=True)
    path.write_text("a,b\n" + "".join(f"{a!s},{b!s}\n" for a, b in rows), encoding="utf-8")
    return path


#: options without a default, as `csv_file` fills them in
NEEDED = {"path": str, "inputs": lambda _: ["a", "b"], "targets": lambda _: ["b"]}


def default(name, csv_file):
    """The task called `name` with its default options."""
    needed = [
        field.name
        for field in dataclasses.fields(REGISTRY[name])
        if field.default is dataclasses.MISSING
    ]
    return REGISTRY.build(name, {option: NEEDED[option](csv_file) for option in needed})


def kinds_of(base):
    return [name for name in REGISTRY if issubclass(REGISTRY[name], base)]


#: tasks with data of their own that have targets; those of bodies have tests/simulators
OTHERS = (Embodied, Gym, Curriculum)
TAUGHT = [name for name in kinds_of(Task) if not issubclass(REGISTRY[name], OTHERS)]


@pytest.fixture(scope="module", params=TAUGHT)
def task(request, csv_file):
    return default(request.param, csv_file)


@pytest.fixture(scope="module", params=kinds_of(DrawnSplits))
def drawn(request, csv_file):
    return default(request.param, csv_file)


@pytest.fixture(scope="module", params=kinds_of(Prediction))
def prediction(request, csv_file):
    return default(request.param, csv_file)


def splits(task):
    return [data for data in (task.train, task.validation, task.test) if data is not None]


def drawn_alike(one, other):
    """Whether all inputs are the same, as far as there are as many sequences of both."""
    count = min(len(one.lengths), len(other.lengths))
    pairs = [(data.inputs[q, : data.lengths[q]] for data in (one, other)) for q in range(count)]
    return all(np.array_equal(*pair) for pair in pairs)


def rebuilt(task, **changes):
    options = json.loads(json.dumps(configuration(task)))
    return REGISTRY.build(REGISTRY.name_of(task), {**options, **changes})


def test_is_a_frozen_dataclass_of_json_options(task):
    assert isinstance(task, Task)
    assert rebuilt(task) == task
    with pytest.raises(dataclasses.FrozenInstanceError):
        task.anything = 1


def test_every_split_fits_the_stated_sizes(task):
    assert len(splits(task)) == 3
    for data in splits(task):
        assert isinstance(data, Judged)
        assert (data.input_size, data.output_size) == (task.input_size, task.output_size)
        assert data.judged_count > 0


def test_the_data_are_made_once_and_are_the_same_each_time(task):
    assert task.train is task.train
    for data, again in zip(splits(task), splits(rebuilt(task)), strict=True):
        np.testing.assert_array_equal(data.inputs, again.inputs)
        np.testing.assert_array_equal(data.targets, again.targets)


def test_no_global_generator_is_disturbed(task):
    random_before = random.getstate()
    numpy_before = np.random.get_state()[1].copy()  # noqa: NPY002 - the one that must not move
    splits(rebuilt(task))
    assert random.getstate() == random_before
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)  # noqa: NPY002


def surprise(p):
    """p log(1/p), 0 where p is."""
    return -p * np.log(np.where(p > 0.0, p, 1.0))


#: the loss of the best constant answer to targets (step, output)
CONSTANT_LOSSES = {
    "mean_squared_error": lambda targets: targets.var(axis=0).mean(),
    "binary_cross_entropy": lambda targets: (
        surprise(targets.mean(axis=0)) + surprise(1.0 - targets.mean(axis=0))
    ).mean(),
    "softmax_cross_entropy": lambda targets: surprise(targets.mean(axis=0)).sum(),
}


def test_the_constant_loss_is_the_variance_or_entropy_of_the_judged_targets(task):
    if task.train.loss_function not in CONSTANT_LOSSES:
        pytest.skip("not of the targets alone: see test_transcriptions")
    judged = task.train.targets[task.train.judged > 0]
    expected = CONSTANT_LOSSES[task.train.loss_function](judged)
    assert task.constant_loss == pytest.approx(expected, rel=1e-9)


def test_solved_is_better_than_a_constant_and_names_its_source(task):
    assert isinstance(task.solved, Solved)
    assert 0.0 < task.solved.loss < 0.25 * task.constant_loss
    assert len(task.solved.source) > 20


def test_the_best_constant_answer_has_not_learnt_the_task(task):
    """The tolerance separates: fewer than half of the judged steps lie that near the mean."""
    judged = task.train.targets[task.train.judged > 0]
    assert math.isfinite(task.tolerance)
    assert task.tolerance > 0.0
    near = np.all(np.abs(judged - judged.mean(axis=0)) <= task.tolerance, axis=1)
    assert near.mean() < 0.6


def test_the_splits_are_drawn_apart(drawn):
    train, validation, test = splits(drawn)
    reseeded = rebuilt(drawn, seed=1).train
    for one, other in [(train, validation), (validation, test), (train, reseeded)]:
        assert not drawn_alike(one, other)


def test_more_training_sequences_leave_the_held_out_data_alone(drawn):
    larger = rebuilt(drawn, sequences=drawn.sequences + 1)
    np.testing.assert_array_equal(larger.test.inputs, drawn.test.inputs)
    assert len(larger.train.lengths) == drawn.sequences + 1


def test_held_out_data_may_be_left_out(drawn):
    bare = rebuilt(drawn, validation_sequences=0, test_sequences=0)
    assert bare.validation is bare.test is None


def test_one_step_prediction_answers_with_the_next_row(prediction):
    rows = prediction.target_normalisation.apply(prediction.target_rows)
    end = 0
    for data, stop in zip(splits(prediction), prediction.ends, strict=True):
        targets = data.targets[data.judged > 0]
        np.testing.assert_array_equal(targets, rows[max(end, prediction.washout + 1) : stop])
        end = stop
        np.testing.assert_array_equal(
            data.inputs[0],
            prediction.input_normalisation.apply(prediction.input_rows)[
                stop - 1 - data.lengths[0] : stop - 1
            ],
        )


def test_normalisation_sees_the_training_rows_only(prediction):
    normal = dataclasses.replace(prediction, normalisation="standard")
    rows = normal.input_rows[: normal.ends[0]]
    np.testing.assert_allclose(normal.input_normalisation.apply(rows).mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(normal.input_normalisation.apply(rows).std(axis=0), 1, rtol=1e-12)
    unit = dataclasses.replace(prediction, normalisation="range")
    scaled = unit.input_normalisation.apply(rows)
    np.testing.assert_allclose(scaled.min(axis=0), -1.0, rtol=1e-12)
    np.testing.assert_allclose(scaled.max(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(unit.input_normalisation.undo(scaled), rows, atol=1e-10)


def test_free_runs_judge_the_same_rows_from_fed_back_inputs(prediction):
    free = dataclasses.replace(prediction, evaluation="free_running")
    begins = (free.washout + free.ahead, *free.ends[:2])
    for data, once, begin in zip(splits(free), splits(prediction), begins, strict=True):
        given = free.given_rows(begin)
        assert data.free_running == given + 1
        assert data.feedback == free.feedback
        assert all(data.lengths <= given + free.free_steps)
        np.testing.assert_array_equal(data.targets[data.judged > 0], once.targets[once.judged > 0])


def test_a_perfect_predictor_feeds_itself_what_the_series_would_have_given(prediction):
    data = dataclasses.replace(prediction, evaluation="free_running").train
    targets = prediction.target_normalisation.undo(data.targets[0])
    for column, output in zip(prediction.input_rows.T, data.feedback, strict=True):
        if output >= 0:
            rows = column[1 : len(targets) + 1]
            np.testing.assert_allclose(targets[:, output], rows, atol=1e-12)
    assert max(data.feedback) >= 0


def test_bad_prediction_options_are_named(prediction):
    for option, value in (
        ("evaluation", "free"),
        ("washout", -1),
        ("free_steps", 1),
        ("normalisation", "zscore"),
    ):
        with pytest.raises(ValueError, match=option):
            dataclasses.replace(prediction, **{option: value})
    for split in ("train", "validation", "test"):
        with pytest.raises(ValueError, match="lower washout"):
            getattr(dataclasses.replace(prediction, washout=100_000), split)
