"""One process at a time works on a run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from evornn.errors import StorageError
from evornn.runs.lock import RunLock

HOLD = """
import sys, time
from pathlib import Path
from evornn.runs.lock import RunLock
lock = RunLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "run.lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_refused_by_name(tmp_path, holder):
    with pytest.raises(StorageError, match=f"process {holder.pid} on {socket.gethostname()}"):
        RunLock(tmp_path / "run.lock")


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path, holder):
    holder.kill()
    holder.wait()
    with closing(RunLock(tmp_path / "run.lock")):
        assert json.loads((tmp_path / "run.lock").read_text())["pid"] == os.getpid()
    assert (tmp_path / "run.lock").read_text() == ""


def test_the_same_process_is_refused_too(tmp_path):
    with (
        closing(RunLock(tmp_path / "run.lock")),
        pytest.raises(StorageError, match=str(os.getpid())),
    ):
        RunLock(tmp_path / "run.lock")
    RunLock(tmp_path / "run.lock").close()


def test_another_hosts_lock_says_what_to_do(tmp_path):
    path = tmp_path / "run.lock"
    path.write_text(json.dumps({"pid": 7, "host": "elsewhere", "start": "then"}))
    with pytest.raises(StorageError, match=r"process 7 on elsewhere.*delete .*run\.lock"):
        RunLock(path)


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", "\x00"])
def test_junk_in_the_lock_is_no_hindrance(tmp_path, junk):
    path = tmp_path / "run.lock"
    path.write_text(junk)
    RunLock(path).close()
