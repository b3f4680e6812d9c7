"""Checkpoints: the newest good one is found whatever has happened to the others."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from evornn.errors import StorageError
from evornn.runs.checkpoint import Checkpoints, RunWarning
from evornn.runs.packing import pack, unpack
from evornn.runs.record import to_line
from evornn.runs.tally import Tally

IDENTITY = {"optimizer": {"name": "walk", "options": {"steps": 3}}, "dtype": "float32"}


@pytest.fixture
def checkpoints(tmp_path):
    """Five generations saved, of which three are kept."""
    made = Checkpoints(tmp_path, IDENTITY)
    for generation in range(1, 6):
        made.save(Tally(generation=generation), {"point": np.full(4, generation / 3)})
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def file_of(checkpoints: Checkpoints, generation: int) -> Path:
    return checkpoints.folder / f"checkpoint-{generation}.safetensors"


def loaded_generation(checkpoints: Checkpoints) -> int:
    tally, state = Checkpoints(checkpoints.folder, IDENTITY).load()
    np.testing.assert_array_equal(state["point"], np.full(4, tally.generation / 3))
    return tally.generation


def relist(path: Path) -> None:
    """Make the manifest believe in the file as it is now."""
    data = path.read_bytes()
    line = {
        "generation": 9,
        "file": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
    }
    with (path.parent / "manifest.jsonl").open("ab") as manifest:
        manifest.write(to_line(line))


def test_the_last_three_are_kept_and_the_newest_is_loaded(checkpoints):
    assert names(checkpoints.folder) == [
        *(f"checkpoint-{generation}.safetensors" for generation in (3, 4, 5)),
        "manifest.jsonl",
    ]
    assert loaded_generation(checkpoints) == 5


def test_manifest_lines_say_what_the_protocol_asks(checkpoints):
    lines = [json.loads(line) for line in checkpoints.manifest.read_text().splitlines()]
    assert [line["generation"] for line in lines] == [1, 2, 3, 4, 5]
    data = file_of(checkpoints, 5).read_bytes()
    assert lines[-1] == {
        "generation": 5,
        "evaluations": 0,
        "file": "checkpoint-5.safetensors",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "optimizer": "walk",
        "schema": 1,
    }


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 0x10
    path.write_bytes(data)


DAMAGES = [truncate, empty, flip, os.unlink]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_passed_over_with_a_warning(checkpoints, damage):
    damage(file_of(checkpoints, 5))
    with pytest.warns(RunWarning, match=r"passed over .*checkpoint-5.* from checkpoint-4"):
        assert loaded_generation(checkpoints) == 4


def test_what_is_saved_after_damage_keeps_the_good_one(checkpoints):
    flip(file_of(checkpoints, 5))
    again = Checkpoints(checkpoints.folder, IDENTITY)
    with pytest.warns(RunWarning):
        again.load()
    again.save(Tally(generation=5), {"point": np.full(4, 5 / 3)})
    assert loaded_generation(checkpoints) == 5
    truncate(file_of(checkpoints, 5))
    with pytest.warns(RunWarning):
        assert loaded_generation(checkpoints) == 4


@pytest.mark.parametrize("damage", DAMAGES)
def test_all_damaged_is_an_error_that_names_them(checkpoints, damage):
    for generation in (3, 4, 5):
        damage(file_of(checkpoints, generation))
    with pytest.raises(StorageError, match=r"(?s)checkpoint-5.*checkpoint-4.*checkpoint-3") as none:
        loaded_generation(checkpoints)
    assert none.value.exit_code == 4


@pytest.mark.parametrize("junk", [b'{"file": "checkpoint-', b"\n\n", b"\xff\x00\n", b"[]\n7\n{}\n"])
def test_junk_in_the_manifest_is_ignored(checkpoints, junk):
    with checkpoints.manifest.open("ab") as manifest:
        manifest.write(junk)
    assert loaded_generation(checkpoints) == 5
    checkpoints.save(Tally(generation=6), {"point": np.full(4, 6 / 3)})
    assert loaded_generation(checkpoints) == 6


def test_a_manifest_lost_with_checkpoints_there_is_an_error(checkpoints):
    checkpoints.manifest.unlink()
    assert checkpoints.none_listed()
    with pytest.raises(StorageError, match="lists no checkpoint"):
        loaded_generation(checkpoints)


def test_a_checkpoint_of_another_configuration_is_refused_with_the_difference(checkpoints):
    other = {"optimizer": {"name": "walk", "options": {"steps": 4}}, "dtype": "float64"}
    with pytest.raises(StorageError) as refused:
        Checkpoints(checkpoints.folder, other).load()
    message = str(refused.value)
    assert 'dtype: "float32" there, "float64" here' in message
    assert "optimizer.options.steps: 3 there, 4 here" in message


def test_a_checkpoint_of_another_schema_is_refused(checkpoints):
    path = file_of(checkpoints, 5)
    path.write_bytes(pack(unpack(path.read_bytes()) | {"schema": 2}))
    relist(path)
    with pytest.raises(StorageError, match=r"has schema 2.* reads 1"):
        loaded_generation(checkpoints)


@pytest.mark.parametrize(
    "part", [{"tally": {"generations": 3}}, {"tally": 3}, {"identity": None}, {"tally": None}]
)
def test_a_checkpoint_of_another_shape_is_refused(checkpoints, part):
    path = file_of(checkpoints, 5)
    path.write_bytes(pack(unpack(path.read_bytes()) | part))
    relist(path)
    with pytest.raises(StorageError):
        loaded_generation(checkpoints)


@pytest.mark.parametrize(
    "name", ["../secret.safetensors", "/etc/passwd", "checkpoint-1.safetensors/../x", "x", ""]
)
def test_a_manifest_cannot_point_elsewhere(checkpoints, tmp_path, name):
    (tmp_path.parent / "secret.safetensors").write_bytes(save({"a": np.zeros(1)}))
    with checkpoints.manifest.open("ab") as manifest:
        manifest.write(to_line({"generation": 9, "file": name, "bytes": 1, "sha256": ""}))
    with pytest.warns(RunWarning, match="not the name of a checkpoint"):
        assert loaded_generation(checkpoints) == 5


def test_a_well_summed_file_that_is_no_checkpoint_is_passed_over(checkpoints):
    path = file_of(checkpoints, 5)
    path.write_bytes(b"\x80\x04}q\x00.")
    relist(path)
    with pytest.warns(RunWarning, match="not a file that evornn wrote"):
        assert loaded_generation(checkpoints) == 4


def test_saving_does_not_change_the_state(tmp_path):
    state = {"point": np.zeros(3), "list": [1, 2]}
    Checkpoints(tmp_path, IDENTITY).save(Tally(), state)
    assert state["list"] == [1, 2]
    assert state["point"].tolist() == [0, 0, 0]
