"""``evornn compare``, scripts that call it, and ``evornn show`` of what it made."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evornn.cli.experiments import seeds_of
from evornn.comparison import load_comparison
from evornn.errors import ConfigurationError

SCRIPT = '''
"""Which of two?"""
import dataclasses
import evornn
from evornn.optimizers import RandomSearch

@dataclasses.dataclass(frozen=True)
class Own(RandomSearch):
    """An optimizer of one's own."""

EXPERIMENTS = [
    evornn.Experiment(
        name=name,
        question="Which of two?",
        task=evornn.tasks.DelayedRecall(delay=1, length=8, sequences=2),
        network=evornn.networks.FullyRecurrent(1, 2, 1),
        optimizers={"own": Own(population_size=5), "genetic": evornn.optimizers.Genetic(SIZE)},
        evaluations=20,
    )
    for name in ("first", "second")
]

if __name__ == "__main__":
    from evornn.cli import run_script

    run_script(__file__)
'''


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "which.py"
    path.write_text(SCRIPT.replace("SIZE", "5"))
    return path


def test_every_experiment_of_the_script(evornn, script, tmp_path):
    left = evornn("compare", str(script), "--seeds", "2", "--out", "made")
    assert left.code == 0, left.err
    assert left.err == ""
    for name in ("first", "second"):
        comparison = load_comparison(tmp_path / "made" / name)
        assert comparison.missing == []
        assert comparison.plan.seeds == [0, 1]
        assert f"Tables, figures and runs: made/{name}" in left.out
    assert "No test of significance" in left.out
    shown = evornn("show", "made/first", "--figures", "drawn")
    assert shown.code == 0, shown.err
    assert "Final loss of the best network" in shown.out
    assert (tmp_path / "drawn" / "overview.png").exists()
    by_steps = evornn("show", "made/first", "--against", "network_steps")
    assert "expected network steps" in by_steps.out


def test_chosen_seeds_and_the_usual_place(evornn, script, tmp_path):
    assert evornn("compare", str(script), "--seeds", "4,7").code == 0
    assert load_comparison(tmp_path / "results" / "first").plan.seeds == [4, 7]


def test_a_script_runs_itself(script, tmp_path):
    left = subprocess.run(
        [sys.executable, script, "--seeds", "1", "--out", "made"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert left.returncode == 0, left.stderr
    assert load_comparison(tmp_path / "made" / "second").missing == []


def test_a_failing_cell_leaves_with_3_after_the_others(evornn, tmp_path):
    broken = "def search(self, *rest):\n        raise ZeroDivisionError('no wheels')"
    text = SCRIPT.replace('"""An optimizer of one\'s own."""', broken).replace("SIZE", "5")
    (tmp_path / "which.py").write_text(text)
    left = evornn("compare", "which.py", "--seeds", "1", "--out", "made")
    assert left.code == 3
    assert "2 runs failed; all others are finished" in left.err
    assert "first, own, seed 0: ZeroDivisionError: no wheels" in left.err
    assert len(load_comparison(tmp_path / "made" / "second").outcomes["genetic"]) == 1
    assert "Not finished: own, seed 0" in left.out


def test_what_does_not_go_together_leaves_with_2_before_anything_is_written(evornn, tmp_path):
    (tmp_path / "which.py").write_text(SCRIPT.replace("SIZE", "50"))
    left = evornn("compare", "which.py", "--seeds", "1", "--out", "made")
    assert left.code == 2
    assert "genetic cannot be run: evaluations=20 is less than the 50" in left.err
    assert not (tmp_path / "made").exists()


def test_a_script_imports_its_neighbours(evornn, tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "neighbour_of_which.py").write_text("SIZE = 5\n")
    text = "from neighbour_of_which import SIZE\n" + SCRIPT
    (tmp_path / "scripts" / "which.py").write_text(text)
    left = evornn("compare", "scripts/which.py", "--seeds", "1", "--out", "made", "--only", "first")
    assert left.code == 0, left.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("X = 1\n", "defines no EXPERIMENTS"),
        ("EXPERIMENT = []\n", "did you mean 'EXPERIMENT'"),
        ("EXPERIMENTS = [3]\n", "must hold evornn.Experiment only, got 3"),
        ("EXPERIMENTS = []\n", "of different names, got none"),
        (SCRIPT.replace("SIZE", "5").replace('"second"', '"first"'), "got first, first"),
    ],
)
def test_scripts_that_are_none(evornn, tmp_path, text, told):
    (tmp_path / "which.py").write_text(text)
    left = evornn("compare", "which.py")
    assert left.code == 2
    assert told in left.err


def test_no_script_there(evornn):
    assert evornn("compare", "none.py").code == 2


@pytest.mark.parametrize(("text", "seeds"), [(None, None), ("3", 3), ("3,5", (3, 5)), ("8,", (8,))])
def test_seeds(text, seeds):
    assert seeds_of(text) == seeds


@pytest.mark.parametrize("text", ["three", "1.5", ""])
def test_seeds_that_are_none(text):
    with pytest.raises(ConfigurationError, match="--seeds must be"):
        seeds_of(text)


def test_some_of_the_experiments(evornn, script, tmp_path):
    assert evornn("compare", str(script), "--seeds", "1", "--only", "second").code == 0
    assert [place.name for place in (tmp_path / "results").iterdir()] == ["second"]
    left = evornn("compare", str(script), "--only", "secnd")
    assert left.code == 2
    assert "second" in left.err


def test_a_cost_that_is_none(evornn, script, tmp_path):
    left = evornn("compare", str(script), "--against", "steps")
    assert left.code == 2
    assert "network_steps" in left.err
    (tmp_path / "empty").mkdir()
    left = evornn("show", "empty", "--against", "seconds")
    assert (left.code, "is for a comparison" in left.err) == (2, True)


def test_a_sweep_of_scales(evornn, script, tmp_path):
    command = ("compare", str(script), "--seeds", "1", "--out", "made", "--scales")
    left = evornn(*command, "0.1,2")
    assert left.code == 0, left.err
    assert "Training loss by start scale" in left.out
    assert "*" not in left.out  # which mark the best in Markdown
    assert "[" not in left.out.partition("genetic")[2].splitlines()[0]
    assert (tmp_path / "made" / "first" / "scale-0.1" / "report.md").exists()
    shown = evornn("show", "made/first")
    assert shown.code == 0, shown.err
    assert "Training loss by start scale" in shown.out
    wrong = evornn(*command, "0.1,large")
    assert wrong.code == 2
    assert "--scales must be a list as 0.1,0.3,1; got '0.1,large'" in wrong.err
