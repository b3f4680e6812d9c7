"""`compare` from end to end: cells that are paired, resumed and kept, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import evornn
from evornn.comparison import Cell, load_comparison
from evornn.comparison.progress import Silent
from evornn.errors import ConfigurationError, StorageError
from evornn.networks import FullyRecurrent
from evornn.optimizers import Adam, Genetic, Optimizer, RandomSearch
from evornn.runs.record import WALL_TIMES, read_history
from evornn.tasks import DelayedRecall, Sequences

TASK = DelayedRecall(delay=1, length=12, sequences=3, validation_sequences=2, test_sequences=2)
SMALL = evornn.Experiment(
    name="small",
    question="Does it work?",
    task=TASK,
    network=FullyRecurrent(1, 2, 1),
    optimizers={"genetic": Genetic(population_size=5), "random": RandomSearch(population_size=5)},
    evaluations=40,
    seeds=2,
)


@dataclasses.dataclass(frozen=True)
class Broken(Optimizer):
    """Cannot begin."""

    def search(self, genes, start, rng):
        raise ZeroDivisionError("no wheels")


class Witness(Silent):
    """Remembers what it is told, and may interrupt."""

    def __init__(self, interrupt: tuple[Cell, int] | None = None) -> None:
        self.told: list[tuple[Cell, int]] = []
        self.cells: list[Cell] = []
        self.interrupt = interrupt

    def cell(self, cell):
        self.cells.append(cell)

    def generation(self, cell, status):
        self.told.append((cell, status.tally.generation))
        if self.told[-1] == self.interrupt:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with `SMALL` finished; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("results") / "small"
    evornn.compare(SMALL, out=folder)
    return folder


@pytest.fixture
def copy(done, tmp_path):
    shutil.copytree(done, tmp_path / "copy")
    return tmp_path / "copy"


def histories(folder):
    """The history of every cell, without wall times."""
    return {
        str(path.relative_to(folder)): [
            {name: value for name, value in line.items() if name not in WALL_TIMES}
            for line in read_history(path)[0]
        ]
        for path in sorted(folder.rglob("history.jsonl"))
    }


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_optimizer_runs_with_every_seed(done):
    comparison = load_comparison(done)
    assert {name: [run.seed for run in runs] for name, runs in comparison.outcomes.items()} == {
        "genetic": [0, 1],
        "random": [0, 1],
    }
    assert comparison.missing == []
    for runs in comparison.outcomes.values():
        assert all(run.spent("evaluations") == 40 for run in runs)
        assert all(set(run.losses) == {"training", "validation", "test"} for run in runs)


def test_cells_are_the_runs_that_train_gives(done):
    run = evornn.train(TASK, SMALL.network, Genetic(population_size=5), seed=1, evaluations=40)
    outcome = load_comparison(done).outcomes["genetic"][1]
    assert outcome.losses == {
        "training": run.best_loss,
        "validation": run.validation_loss,
        "test": run.test_loss,
    }


def test_starts_are_paired(done):
    first = {path: lines[0]["best"] for path, lines in histories(done).items()}
    for seed in (0, 1):
        genetic, drawn = (first[f"{name}/seed-{seed}/history.jsonl"] for name in SMALL.optimizers)
        assert genetic == drawn
    assert len(set(first.values())) == 2


def test_what_is_finished_is_not_run_again(copy):
    before = contents(copy)
    witness = Witness()
    evornn.compare(SMALL, out=copy, progress=witness)
    assert witness.told == []
    assert len(witness.cells) == 4
    assert contents(copy) == before


def test_seeds_and_optimizers_can_be_added(copy):
    more = dataclasses.replace(
        SMALL, optimizers={**SMALL.optimizers, "adam": Adam(learning_rate=0.1)}
    )
    before = histories(copy)
    witness = Witness()
    comparison = evornn.compare(more, seeds=3, out=copy, progress=witness)
    ran = {cell for cell, _ in witness.told}
    assert ran == {("genetic", 2), ("random", 2), ("adam", 0), ("adam", 1), ("adam", 2)}
    assert {path: histories(copy)[path] for path in before} == before
    assert comparison.plan.gradient_based == ["adam"]
    assert [row["runs"] for row in comparison.summary] == [3, 3, 3]
    adam = comparison.outcomes["adam"][0]
    assert adam.costs["evaluations"][:2].tolist() == [3, 6]
    steps = 3 * 12  # sequences and their length
    assert adam.costs["forward_steps"][:2].tolist() == [steps, 2 * steps]
    assert adam.costs["backward_steps"][:2].tolist() == [2 * steps, 4 * steps]
    assert adam.costs["network_steps"][:2].tolist() == [3 * steps, 6 * steps]
    assert comparison.outcomes["genetic"][0].spent("backward_steps") == 0


def test_a_report_against_another_cost(copy):
    comparison = load_comparison(copy).against("network_steps")
    comparison.write_report()
    text = (copy / "report.md").read_text()
    assert "expected network steps" in text
    assert comparison.plan.against == "network_steps"
    assert load_comparison(copy).plan.against == "evaluations"
    with pytest.raises(ConfigurationError, match="against"):
        comparison.against("steps")


@pytest.mark.parametrize("at", [(Cell("genetic", 0), 3), (Cell("random", 1), 1)])
def test_an_interrupted_comparison_goes_on_to_the_same_end(done, tmp_path, at):
    with pytest.raises(KeyboardInterrupt):
        evornn.compare(SMALL, out=tmp_path / "cut", progress=Witness(interrupt=at))
    assert load_comparison(tmp_path / "cut").missing != []
    evornn.compare(SMALL, out=tmp_path / "cut")
    assert histories(tmp_path / "cut") == histories(done)
    assert load_comparison(tmp_path / "cut").missing == []


def test_a_failing_cell_does_not_stop_the_others(tmp_path):
    spoilt = dataclasses.replace(
        SMALL,
        optimizers={
            "broken": Broken(),
            "random": RandomSearch(population_size=5),
        },
        seeds=2,
    )
    comparison = evornn.compare(spoilt, out=tmp_path / "spoilt")
    assert comparison.failures.keys() == {("broken", 0), ("broken", 1)}
    assert comparison.failures["broken", 0] == "ZeroDivisionError: no wheels"
    assert len(comparison.outcomes["random"]) == 2
    report = (tmp_path / "spoilt" / "report.md").read_text(encoding="utf-8")
    assert "broken, seed 0" in report


@pytest.mark.parametrize(
    ("optimizers", "options", "told"),
    [
        ({"greedy": Genetic(population_size=50)}, {}, "less than the 50 of one generation"),
        ({"adam": "adam"}, {"ridge": 0.1, "dtype": "float64"}, "without gradients"),
        ({"lbfgs": "lbfgs"}, {"batch": 2}, "leave batch out"),
        ({"genetic": "genetic"}, {"teacher_forcing": "linear:1,0,5"}, "free_running"),
    ],
)
def test_what_does_not_go_together_is_told_before_the_first_run(
    optimizers, options, told, tmp_path
):
    spoilt = dataclasses.replace(SMALL, optimizers=optimizers | SMALL.optimizers, **options)
    with pytest.raises(ConfigurationError, match=f"{next(iter(optimizers))} cannot.*{told}"):
        evornn.compare(spoilt, out=tmp_path / "spoilt")
    assert not list(tmp_path.iterdir())


def test_a_gradient_in_another_mode_has_another_price(tmp_path):
    following = dataclasses.replace(
        SMALL, optimizers=["adam", "rprop"], gradient={"rprop": "truncated:2,4"}
    )
    evornn.compare(following, out=tmp_path / "following")
    report = (tmp_path / "following" / "report.md").read_text(encoding="utf-8")
    assert "One gradient counts as 3 evaluations (adam)" in report
    assert "as the network steps that it takes (rprop: truncated:2,4)" in report


def test_diverging_runs_count_as_the_worst(tmp_path):
    huge = np.full((1, 60, 1), 1e30)
    diverging = dataclasses.replace(
        SMALL,
        task=Sequences(huge, -huge),
        network=FullyRecurrent(1, 2, 1, readout=True, activation="relu"),
        optimizers=["random_search"],
        evaluations=200,
        start=evornn.Start(scale=1e20),
    )
    comparison = evornn.compare(diverging, out=tmp_path / "diverging")
    assert "is a finite number" in comparison.failures["random_search", 0]
    assert comparison.best is None
    assert [run.failed for run in comparison.outcomes["random_search"]] == [True, True]
    assert comparison.summary[0]["training_median"] == np.inf
    text = (tmp_path / "diverging" / "comparison.json").read_text(encoding="utf-8")
    assert json.loads(text)["summary"][0]["training_median"] == "inf"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "other"}, "holds the experiment 'small', not 'other'"),
        ({"evaluations": 50}, "stopping.evaluations: 40 there, 50 here"),
        ({"task": dataclasses.replace(TASK, delay=2)}, "task.options.delay: 1 there, 2 here"),
        (
            {"optimizers": {"genetic": Genetic(population_size=6)}},
            "optimizer.options.population_size: 5 there, 6 here",
        ),
    ],
)
def test_a_folder_of_another_experiment_is_refused_untouched(copy, change, told):
    before = contents(copy)
    with pytest.raises(ConfigurationError, match=told):
        evornn.compare(dataclasses.replace(SMALL, **change), out=copy)
    assert contents(copy) == before


def test_a_folder_of_something_else_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is not empty and holds no experiment"):
        evornn.compare(SMALL, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "results").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="results"):
        evornn.compare(SMALL, out=tmp_path / "results")


def test_the_report_follows_from_the_records_to_the_byte(copy):
    before = contents(copy)
    written = [path for path in before if path.parent == copy and path.suffix in (".png", ".md")]
    assert {path.stem for path in written} >= {"convergence", "losses", "prediction", "report"}
    for path in written:
        path.unlink()
    load_comparison(copy).write_report()
    assert contents(copy) == before


def test_predictions_are_those_of_the_best_network(done):
    comparison = load_comparison(done)
    best = comparison.best
    lowest = min(run.losses["validation"] for runs in comparison.outcomes.values() for run in runs)
    assert best.losses["validation"] == lowest
    lines = (done / "predictions.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "part,sequence,step,row,target,prediction"
    for split, sequences in {"training": 3, "validation": 2, "test": 2}.items():
        rows = [line.split(",") for line in lines[1:] if line.startswith(split)]
        assert len(rows) == sequences * 11
        errors = [float(row[4]) - float(row[5]) for row in rows]
        assert np.mean(np.square(errors)) == pytest.approx(best.losses[split], rel=1e-4)


def test_no_comparison_there(tmp_path):
    with pytest.raises(ConfigurationError, match="give the folder of a comparison"):
        load_comparison(tmp_path)


def test_a_damaged_plan_is_named(copy):
    (copy / "experiment.json").write_text('{"name": 3}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"experiment\.json is damaged"):
        load_comparison(copy)


def test_results_lie_under_results_by_default():
    assert SMALL.folder == Path("results") / "small"
