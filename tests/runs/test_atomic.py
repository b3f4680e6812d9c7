"""Files are whole or as before, and what the system refuses is one clear StorageError."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evornn.errors import StorageError
from evornn.runs.atomic import write_atomically

PLACES = ["after_write", "before_rename", "after_rename"]


def test_the_new_content_is_there_and_nothing_else(tmp_path):
    file = tmp_path / "file"
    for data in (b"old", b"new"):
        write_atomically(file, data)
        assert file.read_bytes() == data
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("place", PLACES)
def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path, place):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    code = (
        "import sys; from pathlib import Path; from evornn.runs.atomic import write_atomically\n"
        "write_atomically(Path(sys.argv[1]), b'new')"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        env=os.environ | {"EVORNN_FAULT": f"file:{place}"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert file.read_bytes() == (b"new" if place == "after_rename" else b"old")


def test_order_of_the_system_calls(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr("evornn.runs.faults.reach", calls.append)
    monkeypatch.setattr("os.fsync", lambda descriptor: calls.append("fsync"))
    write_atomically(tmp_path / "file", b"data", label="ckpt")
    assert calls == [
        "ckpt:after_write", "fsync", "ckpt:before_rename", "ckpt:after_rename", "fsync",
    ]  # fmt: skip


def test_file_size_limit(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StorageError, match="ulimit -f") as refused:
            write_atomically(file, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.exit_code == 4
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc here")
def test_a_folder_that_takes_no_files_has_not_gone():
    with pytest.raises(StorageError, match="nothing can be put into this folder: give another"):
        write_atomically(Path("/proc/film.gif"), b"data")


def test_a_folder_that_has_gone_is_not_made_again(tmp_path):
    with pytest.raises(StorageError, match="deleted or moved"):
        write_atomically(tmp_path / "gone" / "file", b"data")
    assert not (tmp_path / "gone").exists()
