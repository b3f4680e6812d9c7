"""``evornn train``, ``resume``, ``show`` and ``predict``: one run from beginning to end."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import evornn as package


def test_one_line_says_everything(evornn, train):
    left = evornn(*train, "--evaluations", "200", "--seed", "5", "--out", "here")
    assert left.code == 0
    assert left.err == ""
    (line,) = left.out.splitlines()
    run = package.load_run("here")
    assert line.startswith("delayed_recall fully_recurrent random_search seed 5: loss ")
    assert f"loss {run.best_loss:.6g}, validation {run.validation_loss:.6g}" in line
    assert "stopped by evaluations after 200 evaluations in 2 generations" in line
    assert line.endswith("; here")


def test_flags_reach_the_run(evornn, train):
    left = evornn(
        *train, "--generations", "2", "--stagnation", "9", "--seed", "3", "--start-scale", "0.25",
        "--batch", "1", "--dtype", "float64", "--threads", "1", "--encoding", "sparse_mask",
        "--set", "encoding.share=0.5", "--set", "optimizer.population_size=7",
        "--set", "start.distribution=uniform", "--set", "network.activation=relu", "--out", "here",
    )  # fmt: skip
    assert left.code == 0, left.err
    configuration = package.load_run("here").configuration
    assert configuration.task.options["delay"] == 1
    assert configuration.network.options["activation"] == "relu"
    assert configuration.network.options["hidden"] == 2
    assert configuration.encoding.name == "sparse_mask"
    assert configuration.optimizer.options == {"population_size": 7}
    assert (configuration.start.distribution, configuration.start.scale) == ("uniform", 0.25)
    assert (configuration.seed, configuration.dtype) == (3, "float64")
    assert configuration.batch == 1
    shown = evornn("show", "here").out
    assert "batch" in shown
    assert "test accuracy" in shown
    assert (configuration.stopping.generations, configuration.stopping.stagnation) == (2, 9)
    assert configuration.execution.threads == 1


def test_readouts_are_fitted_where_ridge_is_given(evornn, train):
    ridge = ["--set", "network.readout=true", "--ridge", "0.001", "--generations", "2"]
    refused = evornn(*train, *ridge, "--out", "there")
    assert refused.code == 2
    assert "dtype='float64'" in refused.err
    left = evornn(*train, *ridge, "--dtype", "float64", "--out", "here")
    assert left.code == 0, left.err
    run = package.load_run("here")
    assert run.configuration.ridge == 0.001
    assert run.best_genome.size == run.part("network").weight_count - run.weights["V"].size - 1
    assert "ridge regression, λ = 0.001" in evornn("show", "here").out


def test_gradients_and_teacher_forcing_are_handed_on(evornn, train):
    for option, value, told in (
        ("--gradient", "truncated:3", "truncated:k1,k2"),
        ("--gradient", "forward", "random_search needs none: leave gradient out"),
        ("--teacher-forcing", "linear:1", "write linear:p,q,n"),
        ("--teacher-forcing", "constant:1", "leave teacher forcing out"),
    ):
        refused = evornn(*train, option, value, "--generations", "2", "--out", "there")
        assert refused.code == 2
        assert told in refused.err.replace("\n", " ")


def test_the_folder_is_named_after_the_parts(evornn, train):
    assert evornn(*train, "--evaluations", "100").code == 0
    assert package.load_run("results/delayed_recall-fully_recurrent-random_search-0").stop


def test_the_networks_sizes_follow_the_task(evornn):
    left = evornn(
        "train", "--task", "adding", "--set", "task.length=4", "--network", "fully_recurrent",
        "--hidden", "2", "--optimizer", "random_search", "--evaluations", "100", "--out", "adding",
    )  # fmt: skip
    assert left.code == 0, left.err
    assert package.load_run("adding").configuration.network.options["inputs"] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing would end this run"),
        (("--evaluations", "0"), "evaluations must be at least 1"),
        (("--evaluations", "10"), "evaluations=10 is less than the 100 of one generation"),
        (("--evaluations", "100", "--tolerance", "0.1"), "give learnt_share too"),
        (("--evaluations", "100", "--set", "task.dely=3"), "did you mean 'delay'"),
        (("--evaluations", "100", "--set", "network.hidden=0"), "hidden must be at least 1"),
        (("--evaluations", "100", "--start-scale", "-1"), "start.scale must be above 0"),
        (("--evaluations", "100", "--encoding", "dirct"), "did you mean 'direct'"),
        (("--evaluations", "100", "--seed", "-1"), "seed must be at least 0"),
        (("--evaluations", "many"), "is not an integer"),
        (("--evaluation", "100"), "--evaluations"),
    ],
)
def test_wrong_arguments_leave_with_2_and_one_message(evornn, train, tmp_path, arguments, told):
    left = evornn(*train, *arguments, "--out", "never")
    assert left.code == 2
    assert told in " ".join(left.err.replace("│", " ").split())
    assert left.out == ""
    assert "Traceback" not in left.err
    assert not (tmp_path / "never" / "config.json").exists()


def test_all_mistakes_are_told_together(evornn):
    left = evornn(
        "train", "--task", "sunspot", "--network", "elmann", "--optimizer", "genetik",
        "--set", "start.scale=0", "--target-loss", "nan",
    )  # fmt: skip
    assert left.code == 2
    for told in ("5 things", "'sunspots'", "'elman'", "'genetic'", "start.scale", "target_loss"):
        assert told in left.err


def test_a_finished_run_is_kept(evornn, train, trained):
    before = package.load_run(trained)
    left = evornn(*train, "--evaluations", "300", "--out", trained)
    assert left.code == 2
    assert "holds this run, finished" in left.err
    assert package.load_run(trained).best_loss == before.best_loss


def test_a_folder_that_cannot_be_leaves_with_4(evornn, train, tmp_path):
    (tmp_path / "file").write_text("")
    left = evornn(*train, "--evaluations", "100", "--out", "file/run")
    assert left.code == 4
    assert "file" in left.err


def test_a_run_that_fails_leaves_with_3(evornn):
    left = evornn(
        "train", "--task", "delayed_recall", "--network", "fully_recurrent", "--hidden", "2",
        "--set", "network.activation=relu", "--set", "network.readout=true",
        "--optimizer", "random_search", "--evaluations", "200", "--start-scale", "1e30",
    )  # fmt: skip
    assert left.code == 3
    assert "networks diverge" in left.err


def test_a_table_from_the_user(evornn, tmp_path):
    rows = "".join(f"{np.sin(t):.4f},{np.cos(t):.4f}\n" for t in range(60))
    (tmp_path / "data.csv").write_text("a,b\n" + rows)
    left = evornn(
        "train", "--task", "csv", "--set", "task.path=data.csv", "--set", "task.inputs=a,b",
        "--set", "task.targets=b", "--network", "fully_recurrent", "--hidden", "2",
        "--optimizer", "random_search", "--evaluations", "100", "--out", "csv",
    )  # fmt: skip
    assert left.code == 0, left.err
    (tmp_path / "new.csv").write_text("time,b,a\n1,0.5,0.25\n2,0.1,0.9\n")
    predicted = evornn("predict", "csv", "new.csv")
    assert predicted.code == 0, predicted.err
    header, *values = csv.reader(io.StringIO(predicted.out))
    run = package.load_run("csv")
    task = run.part("task")
    given = task.input_normalisation.apply(np.array([[0.25, 0.5], [0.9, 0.1]]))
    expected = task.target_normalisation.undo(run.predict(given))
    assert header == ["b"]
    np.testing.assert_allclose(np.array(values, dtype=float), expected, rtol=1e-6)


def test_predictions_into_a_file_and_what_is_refused(evornn, trained, tmp_path):
    (tmp_path / "in.csv").write_text("bit\n1\n-1\n1\n")
    assert evornn("predict", trained, "in.csv", "--out", "out.csv").code == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4
    (tmp_path / "two.csv").write_text("a,b\n1,2\n")
    left = evornn("predict", trained, "two.csv")
    assert left.code == 2
    assert "has 2 columns (a, b), but the network has 1 input" in left.err
    assert evornn("predict", trained, "none.csv").code == 2
    assert evornn("predict", trained, "in.csv", "--out", "no/such/folder.csv").code == 4


def test_show_a_run_and_its_figures(evornn, trained, tmp_path):
    left = evornn("show", trained, "--figures", "drawn")
    assert left.code == 0, left.err
    assert "delayed_recall (delay=1" in left.out
    assert f"{package.load_run(trained).best_loss:.6g}" in left.out
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {
        "convergence.png",
        "dynamics.png",
        "prediction.png",
        "predictions.csv",
    }


@pytest.mark.parametrize("command", ["show", "resume"])
def test_no_run_there(evornn, command):
    left = evornn(command, "nowhere")
    assert left.code == 2
    assert "there is no file nowhere" in left.err


def test_resume_of_a_finished_run_shows_it(evornn, trained):
    left = evornn("resume", trained)
    assert left.code == 0
    assert "stopped by evaluations" in left.out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_with_its_code_and_resume_ends_the_same(
    evornn, train, tmp_path, number, code
):
    arguments = [*train, "--set", "optimizer.population_size=1", "--evaluations", "4000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "evornn", *arguments, "--out", "cut"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    history = tmp_path / "cut" / "history.jsonl"
    while not (history.exists() and history.stat().st_size > 2000):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "go on with: evornn resume cut" in err
    assert "Traceback" not in err
    assert "not finished" in evornn("show", "cut").out
    assert evornn("resume", "cut").code == 0
    assert evornn(*arguments, "--out", "whole").code == 0
    cut, whole = package.load_run("cut"), package.load_run("whole")
    assert cut.best_loss == whole.best_loss
    np.testing.assert_array_equal(cut.best_genome, whole.best_genome)
    assert len(cut.history) == len(whole.history) == 4000


MINE = '''
"""A network from outside the package."""
from dataclasses import dataclass
from evornn.networks.fully_recurrent import FullyRecurrent

@dataclass(frozen=True)
class Mine(FullyRecurrent):
    hidden: int = 2
    outputs: int = 1
'''


def test_a_network_from_a_file_of_ones_own(evornn, tmp_path):
    (tmp_path / "my_network.py").write_text(MINE)
    left = evornn(
        "train", "--task", "delayed_recall", "--network", "my_network.py:Mine",
        "--optimizer", "random_search", "--evaluations", "100", "--out", "mine",
    )  # fmt: skip
    assert left.code == 0, left.err
    refused = evornn("show", "mine", "--figures", "drawn")
    assert refused.code == 2
    assert "pass the network in again" in refused.err
    shown = evornn("show", "mine", "--figures", "drawn", "--network", "my_network.py:Mine")
    assert shown.code == 0, shown.err
    assert evornn("train", "--task", "parity", "--network", "my_network.py:Min",
                  "--optimizer", "genetic").code == 2  # fmt: skip


def test_networks_on_trees_are_trained_like_any_other(evornn):
    left = evornn(
        "train", "--task", "logical_formulas", "--network", "recursive", "--hidden", "2",
        "--optimizer", "random_search", "--evaluations", "100", "--out", "here",
    )  # fmt: skip
    assert left.code == 0, left.err
    assert package.load_run("here").part("network").inputs == 5
    assert "test accuracy" in evornn("show", "here").out


def test_show_draws_the_figures_of_a_run_into_its_folder(evornn, trained):
    shown = evornn("show", trained, "--plots")
    assert shown.code == 0
    assert "convergence.png, prediction.png, dynamics.png" in shown.out
    drawn = sorted(path.name for path in (Path(trained) / "plots").glob("*.png"))
    assert drawn == ["convergence.png", "dynamics.png", "prediction.png"]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--hidden", "x"), "'--hidden': 'x' is not an integer"),
        (("--evaluations", "1.5e0"), "'--evaluations': '1.5e0' is not an integer"),
        (("--seconds", "soon"), "'--seconds': 'soon' is not a number"),
        (("--threads", "0"), "'--threads': must be at least 1, got 0"),
        (("--learnt-share", "2"), "learnt_share must be above 0 and at most 1, got 2.0"),
    ],
)
def test_numbers_that_are_none_are_named(evornn, train, option, told):
    left = evornn(*train, *option)
    assert left.code == 2
    assert told in left.err


def test_integers_may_be_powers_of_ten(evornn, train):
    assert evornn(*train, "--evaluations", "3e2", "--out", "here").code == 0
    assert package.load_run("here").configuration.stopping.evaluations == 300


def test_options_of_inner_parts_reach_the_run(evornn, train):
    left = evornn(
        *train[:-1], "memetic", "--set", "optimizer.optimizer.population_size=4",
        "--generations", "1", "--out", "here",
    )  # fmt: skip
    assert left.code == 0, left.err
    assert package.load_run("here").part("optimizer").optimizer.population_size == 4
