"""Signals of nested periods, and repertoires of movements."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import NestedPeriods, Repertoire


def test_a_signal_of_nested_periods_is_the_sum_of_its_levels():
    signal = NestedPeriods(periods=(2, 6, 12), length=24, test_length=48).signal
    np.testing.assert_array_equal(signal[:36], signal[12:])
    np.testing.assert_allclose([signal[:12].mean(), signal[:12].std()], [0.0, 1.0], atol=1e-12)
    # The lowest level alone changes within two steps, and always by the same.
    np.testing.assert_allclose(np.diff(signal[:12])[::2], signal[1] - signal[0])
    assert not np.allclose(signal[:6], signal[6:12])


def test_the_test_judges_what_was_not_learnt():
    task = NestedPeriods()
    assert task.train.judged.all()
    for data, first in ((task.validation, 128), (task.test, 192)):
        assert not data.judged[0, :first].any()
        assert data.judged[0, first:].all()
    assert task.train.inputs.sum() == task.test.inputs.sum() == 1.0


@pytest.mark.parametrize("periods", [(4, 6), (4, 4), (), (1,), (16, 4)])
def test_periods_must_be_nested(periods):
    with pytest.raises(ConfigurationError, match="periods"):
        NestedPeriods(periods=periods)


def test_movements_begin_alike_and_are_told_apart_by_the_cue_alone():
    task = Repertoire()
    data = task.train
    np.testing.assert_array_equal(data.inputs[:, 0, 4:], 0.0)
    np.testing.assert_array_equal(data.inputs[:, 0, :4], np.eye(4))
    assert not data.inputs[:, 1:, :4].any()
    assert len(np.unique(data.targets.reshape(4, -1).round(9), axis=0)) == 4
    np.testing.assert_array_equal(data.inputs[:, 1:, 4:], data.targets[:, :-1])


def test_a_closed_loop_gives_the_first_position_only():
    assert Repertoire().train.free_running is None
    held_out = Repertoire().validation, Repertoire().test
    for data in (*held_out, Repertoire(closed_loop=True).train):
        assert data.free_running == 1
        assert data.feedback == (-1, -1, -1, -1, 0, 1)


def test_there_are_no_more_movements_than_figures():
    with pytest.raises(ConfigurationError, match=r"movements .*9"):
        Repertoire(movements=9)
