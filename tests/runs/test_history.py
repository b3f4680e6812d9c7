"""The history file: strict JSON lines, of which the good ones survive anything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evornn.errors import StorageError
from evornn.runs.record import HistoryFile, entry, read_history, rewrite_history, to_line
from evornn.runs.tally import Tally

LINES = [{"generation": g, "best_loss": 1.0 / g} for g in range(1, 6)]


def history(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_lines_come_back(tmp_path):
    file = HistoryFile(tmp_path / "history.jsonl")
    for line in LINES:
        file.append(line)
    assert read_history(file.path) == (LINES, 0)
    file.close()


@pytest.mark.parametrize(
    "junk",
    [b"\n", b'{"generation": 4, "best', b"\xff\xfe\x00\x01\n", b"[1]\n", b"7\n", b"{}\n",
     to_line(LINES[1]), b'{"generation": "9"}\n', b"[" * 50_000 + b"\n"],
)  # fmt: skip
def test_junk_is_left_out_and_counted(tmp_path, junk):
    data = b"".join(map(to_line, LINES[:3]))
    assert read_history(history(tmp_path / "h", data + junk)) == (LINES[:3], 1)


def test_good_lines_after_junk_count(tmp_path):
    data = to_line(LINES[0]) + b"\x00\x00\n" + to_line(LINES[1])
    assert read_history(history(tmp_path / "h", data)) == (LINES[:2], 1)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, sum(len(to_line(line)) for line in LINES)))
def test_a_file_cut_anywhere_keeps_its_whole_lines(tmp_path, cut):
    data = b"".join(map(to_line, LINES))[:cut]
    whole = data.count(b"\n")
    found, ignored = read_history(history(tmp_path / "h", data))
    assert found[:whole] == LINES[:whole]
    assert len(found) + ignored == len(data.splitlines())


def test_a_rewritten_history_is_the_whole_of_it(tmp_path):
    path = history(tmp_path / "h", b"junk" + to_line(LINES[0]))
    rewrite_history(path, LINES[:2])
    assert read_history(path) == (LINES[:2], 0)


def test_numbers_that_json_lacks_are_null():
    tally = Tally()
    losses = np.array([np.inf, np.nan])
    tally.count(np.zeros((2, 1)), losses, 1, 1)
    line = entry(tally, losses, {"temperature": np.inf, "size": np.float64(2)})
    assert json.loads(to_line(line)) == line
    assert line["best_loss"] is line["mean"] is line["median"] is None
    assert line["fitness"] == 0.0
    assert line["diagnostics"] == {"temperature": None, "size": 2.0}
    assert line["non_finite"] == 2


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_means_and_medians_are_those_of_the_finite_losses(count):
    losses = np.r_[np.random.default_rng(count).lognormal(size=count), np.nan, np.inf]
    tally = Tally()
    tally.count(np.zeros((len(losses), 1)), losses, 1, 1)
    line = entry(tally, losses, {})
    assert line["best"] == losses[:count].min()
    assert line["mean"] == pytest.approx(losses[:count].mean(), rel=1e-15)
    assert line["median"] == pytest.approx(np.median(losses[:count]), rel=1e-15)


def test_huge_losses_have_no_mean():
    tally, losses = Tally(), np.array([1e308, 1e308, 1e308])
    tally.count(np.zeros((3, 1)), losses, 1, 1)
    assert entry(tally, losses, {})["mean"] is None


def test_a_loss_of_zero_has_no_finite_fitness():
    tally = Tally()
    tally.count(np.zeros((1, 1)), np.zeros(1), 1, 1)
    assert entry(tally, np.zeros(1), {})["fitness"] is None


def test_a_full_disk_is_a_storage_error():
    file = HistoryFile(Path("/dev/full"))
    with pytest.raises(StorageError, match=r"cannot write /dev/full: No space left.*make room"):
        file.append(LINES[0])
    file.close()


def test_a_deleted_folder_is_noticed_and_not_made_again(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    file = HistoryFile(folder / "history.jsonl")
    shutil.rmtree(folder)
    with pytest.raises(StorageError, match="was deleted while the run was working"):
        file.append(LINES[0])
    file.close()
    assert not folder.exists()
