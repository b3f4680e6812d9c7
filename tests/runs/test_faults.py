"""Whatever cuts a run off, resumed it ends with the same bits as one that was left in peace.

Numbers of rows are those of the fault matrix. The runs that are killed are processes of their own
(`worker.py`); ``EVORNN_KILLS=50`` kills more of them at random times.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evornn
from evornn.errors import ConfigurationError, RunFailed, StorageError
from evornn.runs import Run, RunWarning
from evornn.runs.record import WALL_TIMES

WORKER = Path(__file__).with_name("worker.py")
KILLS = int(os.environ.get("EVORNN_KILLS", "3"))


@pytest.fixture(scope="session")
def worker():
    """The module `worker`, for its parts."""
    spec = importlib.util.spec_from_file_location("worker", WORKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def undisturbed(worker):
    return evornn.train(*worker.parts(), generations=worker.GENERATIONS)


@pytest.fixture
def begun(worker, tmp_path):
    """``begun(disturb)`` trains in ``tmp_path/run`` with `disturb` as progress."""

    def train(disturb, **options):
        options = {"generations": worker.GENERATIONS, "checkpoint_every": 0} | options
        folder = tmp_path / "run"
        evornn.train(
            *worker.parts(),
            out=folder,
            progress=disturb,
            **options,
        )
        return folder

    return train


@pytest.fixture
def process(tmp_path):
    """``process(action="train", fault=None, **options)`` starts a worker in ``tmp_path/run``."""
    started = []

    def start(action="train", fault=None, **options):
        environment = os.environ | ({"EVORNN_FAULT": fault} if fault else {})
        command = [sys.executable, WORKER, action, tmp_path / "run", json.dumps(options)]
        started.append(
            subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()
        one.stderr.close()


@pytest.mark.parametrize("name", evornn.optimizers.REGISTRY)
def test_every_optimizer_goes_on_to_the_bit(worker, tmp_path, name):
    task, network, _ = worker.parts()
    whole = evornn.train(task, network, name, generations=8, seed=2)
    folder = tmp_path / "run"
    with pytest.raises(Cut):
        evornn.train(
            task,
            network,
            name,
            generations=8,
            seed=2,
            out=folder,
            checkpoint_every=0,
            progress=lambda status: cut_at(5, status),
        )
    assert_same(evornn.resume(folder), whole)
    assert_same(evornn.load_run(folder), whole)


class Cut(BaseException):
    """Ends a run as rudely as a kill, as far as one process can."""


def cut_at(generation, status):
    if status.tally.generation == generation:
        raise Cut


def without_wall_times(run: Run) -> list[dict]:
    return [
        {key: value for key, value in line.items() if key not in WALL_TIMES} for line in run.history
    ]


def assert_same(run: Run, undisturbed: Run) -> None:
    assert run.best_genome.tobytes() == undisturbed.best_genome.tobytes()
    assert run.best_loss == undisturbed.best_loss
    assert run.stop == undisturbed.stop
    assert without_wall_times(run) == without_wall_times(undisturbed)
    if run.path:
        assert not list(run.path.glob("*.tmp-*"))
        assert len((run.path / "history.jsonl").read_bytes().splitlines()) == len(run.history)


def wait_for_lines(folder: Path, count: int, process: subprocess.Popen) -> None:
    """Until the worker has recorded `count` generations."""
    history = folder / "history.jsonl"
    while process.poll() is None:
        if history.exists() and history.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.005)
    raise AssertionError(f"the worker ended early: {process.stderr.read()}")


def test_undisturbed_in_a_folder_is_the_same_as_in_memory(begun, undisturbed):
    folder = begun(None)
    assert_same(evornn.load_run(folder), undisturbed)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 29), min_size=1, max_size=3), every=st.sampled_from([0, 1e9]))
def test_cut_off_anywhere_any_number_of_times(begun, undisturbed, tmp_path, cuts, every):
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    with pytest.raises(Cut):
        begun(lambda status: cut_at(cuts[0], status), checkpoint_every=every)
    for cut in cuts[1:]:
        with contextlib.suppress(Cut):
            evornn.resume(tmp_path / "run", progress=functools.partial(cut_at, cut))
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)
    assert_same(evornn.load_run(tmp_path / "run"), undisturbed)


@pytest.mark.parametrize("kill", range(KILLS))
def test_row_1_and_16_killed_at_a_random_time(process, undisturbed, tmp_path, kill):
    """While it lives nobody else may work on its run; after its death anybody may."""
    one = process(pause=0.02)
    wait_for_lines(tmp_path / "run", 1, one)
    with pytest.raises(StorageError, match=f"in use by process {one.pid} on") as refused:
        evornn.resume(tmp_path / "run")
    assert refused.value.exit_code == 4
    time.sleep(np.random.default_rng(kill).uniform(0, 0.4))
    one.kill()
    one.wait()
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


@pytest.mark.parametrize(
    "place", ["after_write", "before_rename", "after_rename", "before_manifest"]
)
@pytest.mark.parametrize("visit", [5])
def test_row_2_killed_inside_a_checkpoint(process, undisturbed, tmp_path, place, visit):
    one = process(fault=f"ckpt:{place}@{visit}")
    assert one.wait() == -signal.SIGKILL
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


def test_row_2_killed_inside_the_very_first_checkpoint(process, undisturbed, tmp_path):
    assert process(fault="ckpt:before_manifest").wait() == -signal.SIGKILL
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_rows_3_and_4_signals_leave_with_a_checkpoint(process, undisturbed, tmp_path, number, code):
    one = process(pause=0.02, checkpoint_every=1e9)
    wait_for_lines(tmp_path / "run", 3, one)
    one.send_signal(number)
    assert one.wait() == code
    assert evornn.load_run(tmp_path / "run").best_genome is not None
    assert len(list((tmp_path / "run").glob("checkpoint-*"))) == 2
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


def test_row_3_a_second_interrupt_does_not_wait(process, undisturbed, tmp_path):
    one = process(pause=30.0)
    wait_for_lines(tmp_path / "run", 1, one)
    one.send_signal(signal.SIGINT)
    time.sleep(0.1)
    one.send_signal(signal.SIGINT)
    assert one.wait(timeout=20) in (130, -signal.SIGINT)
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


def test_row_3_a_generation_of_many_seconds_is_broken_off(process, tmp_path):
    one = process(steps=20_000, population=100_000)
    while one.poll() is None and not (tmp_path / "run" / "manifest.jsonl").exists():
        time.sleep(0.005)
    time.sleep(0.3)
    one.send_signal(signal.SIGINT)
    assert one.wait() == 130
    assert "stopped after generation 0" in one.stderr.read()
    run = evornn.load_run(tmp_path / "run")
    assert (run.history, run.best_genome) == ([], None)


def test_row_6_full_disk(tmp_path, undisturbed):
    """A file system of 48 KiB that only the worker sees; what it holds at the end is copied out."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'mount -t tmpfs -o size=48k none "$1" || exit 77; '
        '"$2" "$3" train "$1/run" "{}"; code=$?; cp -r "$1/run" "$4"; exit $code'
    )
    command = ["unshare", "-m", "sh", "-c", script, "sh", disk, sys.executable, WORKER, tmp_path]
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("mount namespaces are not allowed here")
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode == 77:
        pytest.skip(f"no file system can be mounted here: {ended.stderr}")
    assert ended.returncode == 4
    assert "make room on the disk, then resume the run" in ended.stderr
    assert not list((tmp_path / "run").glob("*.tmp-*"))
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


