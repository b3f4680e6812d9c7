"""Fault 34: closed, cut off, piped and plain output never bring a traceback or escape codes."""

from __future__ import annotations

import warnings

import pytest

from evornn.cli.streams import prepared_streams

ESCAPE = b"\x1b"


def sound(left):
    assert b"Traceback" not in left.stderr, left.stderr
    assert b"Exception ignored" not in left.stderr, left.stderr
    assert ESCAPE not in left.stdout + left.stderr


@pytest.mark.parametrize(
    "arguments", [("--help",), ("list",), ("list", "tasks", "--json"), ("trian",)]
)
def test_a_pipe_gets_plain_text(program, arguments):
    left = program(*arguments)
    sound(left)
    assert left.returncode == (2 if arguments == ("trian",) else 0)


@pytest.mark.parametrize("command", ["list --json", "list optimizers", "--help"])
def test_head_closes_the_pipe_early(program, command):
    left = program(shell=f"EVORNN {command} | head -c 1; exit ${{PIPESTATUS[0]}}")
    sound(left)
    assert left.returncode == 0
    assert len(left.stdout) == 1


def test_a_pipe_that_nobody_reads(program):
    left = program(shell="EVORNN list --json | sleep 0; exit ${PIPESTATUS[0]}")
    sound(left)
    assert left.returncode == 0


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams(program, closed):
    left = program(shell=f"EVORNN list tasks {closed}")
    sound(left)
    assert left.returncode == 0


def test_a_training_with_stdout_closed_keeps_its_run(program, train, tmp_path):
    arguments = " ".join((*train, "--evaluations", "200", "--out", "kept"))
    left = program(shell=f"EVORNN {arguments} >&-")
    sound(left)
    assert left.returncode == 0
    assert (tmp_path / "kept" / "result.json").exists()


@pytest.mark.parametrize("command", ["list tasks", "list --json"])
def test_full_output_device_is_told(program, command):
    left = program(shell=f"EVORNN {command} > /dev/full")
    assert left.returncode == 4
    assert left.stderr.count(b"cannot write the output: No space left") == 1
    sound(left)


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
@pytest.mark.parametrize("arguments", [("--help",), ("list", "tasks"), ("doctor",), ("train",)])
def test_the_c_locale(program, env, arguments):
    left = program(*arguments, env=env)
    sound(left)
    assert left.returncode == (2 if arguments == ("train",) else 0)


def test_no_blanks_at_the_ends_of_lines(evornn):
    left = evornn("list")
    assert left.out == "".join(f"{line.rstrip()}\n" for line in left.out.splitlines())


def test_warnings_have_no_colours_and_come_once(capsys):
    with prepared_streams():
        warnings.simplefilter("always")
        for _ in range(2):
            warnings.warn("\x1b[33mWARN: old\x1b[0m", stacklevel=1)
    assert capsys.readouterr().err == "warning: WARN: old\n"
