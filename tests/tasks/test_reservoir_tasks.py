"""Memory capacity and spike patterns: their targets from plain loops, and what bounds them."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, fit_readout
from evornn.networks import ESN
from evornn.tasks import MemoryCapacity, SpikePatterns
from evornn.tasks.memory_capacity import memory_function
from evornn.tasks.spike_patterns import right_signs


def test_every_delay_has_its_output():
    data = MemoryCapacity(delays=3, length=30, washout=5).train
    for t in range(5, 30):
        for k in range(1, 4):
            assert data.targets[0, t, k - 1] == data.inputs[0, t - k, 0]
    assert np.abs(data.inputs).max() <= 0.5
    assert not data.judged[:, :5].any()
    assert data.constant_loss == pytest.approx(1.0 / 12.0, rel=0.25)


def test_the_memory_function_is_the_squared_correlation():
    data = MemoryCapacity(delays=2, length=400, washout=10).train
    rng = np.random.default_rng(0)
    outputs = 3.0 + 2.0 * data.targets + rng.normal(scale=[0.0, 1.0], size=data.targets.shape)
    d, y = data.targets[data.judged > 0], outputs[data.judged > 0]
    expected = [np.corrcoef(d[:, k], y[:, k])[0, 1] ** 2 for k in (0, 1)]
    np.testing.assert_allclose(memory_function(data, outputs), expected, rtol=1e-12)
    np.testing.assert_array_equal(memory_function(data, np.ones_like(outputs)), 0.0)


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_the_capacity_is_at_most_the_number_of_units_which_linear_ones_nearly_reach(activation):
    units = 8
    task = MemoryCapacity(delays=24, length=3000)
    network = ESN(
        inputs=1, hidden=units, outputs=24, activation=activation, bias_scaling=0.0,
        spectral_radius=0.95,
    )  # fmt: skip
    weights = fit_readout(network, task, 1e-12)
    outputs = Fitness(task, network, dtype="float64", split="test").predict(weights)
    capacity = memory_function(task.test, outputs).sum()
    # Chance correlations of 24 outputs on 6,000 steps add up to about 24/6,000.
    assert capacity < units + 0.1
    assert capacity > (0.95 * units if activation == "identity" else 0.3 * units)


def test_a_train_without_jitter_is_its_templates():
    task = SpikePatterns(segments=3, channels=2, jitter=0.0, sequences=20)
    data = task.train
    for inputs, targets in zip(data.inputs, data.targets, strict=True):
        for channel in range(2):
            times = np.concatenate(
                [
                    task.templates[n][int(targets[-1, n] > 0.0)][channel]
                    for n in range(task.segments)
                ]
            )
            expected = np.bincount(times.astype(int), minlength=750)
            np.testing.assert_array_equal(inputs[:, channel], expected)
    np.testing.assert_array_equal(np.flatnonzero(data.judged[0]), [749])


def test_templates_are_poisson_trains_in_their_segments():
    task = SpikePatterns(segments=5, channels=40, rate=20.0)
    counts = []
    for n, choices in enumerate(task.templates):
        for channels in choices:
            for times in channels:
                counts.append(len(times))
                assert np.all((times >= 250.0 * n) & (times < 250.0 * (n + 1)))
    # 400 Poisson numbers of mean 5: standard error 0.11.
    assert np.mean(counts) == pytest.approx(5.0, abs=0.5)
    assert np.var(counts) == pytest.approx(5.0, abs=1.5)


def test_jitter_moves_spikes_by_its_standard_deviation():
    task = SpikePatterns(segments=1, rate=4.0, segment=1000.0, jitter=4.0, dt=0.1, sequences=400)
    moved = []
    for inputs, targets in zip(task.train.inputs, task.train.targets, strict=True):
        template = task.templates[0][int(targets[-1, 0] > 0.0)][0]
        spikes = 0.1 * (np.flatnonzero(inputs[:, 0]) + 0.5)
        apart = template[(template > 50.0) & (template < 950.0)]
        apart = [s for s in apart if np.sum(np.abs(template - s) < 60.0) == 1]
        moved += [d for s in apart for d in spikes - s if abs(d) < 30.0]
    assert len(moved) > 100
    assert np.std(moved) == pytest.approx(4.0, rel=0.1)
    assert np.mean(moved) == pytest.approx(0.0, abs=0.5)


def test_the_splits_share_their_templates():
    task = SpikePatterns(jitter=0.0, segments=1)
    trains = {row.tobytes() for data in (task.train, task.test) for row in data.inputs}
    assert len(trains) == 2


def test_right_signs_are_counted_by_output():
    data = SpikePatterns(segments=2, sequences=10).train
    outputs = data.targets.copy()
    outputs[:4, :, 1] *= -0.01
    np.testing.assert_allclose(right_signs(data, outputs), [1.0, 0.6])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: MemoryCapacity(delays=0), "delays must be at least 1"),
        (lambda: MemoryCapacity(delays=200), "washout must be at least 200"),
        (lambda: MemoryCapacity(length=100), "leaves nothing to judge of 100 steps"),
        (lambda: SpikePatterns(segments=0), "segments must be at least 1"),
        (lambda: SpikePatterns(rate=0.0), "rate must be above 0"),
        (lambda: SpikePatterns(jitter=-1.0), "jitter must be at least 0"),
        (lambda: SpikePatterns(dt=0.0), "dt must be above 0"),
    ],
)
def test_bad_options_are_named(build, message):
    with pytest.raises(ConfigurationError, match=message):
        build()
