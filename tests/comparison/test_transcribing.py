"""A comparison on labels without alignment: what is transcribed, error rates and a figure."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import evornn
from evornn.comparison import load_comparison
from evornn.comparison.figures import spoken_in
from evornn.comparison.transcriptions import Transcription, error_rates, read_transcriptions
from evornn.networks import Elman
from evornn.tasks import Utterances
from evornn.tasks.transcriptions import label_error_rate, transcriptions

TASK = Utterances(sequences=4, validation_sequences=2, test_sequences=3, length=3)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transcribing") / "utterances"
    experiment = evornn.Experiment(
        name="utterances",
        question="Who transcribes?",
        task=TASK,
        network=Elman(inputs=3, hidden=3, outputs=5),
        optimizers={"adam": "adam", "genetic": evornn.optimizers.Genetic(population_size=6)},
        evaluations=30,
        seeds=1,
        dtype="float64",
    )
    evornn.compare(experiment, out=folder)
    return folder


def test_transcriptions_are_those_of_the_best_network(done):
    comparison = load_comparison(done)
    best = comparison.best
    run = evornn.load_run(comparison.plan.run_folder(done, best.cell))
    said = read_transcriptions(done)
    assert list(said) == ["training", "validation", "test"]
    for part, data in zip(said, (TASK.train, TASK.validation, TASK.test), strict=True):
        assert [one.labels for one in said[part].values()] == transcriptions(data)
        fitness = evornn.Fitness(
            TASK, run.part("network"), dtype="float64", split=part.replace("training", "train")
        )
        outputs = fitness.predict(run.best_genome)
        wanted = label_error_rate(data, outputs), label_error_rate(data, outputs, 16)
        assert error_rates(said[part].values()) == wanted
        assert best.accuracy[part] == max(1.0 - wanted[0], 0.0)


def test_the_report_tells_error_rates_and_draws_labels_over_time(done):
    names = {path.name for path in done.iterdir()}
    assert names >= {"transcriptions.csv", "probabilities.csv", "transcription.png"}
    assert not names & {"predictions.csv", "prediction.png"}
    report = (done / "report.md").read_text(encoding="utf-8")
    assert "## Label error rates of the best network" in report
    assert "![transcription.png](transcription.png)" in report


def test_the_sequence_shown_has_the_most_labels_and_probabilities_at_every_step(done):
    with (done / "probabilities.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert header == ["part", "sequence", "step", "blank", *(f"label_{k}" for k in range(1, 5))]
    for data, spoken in zip(
        (TASK.train, TASK.validation, TASK.test), spoken_in(done).values(), strict=True
    ):
        counts = [len(labels) for labels in transcriptions(data)]
        assert len(spoken.wanted) == max(counts)
        assert len(spoken.probabilities) == data.lengths[np.argmax(counts)]
        np.testing.assert_allclose(spoken.probabilities.sum(axis=1), 1.0, atol=1e-4)


def test_error_rates_are_those_of_all_sequences_together():
    said = [Transcription((1, 2), (1,), (1, 2)), Transcription((3,), (3, 3), (2,))]
    assert error_rates(said) == (2 / 3, 1 / 3)
