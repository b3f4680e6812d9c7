"""Replays: the trial that was judged, as films and figures, by Python and by command."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

import evornn
from evornn import plots
from evornn.cli import main
from evornn.comparison import progress
from evornn.comparison.replaying import Replay
from evornn.errors import ConfigurationError
from evornn.networks import FullyRecurrent
from evornn.runs import Run
from evornn.runs.milestones import Milestone, keep, milestones
from evornn.simulators.cart import Cart
from evornn.tasks import Parity, PoleBalancing


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    task = PoleBalancing(poles=2, steps=60, starts="random", trials=3)
    network = FullyRecurrent(6, 2, 1, readout=True)
    out = tmp_path_factory.mktemp("runs") / "poles"
    return evornn.train(task, network, "random_search", evaluations=400, seed=2, out=out)


def test_a_replay_is_the_trial_that_was_judged(run):
    losses = [evornn.replay(run, trial=k).performances[0].trace.loss for k in range(3)]
    assert np.mean(losses) == pytest.approx(run.best_loss, rel=1e-12)
    (one,) = evornn.replay(run.path, trial=1, steps=5).performances
    start = run.part("task").train.rows[1]
    np.testing.assert_array_equal(one.bodies[0, :6], start)
    assert one.bodies.shape == (6, 7)
    assert one.activity.shape == (5, 2)
    assert one.name == "poles"


def test_poles_are_lines_of_their_length_on_the_cart(run):
    (one,) = evornn.replay(run).performances
    motion, scene = one.bodies, one.scene
    assert scene.frames == len(motion)
    long, short = (shape.points for shape in scene.shapes if shape.role in ("limb", "second"))
    for points, length, angle in ((long, 1.0, motion[:, 2]), (short, 0.1, motion[:, 4])):
        pole = points[:, 1] - points[:, 0]
        np.testing.assert_allclose(np.hypot(*pole.T), length)
        np.testing.assert_allclose(np.arctan2(pole[:, 0], pole[:, 1]), angle, atol=1e-12)
        np.testing.assert_array_equal(points[:, 0, 0], motion[:, 0])


def test_films_and_figures_of_several_runs(run, tmp_path):
    shown = evornn.replay(run, run.path, steps=6)
    shown.film(tmp_path / "new" / "both.gif")
    shown.figure(tmp_path / "both.png")
    alone = evornn.replay(run, steps=6)
    alone.film(tmp_path / "one.gif")
    with Image.open(tmp_path / "new" / "both.gif") as film, Image.open(tmp_path / "one.gif") as one:
        assert film.n_frames == len(range(0, shown.performances[0].steps + 1, 2))
        assert film.size[0] == 2 * one.size[0]
    assert (tmp_path / "both.png").stat().st_size > 10_000


def test_a_simulator_without_a_scene_is_shown_by_its_states(run, tmp_path, monkeypatch):
    monkeypatch.setattr(Cart, "scene", lambda *given: None)
    shown = evornn.replay(run, steps=4)
    assert shown.performances[0].scene is None
    titles = []
    monkeypatch.setattr(plots, "draw_traces", lambda *given: titles.append(given[3]))
    shown.film(tmp_path / "a.gif")
    assert titles[0].endswith("steps · body")  # and no panel is blank
    shown.figure(tmp_path / "a.png")


def test_the_command(run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["replay", str(run.path), "--steps", "4", "--split", "test", "--trial", "3"]) == 0
    assert (run.path / "plots" / "replay.gif").exists()
    assert (run.path / "plots" / "replay.png").exists()
    assert "poles · loss" in capsys.readouterr().out
    assert main(["replay", str(run.path), "--lesions"]) == 0
    told = capsys.readouterr().out
    assert f"loss {run.best_loss:.4g} on train when whole" in told
    assert "h0 → h2" in told
    assert main(["show", str(run.path), "--figures", "drawn"]) == 0
    assert (tmp_path / "drawn" / "replay.png").exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"trial": 3}, "trial must be at most 2, got 3: the train data have 3 trials"),
        ({"trial": -1}, "trial must be at least 0"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"split": "validation"}, "no validation data"),
        ({"split": "best"}, "split must be one of"),
    ],
)
def test_trials_that_there_are_not(run, given, message):
    with pytest.raises(ConfigurationError, match=message):
        evornn.replay(run, **given)


def test_what_cannot_be_replayed_is_named(run, tmp_path):
    with pytest.raises(ConfigurationError, match="speed must be above 0"):
        evornn.replay(run).film(tmp_path / "a.gif", speed=0.0)
    sequences = Run(run.configuration, [], None, 0.0, given={"task": Parity(), "network": None})
    with pytest.raises(ConfigurationError, match="Parity has no episodes to replay"):
        evornn.replay(sequences)


def test_a_film_of_progress(tmp_path, monkeypatch, capsys):
    task = PoleBalancing(poles=2, steps=60, starts="random", trials=3)
    network = FullyRecurrent(6, 2, 1, readout=True)

    def train(out, **more):
        given = {"generations": 5, "seed": 2, "out": tmp_path / out, **more}
        return evornn.train(task, network, "random_search", **given)

    run, plain = train("kept", film=2), train("plain")
    np.testing.assert_array_equal(run.best_genome, plain.best_genome)
    shown = progress(run, steps=4)
    assert [one.name for one in shown.performances] == [f"generation {g}" for g in (1, 2, 4)]
    fitness = run.fitness()
    for kept in milestones(run.path, 8).chosen:
        assert kept.loss == run.history[kept.generation - 1]["best"]
        assert fitness(kept.genome[np.newaxis])[0] == kept.loss
    assert main(["replay", str(run.path), "--film", "--steps", "4"]) == 0
    told = capsys.readouterr().out
    assert "generation 4 · loss" in told
    assert "3 of 3 milestones" in told
    with Image.open(run.path / "plots" / "progress.gif") as film:
        assert film.n_frames == 3 * 3
    with pytest.raises(ConfigurationError, match="keeps no milestones: train with --film"):
        progress(plain)
    with pytest.raises(ConfigurationError, match="film keeps genomes in the run folder"):
        evornn.train(task, network, "random_search", generations=2, film=1)
    with pytest.raises(ConfigurationError, match="film must be at least 1"):
        train("none", film=0)
    with pytest.raises(ConfigurationError, match=r"film 2 is for a task with a body.*Parity"):
        evornn.train(Parity(), FullyRecurrent(1, 2, 1), "cma_es", film=2, out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_many_milestones_are_thinned(run, tmp_path, capsys):
    folder = tmp_path / "many"
    shutil.copytree(run.path, folder)
    for generation in range(1, 22):
        keep(folder, Milestone(generation, run.best_genome, run.best_loss, None))

    def shown(**given):
        found = progress(folder, steps=2, **given)
        assert found.kept == 21
        return [int(one.name.removeprefix("generation ")) for one in found.performances]

    assert shown() == [1, 4, 7, 10, 12, 15, 18, 21]
    assert shown(most=3) == [1, 11, 21]
    assert shown(most=100) == list(range(1, 22))
    with pytest.raises(ConfigurationError, match="milestones must be at least 2, got 1"):
        progress(folder, most=1)
    assert main(["replay", str(folder), "--film", "--steps", "1", "--speed", "9"]) == 0
    assert "8 of 21 milestones" in capsys.readouterr().out


def test_each_run_keeps_to_its_own_time(run, tmp_path):
    one = evornn.replay(run, steps=10).performances[0]
    slow = replace(one, time_step=4.0 * one.time_step)
    white = [np.full((4, 4, 3), 255, np.uint8)]
    fast = replace(one, scene=None, pictures=white * (one.steps + 1))
    # the slow one: white until its fourth step has been made, then black
    pictures = white * 4 + [0 * white[0]] * (one.steps - 3)
    slow = replace(slow, scene=None, pictures=pictures)
    for order in ([fast, slow], [slow, fast]):
        Replay(order).film(tmp_path / "both.gif")
        dark = []
        with Image.open(tmp_path / "both.gif") as film:
            for frame in ImageSequence.Iterator(film):
                pause, picture = frame.info["duration"], np.asarray(frame.convert("L"))
                half = np.array_split(picture, 2, axis=1)[order.index(slow)]
                dark += [(half[: len(half) // 3] < 50).mean() > 0.1] * (pause // 40)
        # 16 steps of 0.02 s come first, and each picture shows two of them
        assert dark == [False] * 8 + [True] * (2 * one.steps + 1 - 8)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--out", "x.gif", "--trial", "0"], "--out, --trial"),
        (["--film"], "--film"),
        (["--speed", "2", "--steps", "4"], "--steps, --speed"),
    ],
)
def test_lesions_refuse_what_is_about_films(run, capsys, given, named):
    assert main(["replay", str(run.path), "--lesions", *given]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"without a film: leave {named} out" in told
    assert main(["replay", str(run.path), "--lesions", "--split", "test"]) == 0


def test_a_speed_that_no_film_has(run, tmp_path, capsys):
    out = tmp_path / "a.gif"
    assert main(["replay", str(run.path), "--speed", "1e-6", "--out", str(out)]) == 2
    assert "speed must be from" in capsys.readouterr().err
    assert not out.exists()
