"""The tasks of wheeled robots: splits of their own, and each cue with every start and noise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import Foraging, ObstacleAvoidance, Phototaxis, TMaze

TASKS = [ObstacleAvoidance, Phototaxis, TMaze, Foraging]


@pytest.mark.parametrize("cls", TASKS)
def test_splits_have_streams_of_their_own(cls) -> None:
    task = cls(sensor_noise=0.1, steps=20)
    more = dataclasses.replace(task, trials=12)
    np.testing.assert_array_equal(more.test.rows, task.test.rows)
    np.testing.assert_array_equal(more.validation.noise, task.validation.noise)
    assert task.train.noise.shape == (task.trials, 20, task.input_size + task.output_size)
    assert not np.isin(task.test.rows[:, 0], task.validation.rows[:, 0]).any() or cls is Phototaxis
    assert (dataclasses.replace(task, seed=1).train.rows != task.train.rows).any()
    assert (cls().train.rows == cls().train.rows).all()
    assert cls(validation_trials=0, test_trials=0).test is None


@pytest.mark.parametrize("turns", [1, 2])
def test_every_cue_comes_with_every_start_and_noise(turns: int) -> None:
    data, cues = TMaze(turns=turns, trials=12, motor_noise=0.1).train, 2**turns
    rows, noise = data.rows.reshape(-1, cues, 3 + turns), data.noise.reshape(-1, cues, 300, 12)
    assert (rows[:, :1, :3] == rows[:, :, :3]).all()
    assert (noise[:, :1] == noise).all()
    for group in rows:
        assert len(np.unique(group[:, 3:], axis=0)) == cues


@pytest.mark.parametrize("cls", TASKS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trials": 0}, "trials must be at least 1"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"test_trials": -1}, "test_trials must be at least 0"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"motor_noise": -1.0}, "motor_noise must be at least 0"),
        ({"rest": "half"}, "rest must be a finite number"),
    ],
)
def test_bad_input(cls, options: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        cls(**options)
