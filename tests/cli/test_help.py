"""Help: there at once, by example, and true."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evornn.cli.app import app

COMMANDS = [command.name for command in app.registered_commands]
HEAVY = ("numba", "scipy", "matplotlib", "cma", "deap", "pyswarms", "numpy", "pydantic")


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from evornn.cli import main\n"
        "assert main(['--help']) == 0\n"
        f"loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, timeout=60)


def test_help_names_every_command(evornn):
    left = evornn("--help")
    assert left.code == 0
    assert all(name in left.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example(evornn, command):
    left = evornn(command, "--help")
    assert left.code == 0
    assert f"evornn {command}" in left.out.partition("Examples")[2]


def test_no_arguments_show_the_help(evornn):
    left = evornn()
    assert left.code == 2
    assert "Usage: evornn" in left.out + left.err


def test_an_unknown_command_is_answered_with_the_nearest(evornn):
    left = evornn("trian")
    assert left.code == 2
    assert "train" in left.err


def test_version(evornn):
    left = evornn("--version")
    assert (left.code, left.out) == (0, "evornn 0.1.0\n")


def test_every_way_to_follow_a_gradient_is_named(evornn):
    from evornn.fitness.gradient_mode import KINDS

    shown = evornn("train", "--help").out
    assert all(kind in shown for kind in KINDS)
    assert "network.network.hidden=5" in shown


def test_parts_are_asked_for_by_name_too(evornn):
    shown = evornn("replay", "--help").out
    assert "NAME|FILE.py:CLASS" in shown
    assert "gym:my_module:Mine-v0" in shown
