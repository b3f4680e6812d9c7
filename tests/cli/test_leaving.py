"""Exit codes: one message and the right code for every way to end."""

from __future__ import annotations

import signal
import sys

import pytest
import typer

from evornn.cli.leaving import reporting
from evornn.errors import ConfigurationError, RunFailed, StepError, StorageError
from evornn.runs import Interrupted, Terminated

SPOIL = "import evornn.registry as r; r.registry_of = None; from evornn.cli import main"


def left_with(error, capsys):
    with pytest.raises(typer.Exit) as leaving, reporting():
        raise error
    return leaving.value.exit_code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ConfigurationError("no such thing"), 2, "error: no such thing\n"),
        (StepError("use where"), 2, "error: use where\n"),
        (RunFailed("all diverged"), 3, "error: all diverged\n"),
        (StorageError("disk full"), 4, "error: disk full\n"),
        (Interrupted("stopped after 3"), 130, "stopped after 3\n"),
        (Terminated("stopped after 4"), 143, "stopped after 4\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (BrokenPipeError(), 0, ""),
        (
            ModuleNotFoundError("No module named 'deap.tools'", name="deap.tools"),
            2,
            "error: this needs deap, which is not installed: pip install deap\n",
        ),
        (
            ModuleNotFoundError("No module named 'mine'", name="mine"),
            2,
            "error: this needs the module mine, which is neither installed nor beside the file "
            "that imports it\n",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_code_and_message(error, code, message, capsys):
    assert left_with(error, capsys) == (code, message)


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a defect"), ModuleNotFoundError("x", name="evornn.nothing")]
)
def test_a_defect_keeps_its_traceback(error):
    with pytest.raises(type(error)), reporting():
        raise error


def test_a_defect_leaves_with_1(program):
    left = program("-c", f"{SPOIL}; raise SystemExit(main(['list', 'x']))", module=False)
    assert left.returncode == 1
    assert b"TypeError" in left.stderr


def test_a_missing_library_names_the_pip_command(evornn, trained, monkeypatch):
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    left = evornn("show", trained, "--figures", "drawn")
    assert left.code == 2
    assert "pip install matplotlib" in left.err


def test_interrupt_before_anything_happens(evornn, monkeypatch):
    monkeypatch.setattr(
        "evornn.cli.commands.listing.registry_of", lambda *_: signal.raise_signal(signal.SIGINT)
    )
    left = evornn("list", "tasks")
    assert left.code == 130
    assert "Traceback" not in left.err
