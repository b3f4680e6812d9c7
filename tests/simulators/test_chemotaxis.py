"""Chemotaxis beside complex numbers; mirrored worlds; the best that can be."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.simulators.chemotaxis import Chemotaxis
from evornn.tasks import Chemotaxis as Task


def reference(patch, outputs):
    """Places after and headings after, and smells (left, right) before, steps of (step, 2)."""
    z, heading, told = 0j, 0.0, []
    for left, right in outputs:
        sensors = z + 2.5 * np.exp(1j * (heading + np.array([np.pi / 4, -np.pi / 4])))
        smells = 1000.0 / (100.0 + np.abs(sensors - patch) ** 2)
        z += 0.1 * 2.0 * (left + right) / 2.0 * np.exp(1j * heading)
        heading += 0.1 * 2.0 * (right - left) / 5.0
        told.append((z, heading, *smells))
    return [np.array(column) for column in zip(*told, strict=True)]


def test_it_moves_and_smells_as_the_reference(drive, rng):
    outputs, patch = rng.uniform(size=(1000, 2, 3)), 12.0 - 30.0j
    driven = drive(Chemotaxis(), [patch.real, patch.imag], outputs)
    for lane in range(3):
        z, heading, left, right = reference(patch, outputs[..., lane])
        pose = driven.states["pose"][1:, :, lane]
        np.testing.assert_allclose(pose[:, 0] + 1j * pose[:, 1], z, atol=1e-10)
        np.testing.assert_allclose(pose[:, 2], heading, atol=1e-12)
        np.testing.assert_allclose(driven.senses[..., lane], np.stack([left, right], 1), rtol=1e-10)
        share = np.abs(z - patch).mean() / abs(patch)
        np.testing.assert_allclose(driven.losses[-1, lane], share, rtol=1e-12)
    assert driven.goes_on.all()


def test_a_mirrored_world_has_mirrored_paths(drive, rng):
    outputs = np.repeat(rng.uniform(size=(20, 2, 5)), 20, axis=0)
    there, mirrored = (
        drive(Chemotaxis(steps=400), [20.0, sign * 15.0], outputs[:, ::sign]) for sign in (1, -1)
    )
    flip = np.array([[1.0], [-1.0], [-1.0]])
    np.testing.assert_allclose(
        mirrored.states["pose"], flip * there.states["pose"], rtol=1e-12, atol=1e-12
    )
    np.testing.assert_allclose(mirrored.senses, there.senses[:, ::-1], rtol=1e-12)
    np.testing.assert_allclose(mirrored.losses, there.losses, rtol=1e-12)


def test_nobody_is_faster_than_straight_ahead(drive, rng):
    straight = np.ones((1000, 2, 1))
    straight[250:] = 0.0
    best = drive(Chemotaxis(), [50.0, 0.0], straight).losses[-1]
    np.testing.assert_allclose(best, 0.125, atol=0.001)
    random = np.repeat(rng.uniform(size=(20, 2, 200)), 50, axis=0)
    assert (drive(Chemotaxis(), [50.0, 0.0], random).losses[-1] > best).all()
    still = drive(Chemotaxis(), [50.0, 0.0], np.zeros((1000, 2, 1)))
    np.testing.assert_allclose(still.losses[-1], 1.0)


def test_splits():
    task = Task(trials=8, test_trials=30, validation_trials=0)
    assert task.validation is None
    for data, count in ((task.train, 8), (task.test, 30)):
        places = data.rows[:, 0] + 1j * data.rows[:, 1]
        assert len(places) == count
        assert (np.abs(places).min() >= 20.0) & (np.abs(places).max() <= 50.0)
        turns = np.diff(np.unwrap(np.angle(places)))
        np.testing.assert_allclose(turns, 2 * np.pi / count, rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "named"),
    [({"trials": 0}, "trials"), ({"validation_trials": -1}, "validation_trials"),
     ({"test_trials": -1}, "test_trials"), ({"steps": 0}, "steps"), ({"seed": 1.5}, "seed")],
)  # fmt: skip
def test_bad_options(options, named):
    with pytest.raises(ConfigurationError, match=named):
        Task(**options)
