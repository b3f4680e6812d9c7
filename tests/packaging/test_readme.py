"""The README is true: its Python runs, its commands run, its tables name everything there is."""

import csv
import importlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"\[(examples/\S+\.py)\]\(\1\):\n\n```python\n(.*?)```", TEXT, re.DOTALL)
SHOWN = [code for _, code in EXAMPLES]
SNIPPETS = [
    code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if code not in SHOWN
]
COMMANDS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder of a user's own, with the files that the README speaks of."""
    for folder in ("examples", "experiments"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in (tmp_path / "examples").glob("*.py"):
        shutil.copy(file, tmp_path)
    flow = np.sin(np.arange(80) / 3.0)
    rows = [f"{value:.6f},{value**2:.6f}" for value in flow]
    (tmp_path / "measured.csv").write_text("\n".join(["flow,rain", *rows]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_the_python_runs_from_top_to_bottom(workplace):
    namespace = {"__name__": "readme"}
    for code in SNIPPETS:
        exec(compile(code, "README.md", "exec"), namespace)
    assert namespace["one_to_one"].judged_count == 5
    assert namespace["many_to_one"].judged_count == 5
    assert namespace["comparison"].missing == []
    assert set(namespace["comparison"].outcomes) == {"differential_evolution", "genetic"}


def test_the_commands_run(workplace):
    commands = [shlex.split(line) for line in COMMANDS if line.startswith("evornn ")]
    assert len(commands) > 5
    for command in commands:
        finished = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench"])
def test_make_knows_the_target(target):
    planned = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert planned.returncode == 0, planned.stderr
    assert ".venv" in planned.stdout


def test_the_two_commands_come_first():
    assert COMMANDS[:2] == ["make demo", "make test"]


@pytest.mark.parametrize(("path", "code"), EXAMPLES)
def test_a_shown_file_is_the_file(path, code):
    assert (ROOT / path).read_text(encoding="utf-8") == code


def test_every_example_is_shown():
    assert {path for path, _ in EXAMPLES} == {
        file.relative_to(ROOT).as_posix() for file in (ROOT / "examples").glob("*.py")
    }


@pytest.mark.parametrize("kind", ["network", "task", "optimizer", "encoding"])
def test_the_tables_name_everything(kind):
    table = re.search(rf"^\| {kind} \|.*?\n\n", TEXT, re.DOTALL | re.MULTILINE)
    assert table is not None
    named = re.findall(r"^\| `(\w+)` \|", table.group(), re.MULTILINE)
    assert named == list(importlib.import_module(f"evornn.{kind}s").REGISTRY)


def test_the_figures_of_optimizers_are_those_of_the_results():
    with (ROOT / "results/every_optimizer/ranks.csv").open(newline="") as file:
        ranked = {row.pop("optimizer"): row for row in csv.DictReader(file)}
    shown = re.findall(r"^\| `(\w+)` \|.*\| (\S+) \| (\S+) \| (\d+) % \|$", TEXT, re.MULTILINE)
    assert {name for name, *_ in shown} == set(ranked)
    for name, test, training, share in shown:
        row = ranked[name]
        assert (test, training, f"{share}%") == (row["test"], row["training"], row["at target"])


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