def test_row_7_file_size_limit(begun, undisturbed, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(status):
        if status.tally.generation == 10:
            resource.setrlimit(resource.RLIMIT_FSIZE, (600, hard))

    try:
        with pytest.raises(StorageError, match="raise it, then resume the run"):
            begun(limit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((tmp_path / "run").glob("*.tmp-*"))
    assert_same(evornn.resume(tmp_path / "run"), undisturbed)


def test_row_9_a_deleted_folder_stays_deleted(begun, tmp_path):
    def delete(status):
        if status.tally.generation == 5:
            shutil.rmtree(tmp_path / "run")

    with pytest.raises(StorageError, match="delete"):
        begun(delete)
    assert not (tmp_path / "run").exists()


@pytest.fixture
def cut_off(begun, tmp_path):
    """A run folder cut off after generation 20, with checkpoints 17, 18 and 19."""
    with pytest.raises(Cut):
        begun(functools.partial(cut_at, 20))
    return tmp_path / "run"


@pytest.mark.parametrize("bad", [["19"], ["18", "19"]])
def test_rows_10_and_11_damaged_checkpoints(cut_off, undisturbed, bad):
    for generation in bad:
        path = cut_off / f"checkpoint-{generation}.safetensors"
        path.write_bytes(path.read_bytes()[:-1] + b"\x55")
    with pytest.warns(RunWarning, match="sha256"):
        run = evornn.resume(cut_off)
    assert_same(run, undisturbed)


def test_row_12_all_checkpoints_bad_never_restarts(cut_off):
    for path in cut_off.glob("checkpoint-*"):
        path.write_bytes(b"")
    before = (cut_off / "history.jsonl").read_bytes()
    with pytest.raises(StorageError, match=r"checkpoint-19.*: 0 bytes"):
        evornn.resume(cut_off)
    assert (cut_off / "history.jsonl").read_bytes() == before


@pytest.mark.parametrize("junk", [b'{"generation": 21, "be', b"\n\n", b"\x00\xff\xfe\n"])
def test_row_13_junk_at_the_end_of_the_history(cut_off, undisturbed, junk):
    with (cut_off / "history.jsonl").open("ab") as file:
        file.write(junk)
    with pytest.warns(RunWarning, match="ignored [12] lines"):
        run = evornn.resume(cut_off)
    assert_same(run, undisturbed)


def test_a_lost_history_is_said_and_the_result_is_the_same(cut_off, undisturbed):
    (cut_off / "history.jsonl").unlink()
    with pytest.warns(RunWarning, match="has lost 19 of 19 generations"):
        run = evornn.resume(cut_off)
    assert run.best_genome.tobytes() == undisturbed.best_genome.tobytes()


def test_row_14_checkpoints_of_another_experiment(cut_off, worker, tmp_path):
    evornn.train(*worker.parts(), generations=20, seed=8, out=tmp_path / "other")
    for path in [*cut_off.glob("checkpoint-*"), cut_off / "manifest.jsonl"]:
        path.unlink()
    for path in [*(tmp_path / "other").glob("checkpoint-*"), tmp_path / "other" / "manifest.jsonl"]:
        shutil.copy(path, cut_off)
    with pytest.raises(StorageError, match="belongs to another experiment") as refused:
        evornn.resume(cut_off)
    for difference in ("seed: 8 there, 0 here", "stopping.generations: 20 there"):
        assert difference in str(refused.value)


@pytest.mark.parametrize("threads", [1, 2])
def test_row_28_threads_change_nothing(cut_off, worker, undisturbed, threads):
    made = evornn.train(*worker.parts(), generations=worker.GENERATIONS, threads=threads)
    assert_same(made, undisturbed)
    assert_same(evornn.resume(cut_off, threads=threads), undisturbed)


def test_row_34_nothing_is_printed(begun, capfd):
    begun(None)
    assert capfd.readouterr() == ("", "")


def test_row_35_a_spoilt_configuration_is_refused(cut_off):
    text = (cut_off / "config.json").read_text()
    (cut_off / "config.json").write_text(text.replace('"seed": 0,', '"sead": 0,', 1))
    with pytest.raises(ConfigurationError, match=r"sead: unknown key \(did you mean 'seed'\?\)"):
        evornn.resume(cut_off)


def test_elapsed_time_adds_up_over_resumes(cut_off):
    before = evornn.load_run(cut_off).history[18]["seconds"]
    history = evornn.resume(cut_off).history
    assert history[18]["seconds"] == before
    assert history[19]["seconds"] > before


def test_row_18_a_failing_evaluation_keeps_traceback_and_genome(begun, tmp_path, monkeypatch):
    from evornn.fitness import Fitness

    call = Fitness.__call__

    def fail(self, population):
        losses = call(self, population)
        if np.any(np.abs(population) > 2.0):
            raise ZeroDivisionError("wheel fell off")
        return losses

    monkeypatch.setattr(Fitness, "__call__", fail)
    with pytest.raises(RunFailed, match="ZeroDivisionError: wheel fell off"):
        begun(None, start=evornn.Start(scale=1.0))
    assert "wheel fell off" in (tmp_path / "run" / "failure.txt").read_text()
    from evornn.runs.packing import unpack

    genome = unpack((tmp_path / "run" / "failure.safetensors").read_bytes())["genome"]
    assert np.any(np.abs(genome) > 2.0)


def test_an_internal_error_keeps_its_traceback(begun, tmp_path):
    def fail(status):
        if status.tally.generation == 3:
            raise LookupError("a defect")

    with pytest.raises(LookupError):
        begun(fail)
    assert "a defect" in (tmp_path / "run" / "failure.txt").read_text()
