"""The first signal asks for a checkpoint, the second one ends at once."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest

from evornn.optimizers import Start
from evornn.runs.checkpoint import Checkpoints
from evornn.runs.record import HistoryFile, read_history
from evornn.runs.recorder import FolderRecorder
from evornn.runs.signals import HANDLED, Interrupted, Signals, Terminated

IDENTITY = {"optimizer": {"name": "walk"}}
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143, signal.SIGUSR1: 143}


@pytest.fixture
def in_folder(tmp_path, evolution):
    """``in_folder(hook)`` runs an evolution with its record in tmp_path."""

    def run(hook):
        file = HistoryFile(tmp_path / "history.jsonl")
        checkpoints = Checkpoints(tmp_path, IDENTITY)
        try:
            with Signals() as signals:
                recorder = FolderRecorder([], file, checkpoints, signals, checkpoint_every=100.0)
                made = evolution(hook, recorder=recorder, generations=20)
                made.run()
        finally:
            file.close()

    return run


@pytest.fixture
def handlers():
    """The handlers must be as before when the test has ended."""
    before = [signal.getsignal(number) for number in HANDLED]
    yield
    assert [signal.getsignal(number) for number in HANDLED] == before


@pytest.mark.parametrize("number", HANDLED)
@pytest.mark.usefixtures("handlers")
def test_a_quick_generation_is_finished_then_a_checkpoint_made(tmp_path, in_folder, number):
    def interrupt(generation, population, losses):
        if generation == 4:
            os.kill(os.getpid(), number)
        return losses

    with pytest.raises((Interrupted, Terminated), match=r"after generation 4; .*resume") as stopped:
        in_folder(interrupt)
    assert stopped.value.exit_code == CODES[number]
    assert Checkpoints(tmp_path, IDENTITY).load()[0].generation == 4
    assert len(read_history(tmp_path / "history.jsonl")[0]) == 4


@pytest.mark.usefixtures("handlers")
def test_a_slow_generation_is_broken_off_and_repeated_on_resume(
    tmp_path, in_folder, monkeypatch, walk
):
    monkeypatch.setattr("evornn.runs.recorder.SLOW", -1.0)
    states = []

    def interrupt(generation, population, losses):
        states.append(population)
        if generation == 4:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()  # would hang here, were the evaluation not broken off
        return losses

    with pytest.raises(Terminated, match="after generation 3"):
        in_folder(interrupt)
    tally, state = Checkpoints(tmp_path, IDENTITY).load()
    assert tally.generation == 3
    assert state["best_loss"] == tally.best_loss
    resumed = walk().search(3, Start(), np.random.default_rng(99))
    resumed.load_state(state)
    np.testing.assert_array_equal(resumed.ask(), states[-1])


@pytest.mark.usefixtures("handlers")
def test_the_second_interrupt_is_immediate():
    with Signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.received == signal.SIGTERM
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("handlers")
def test_an_ignored_signal_stays_ignored(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.received is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_leave_the_signals_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with Signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
