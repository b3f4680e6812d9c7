"""Recall tasks: what is corrupted, what is judged, and the letters."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import REGISTRY, LetterRecall, PatternRecall
from evornn.tasks.letters import LETTERS, letter_patterns


@pytest.mark.parametrize(("share", "bits"), [(0.0, 0), (0.1, 4), (0.5, 18), (1.0, 35)])
def test_a_share_of_the_bits_is_flipped(share, bits):
    task = LetterRecall(share=share, sequences=50)
    wrong = task.train.inputs[:, 0] != task.train.targets[:, 0]
    np.testing.assert_array_equal(wrong.sum(axis=1), bits)
    np.testing.assert_array_equal(np.abs(task.train.inputs[:, 0]), 1.0)
    if 0 < bits < 35:
        assert len(np.unique(wrong, axis=0)) > 40


def test_masked_bits_are_unknown():
    cues = PatternRecall(corruption="mask", share=0.3, units=20, sequences=30).train.inputs[:, 0]
    np.testing.assert_array_equal((cues == 0.0).sum(axis=1), 6)


def test_the_cue_comes_first_and_the_last_step_is_judged():
    task = PatternRecall(length=4, units=8)
    assert np.all(task.train.inputs[:, 0] != 0.0)
    assert not np.any(task.train.inputs[:, 1:])
    np.testing.assert_array_equal(task.train.judged, np.tile([0, 0, 0, 1], (40, 1)))
    held = PatternRecall(length=4, units=8, held=True).train
    np.testing.assert_array_equal(held.inputs, np.repeat(task.train.inputs[:, :1], 4, axis=1))


def test_patterns_take_turns_and_are_those_of_every_split():
    task = PatternRecall(count=3, units=25, sequences=7)
    np.testing.assert_array_equal(task.train.targets[:, -1], task.patterns[[0, 1, 2, 0, 1, 2, 0]])
    for split in (task.validation, task.test):
        np.testing.assert_array_equal(split.targets[:3, -1], task.patterns)
    assert np.any(PatternRecall(count=3, units=25, seed=1).patterns != task.patterns)


def test_partners_are_called_up():
    task = PatternRecall(count=4, units=10, partner_units=6, sequences=4, share=0.0)
    assert task.partners.shape == (4, 6)
    np.testing.assert_array_equal(task.train.inputs[:, 0], task.patterns)
    np.testing.assert_array_equal(task.train.targets[:, -1], task.partners)
    letters = LetterRecall(letters="AB", partners_of="XY", sequences=2)
    np.testing.assert_array_equal(letters.train.targets[:, -1], letter_patterns("XY"))


def test_noise_follows_the_cue_at_every_step():
    quiet, noisy = PatternRecall(units=8), PatternRecall(units=8, noise=3)
    assert (quiet.input_size, noisy.input_size) == (8, 11)
    np.testing.assert_array_equal(noisy.train.inputs[:, :, :8], quiet.train.inputs)
    noise = noisy.train.inputs[:, :, 8:]
    assert 0.0 <= noise.min() < 0.01
    assert 0.99 < noise.max() < 1.0
    assert noise.mean() == pytest.approx(0.5, abs=0.05)


def test_letters_are_different_bitmaps():
    assert "".join(LETTERS) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert {bitmap.shape for bitmap in LETTERS.values()} == {(7, 5)}
    patterns = letter_patterns("".join(LETTERS))
    assert set(patterns.flat) == {-1.0, 1.0}
    distances = (patterns[:, np.newaxis] != patterns).sum(axis=2)
    assert distances[~np.eye(26, dtype=bool)].min() >= 2
    np.testing.assert_array_equal(LETTERS["L"][:, 0], 1.0)
    np.testing.assert_array_equal(LETTERS["L"][:-1, 1:], -1.0)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("pattern_recall", {"share": 1.5}, "share .*1.5"),
        ("pattern_recall", {"corruption": "flips"}, "corruption .*did you mean 'flip'"),
        ("pattern_recall", {"held": 1}, "held .*1"),
        ("pattern_recall", {"noise": -1}, "noise .*-1"),
        ("pattern_recall", {"count": 0}, "count .*0"),
        ("pattern_recall", {"units": 0}, "units .*0"),
        ("pattern_recall", {"partner_units": -1}, "partner_units .*-1"),
        ("letter_recall", {"letters": ""}, "letters must be a string of letters A to Z, got ''"),
        ("letter_recall", {"letters": "Aa"}, "letters .*'Aa'"),
        ("letter_recall", {"letters": 3}, "letters .*3"),
        ("letter_recall", {"letters": "AA"}, "each letter once, got 'AA'"),
        ("letter_recall", {"partners_of": "AB"}, "partners_of needs one letter for each .*'AB'"),
        ("letter_recall", {"partners_of": "ABCDE1"}, "partners_of .*'ABCDE1'"),
    ],
)
def test_wrong_options_are_named(name, options, message):
    with pytest.raises(ConfigurationError, match=message):
        REGISTRY.build(name, options)
