"""The kernel cache: found by other processes, never stale, and no fault in it stops the work."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evornn.numerics import kernels
from evornn.numerics.kernels import compiled

USER_FILES = {
    "helpers.py": "def helper(x):\n    return x * 2.0\n",
    "network.py": (
        "import helpers\n"
        "from helpers import helper\n"
        "GAIN = 3.0\n"
        "def step(x):\n"
        "    return helper(x) + helpers.helper(x) + GAIN\n"
    ),
    "main.py": (
        "import sys\n"
        "from evornn.numerics import kernels\n"
        "import network\n"
        "kernels.announce = lambda name: print('compiles', name)\n"
        "kernel = kernels.compiled(lambda step: lambda x: step(x), 'test', network.step)\n"
        "print('gives', kernel(1.0))\n"
    ),
}


def add_one(x):
    return x + 1.0


def calling(step):
    def kernel(x):
        return step(x)

    return kernel


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder of this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("EVORNN_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def announced(monkeypatch):
    """Names of the kernels that had to be compiled."""
    names = []
    monkeypatch.setattr(kernels, "announce", names.append)
    return names


@pytest.fixture
def user(tmp_path, cache):
    """A user's folder with three files: ``run()`` starts the last one in a new process."""
    for name, text in USER_FILES.items():
        (tmp_path / name).write_text(text)

    def run():
        return subprocess.run(
            [sys.executable, "-W", "error", "-B", "main.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.split("\n")[:-1]

    return run


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_another_process_finds_the_kernel_until_anything_behind_it_changes(user, tmp_path):
    assert user() == ["compiles test", "gives 7.0"]
    assert user() == ["gives 7.0"]
    edit(tmp_path / "helpers.py", "x * 2.0", "x * 4.0")
    assert user() == ["compiles test", "gives 11.0"]
    edit(tmp_path / "network.py", "GAIN = 3.0", "GAIN = 5.0")
    assert user() == ["compiles test", "gives 13.0"]
    edit(tmp_path / "network.py", "+ GAIN", "- GAIN")
    assert user() == ["compiles test", "gives 3.0"]
    edit(tmp_path / "network.py", "import helpers\n", "import helpers  # a comment\n")
    assert user() == ["gives 3.0"]


def test_a_step_that_moved_to_another_module_is_found(user, tmp_path):
    assert user() == ["compiles test", "gives 7.0"]
    (tmp_path / "network.py").rename(tmp_path / "moved.py")
    edit(tmp_path / "main.py", "import network", "import moved as network")
    assert user() == ["gives 7.0"]


def test_a_new_helper_is_used_at_once(cache):
    # As in a notebook: the cell that defines the helper runs again, that of the step does not.
    def doubled(x):
        return x * 2.0

    def tripled(x):
        return x * 3.0

    def step(x):
        return helper(x)

    helper = doubled
    assert compiled(calling, "test", step)(1.0) == 2.0
    helper = tripled
    assert compiled(calling, "test", step)(1.0) == 3.0
    helper = doubled
    assert compiled(calling, "test", step)(1.0) == 2.0


def test_the_folder_is_the_users_alone(cache):
    assert compiled(calling, "test", add_one)(1.0) == 2.0
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [path.suffix for path in cache.iterdir()] == [".kernel"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:20],
        lambda content: content[:-1],
        lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],
        lambda content: b"garbage" * 1000,
    ],
    ids=["empty", "torn header", "truncated", "one bit", "garbage"],
)
def test_a_damaged_file_is_rebuilt_with_one_warning(damage, cache, announced):
    compiled(calling, "test", add_one)(1.0)
    (path,) = cache.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(UserWarning, match="was damaged") as caught:
        assert compiled(calling, "test", add_one)(1.0) == 2.0
    assert len(caught) == 1
    assert compiled(calling, "test", add_one)(1.0) == 2.0
    assert announced == ["test", "test"]


def test_a_file_of_another_kernel_is_not_taken(cache):
    def add_two(x):
        return x + 2.0

    compiled(calling, "test", add_one)(1.0)
    (one,) = cache.iterdir()
    compiled(calling, "test", add_two)(1.0)
    (two,) = set(cache.iterdir()) - {one}
    one.write_bytes(two.read_bytes())
    with pytest.warns(UserWarning, match="was damaged"):
        assert compiled(calling, "test", add_one)(1.0) == 2.0


def test_what_a_kernel_is_made_for_tells_kernels_of_one_step_apart(cache, announced):
    for layout in (("W", "U"), ("U", "W"), ("W", "U")):
        assert compiled(calling, "test", add_one, layout=layout)(1.0) == 2.0
    assert announced == ["test", "test"]


def test_a_folder_that_cannot_be_written_costs_one_warning(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("EVORNN_CACHE_DIR", str(tmp_path / "file" / "cache"))
    kernel = compiled(calling, "test", add_one)
    with pytest.warns(UserWarning, match="EVORNN_CACHE_DIR") as caught:
        results = kernel(1.0), kernel(1)
    assert results == (2.0, 2.0)
    assert len(caught) == 1


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_write_is_not_trusted(mode, cache, announced):
    compiled(calling, "test", add_one)(1.0)
    cache.chmod(mode)
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    with pytest.warns(UserWarning, match="other users can write") as caught:
        assert compiled(calling, "test", add_one)(1.0) == 2.0
    assert len(caught) == 1
    assert announced == ["test", "test"]
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX owners")
def test_a_folder_of_somebody_else_is_not_trusted(cache, announced, monkeypatch):
    compiled(calling, "test", add_one)(1.0)
    monkeypatch.setattr(os, "getuid", lambda: cache.stat().st_uid + 1)
    monkeypatch.setattr(kernels, "_ROOT", -1)
    with pytest.warns(UserWarning, match="other users can write"):
        assert compiled(calling, "test", add_one)(1.0) == 2.0
    assert announced == ["test", "test"]


def test_code_with_addresses_of_this_process_is_not_kept(cache):
    kernel = compiled(calling, "test", add_one)
    result = SimpleNamespace(library=SimpleNamespace(has_dynamic_globals=True))
    kernel._cache.save_overload("signature", result)
    assert not cache.exists()


def test_eight_processes_share_an_empty_folder(user, tmp_path):
    command = [sys.executable, "-W", "error", "-B", "main.py"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    together = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(8)
    ]
    for process in together:
        assert process.communicate()[0].endswith("gives 7.0\n")
        assert process.returncode == 0
    assert user() == ["gives 7.0"]


def test_old_kernels_and_abandoned_files_are_removed(cache, monkeypatch):
    monkeypatch.setattr(kernels, "KEPT_FILES", 2)
    cache.mkdir(mode=0o700)
    for age, name in enumerate(["new.kernel", "old.kernel", "older.kernel", "abandoned.tmp"]):
        (cache / name).write_text("")
        os.utime(cache / name, (0, 1e9 - age))
    (cache / "being-written.tmp").write_text("")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(calling, "test", add_one)(1.0)
    left = {path.name for path in cache.iterdir()}
    assert {"new.kernel", "being-written.tmp"} < left
    assert len(left) == 3


def test_arrays_and_tuples_of_the_author_are_part_of_the_fingerprint(cache):
    def step(x):
        return x + table[0][0]

    table = (np.array([1.0]),)
    assert compiled(calling, "test", step)(1.0) == 2.0
    table = (np.array([5.0]),)
    assert compiled(calling, "test", step)(1.0) == 6.0
