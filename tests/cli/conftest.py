"""The program, inside this process and as one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from evornn.cli import main


class Left(NamedTuple):
    """How the program left and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def evornn(capsys: Any, tmp_path: Any, monkeypatch: Any) -> Any:
    """``evornn("train", "--task", …)`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> Left:
        capsys.readouterr()
        code = main(arguments)
        return Left(code, *capsys.readouterr())

    return run


@pytest.fixture
def program(tmp_path: Any) -> Any:
    """``program("list", …, env={…})``: the same as a process of its own.

    ``program(shell="EVORNN list | head")`` in a shell, ``module=False`` for plain Python.
    """

    def run(*arguments: str, shell: str | None = None, env: Any = None, module: bool = True) -> Any:
        command = [sys.executable, *(("-m", "evornn") if module else ()), *arguments]
        if shell is not None:
            command = ["bash", "-c", shell.replace("EVORNN", " ".join(command))]
        kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "GITHUB_ACTIONS")}
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=kept | (env or {}),
            capture_output=True,
            timeout=180,
            check=False,
        )

    return run


#: a training of a second or less
TRAIN = (
    "train",
    "--task",
    "delayed_recall",
    "--set",
    "task.delay=1",
    "--set",
    "task.sequences=2",
    "--network",
    "fully_recurrent",
    "--hidden",
    "2",
    "--optimizer",
    "random_search",
)


@pytest.fixture
def trained(evornn: Any) -> str:
    """Folder of a small finished run."""
    left = evornn(*TRAIN, "--evaluations", "300", "--out", "small")
    assert left.code == 0, left.err
    return "small"


@pytest.fixture
def train() -> tuple[str, ...]:
    """Arguments of a small training without limits."""
    return TRAIN
