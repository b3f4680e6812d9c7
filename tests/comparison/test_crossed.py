"""Networks crossed with optimizers: where runs lie, what is tested against what, what is told."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil

import numpy as np
import pytest

import evornn
from evornn.comparison import Cell, load_comparison
from evornn.comparison.pairs import MOST, pair_rows
from evornn.comparison.progress import Silent
from evornn.comparison.summary import summary_rows
from evornn.comparison.tables import text_tables
from evornn.errors import ConfigurationError
from evornn.networks import Elman, FullyRecurrent
from evornn.optimizers import Genetic, RandomSearch
from evornn.tasks import Parity

TASK = Parity(length=5, sequences=3, validation_sequences=2, test_sequences=2)
OPTIMIZERS = {"genetic": Genetic(population_size=5), "random": RandomSearch(population_size=5)}
CROSSED = evornn.Experiment(
    name="crossed",
    question="Which network?",
    task=TASK,
    network={"full": FullyRecurrent(1, 2, 1), "elman": Elman(1, 1, 1)},
    optimizers=OPTIMIZERS,
    evaluations=20,
    seeds=2,
)
PART = {"name": "none", "options": {}}


class Witness(Silent):
    """Remembers which cells were run."""

    def __init__(self) -> None:
        self.ran: set[Cell] = set()

    def generation(self, cell, status):
        self.ran.add(cell)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "crossed"
    evornn.compare(CROSSED, out=folder)
    return folder


@pytest.fixture
def crossed(plan):
    """A plan with these labels of networks and optimizers."""

    def build(networks, optimizers, seeds=8):
        table, genes = dict.fromkeys(networks, PART), dict.fromkeys(networks, 3)
        return plan(optimizers, seeds, network=table, genes=genes)

    return build


@pytest.fixture
def all_end_at(outcome):
    """Runs of every contender of a plan, ending at ``loss(contender, seed)``."""

    def build(asked, loss):
        return {
            name: [outcome([loss(contender, seed)], name, seed) for seed in asked.seeds]
            for name, contender in asked.contenders.items()
        }

    return build


def test_every_network_is_trained_by_every_optimizer_with_every_seed(done):
    comparison = load_comparison(done)
    names = ["full · genetic", "full · random", "elman · genetic", "elman · random"]
    assert list(comparison.outcomes) == names
    assert comparison.missing == []
    places = {str(path.parent.relative_to(done)) for path in done.rglob("result.json")}
    labels = [(n, o) for n in CROSSED.network for o in OPTIMIZERS]
    assert places == {f"{n}/{o}/seed-{seed}" for n, o in labels for seed in (0, 1)}


def test_cells_are_the_runs_that_train_gives(done):
    run = evornn.train(TASK, Elman(1, 1, 1), OPTIMIZERS["genetic"], seed=1, evaluations=20)
    outcome = load_comparison(done).outcomes["elman · genetic"][1]
    assert outcome.losses["test"] == run.test_loss
    assert outcome.accuracy == run.accuracy


def test_the_report_names_network_and_optimizer(done):
    report = (done / "report.md").read_text(encoding="utf-8")
    assert "|network · optimizer|runs|" in report
    assert "full: `fully_recurrent` (inputs=1, hidden=2, outputs=1" in report
    assert f"{evornn.Fitness(TASK, Elman(1, 1, 1)).genes} genes" in report
    assert "## Accuracy of the best network" in report
    for table in ("summary", "runs"):
        lines = (done / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        last = list(csv.DictReader(lines))[-1]
        assert (last["network"], last["optimizer"]) == ("elman", "random")
    assert {path.name for path in done.glob("*.png")} >= {"overview.png", "losses.png"}


def test_the_report_follows_from_the_records_to_the_byte(done):
    files = [path for path in done.iterdir() if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    load_comparison(done).write_report()
    assert {path: path.read_bytes() for path in files} == before


def test_predictions_are_those_of_the_best_contenders_network(done):
    best = load_comparison(done).best
    lines = (done / "predictions.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split(",") for line in lines if line.startswith("test")]
    errors = [float(row[4]) - float(row[5]) for row in rows]
    assert np.mean(np.square(errors)) == pytest.approx(best.losses["test"], rel=1e-4)


def test_a_network_can_be_added(done, tmp_path):
    shutil.copytree(done, tmp_path / "copy")
    more = dataclasses.replace(CROSSED, network={**CROSSED.network, "big": Elman(1, 2, 1)})
    witness = Witness()
    comparison = evornn.compare(more, out=tmp_path / "copy", progress=witness)
    assert {cell.contender for cell in witness.ran} == {"big · genetic", "big · random"}
    assert list(comparison.outcomes)[-1] == "big · random"
    assert comparison.missing == []


@pytest.mark.parametrize("crossed_first", [True, False])
def test_a_folder_of_the_other_kind_is_refused_untouched(tmp_path, crossed_first):
    lone = dataclasses.replace(CROSSED, network=FullyRecurrent(1, 2, 1))
    first, second = (CROSSED, lone) if crossed_first else (lone, CROSSED)
    evornn.compare(first, out=tmp_path / "a", seeds=1)
    before = (tmp_path / "a" / "experiment.json").read_bytes()
    with pytest.raises(ConfigurationError, match=r"a table of networks.*give another folder"):
        evornn.compare(second, out=tmp_path / "a", seeds=1)
    assert (tmp_path / "a" / "experiment.json").read_bytes() == before


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ({}, "needs at least one network"),
        ({"a/b": Elman(1, 1, 1)}, "experiment network 'a/b' names a folder"),
        ({"elman": "elmann"}, "did you mean 'elman'"),
    ],
)
def test_refused(network, told):
    with pytest.raises(ConfigurationError, match=told):
        dataclasses.replace(CROSSED, network=network).parts()


def test_an_experiment_of_one_network_is_recorded_as_ever(tmp_path):
    lone = dataclasses.replace(CROSSED, network=FullyRecurrent(1, 2, 1), seeds=1)
    comparison = evornn.compare(lone, out=tmp_path / "lone")
    assert list(comparison.outcomes) == ["genetic", "random"]
    assert (tmp_path / "lone" / "genetic" / "seed-0" / "result.json").exists()
    stored = json.loads((tmp_path / "lone" / "experiment.json").read_text(encoding="utf-8"))
    assert stored["network"]["name"] == "fully_recurrent"
    assert stored.keys().isdisjoint({"genes", "loss_function"})
    assert "network" not in comparison.summary[0]
    assert "differ_in" not in comparison.pairs[0]


def test_pairs_differ_in_one_thing(crossed, all_end_at):
    asked = crossed(["x", "y"], ["ga", "bptt"])
    rows = pair_rows(asked, all_end_at(asked, lambda contender, seed: 1.0 + seed))
    assert [(row["differ_in"], row["a"], row["b"]) for row in rows] == [
        ("network", "x · ga", "y · ga"),
        ("network", "x · bptt", "y · bptt"),
        ("optimizer", "x · ga", "x · bptt"),
        ("optimizer", "y · ga", "y · bptt"),
    ]


def test_the_two_questions_are_corrected_each_by_itself(crossed, all_end_at):
    asked = crossed(["x", "y", "z"], ["ga"])
    outcomes = all_end_at(asked, lambda contender, seed: float(contender.network == "x") + seed)
    rows = pair_rows(asked, outcomes)
    assert [row["training_p_holm"] for row in rows] == [6 / 256, 6 / 256, 1.0]
    asked = crossed(["x", "y"], ["ga", "bptt"])
    outcomes = all_end_at(asked, lambda contender, seed: float(contender.network == "x") + seed)
    rows = pair_rows(asked, outcomes)
    assert [row["training_p_holm"] for row in rows] == [4 / 256, 4 / 256, 1.0, 1.0]


def test_of_many_pairs_those_with_the_first_are_tested(crossed, all_end_at):
    asked = crossed(list("uvwxyz"), ["ga", "bptt"])
    rows = pair_rows(asked, all_end_at(asked, lambda contender, seed: 1.0))
    networks = [row for row in rows if row["differ_in"] == "network"]
    assert len(networks) == 5 * 2 <= MOST
    assert {row["a"] for row in networks} == {"u · ga", "u · bptt"}
    assert len(rows) - len(networks) == 6


def test_each_question_has_a_table(crossed, all_end_at):
    asked = crossed(["x", "y"], ["ga", "bptt"])
    outcomes = all_end_at(asked, lambda contender, seed: 1.0 + seed)
    tables = text_tables(asked, summary_rows(asked, outcomes), pair_rows(asked, outcomes))
    assert [table.title for table in tables[-2:]] == [
        "Pairs of networks, trained by the same optimizer",
        "Pairs of optimizers, of the same network",
    ]
    assert tables[0].headings[0] == "network · optimizer"
    assert tables[0].rows[0][0] == "x · ga"


def test_a_cell_is_told_by_contender_and_seed(crossed):
    asked = crossed(["x", "y"], ["ga"], seeds=2)
    assert asked.cells == [
        Cell("x · ga", 0),
        Cell("y · ga", 0),
        Cell("x · ga", 1),
        Cell("y · ga", 1),
    ]
    assert str(asked.cells[1]) == "y · ga, seed 0"


def test_accuracies_have_a_table_where_runs_tell_them(plan, outcome, failed):
    runs = [outcome([0.5], seed=0, accuracy={"test": 0.75}), failed(seed=1)]
    asked = plan(["a"], 2)
    rows = summary_rows(asked, {"a": runs})
    assert (rows[0]["test_accuracy_q1"], rows[0]["test_accuracy_q3"]) == (0.1875, 0.5625)
    assert "training_accuracy_median" not in rows[0]
    table = text_tables(asked, rows, [])[1]
    assert table.headings == ("optimizer", "test")
    assert table.rows == [("a", "37.5% [18.8%–56.2%]")]
    without = summary_rows(asked, {"a": [outcome([0.5])]})
    assert not [t for t in text_tables(asked, without, []) if t.title.startswith("Accuracy")]


def test_the_loss_is_named(plan, outcome):
    asked = plan(["a"], 1, loss_function="softmax_cross_entropy")
    table = text_tables(asked, summary_rows(asked, {"a": [outcome([0.5])]}), [])[0]
    assert table.note.startswith("Softmax cross entropy. ")
