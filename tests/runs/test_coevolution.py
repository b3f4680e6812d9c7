"""Two populations against each other: who meets whom, that both learn, and the same twice."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError, StorageError
from evornn.networks import CTRNN, Team
from evornn.optimizers import CMAES, Adam
from evornn.runs import Interrupted, RunWarning
from evornn.runs.coevolution import Champions, coevolve
from evornn.runs.contest import contest_of


def nearest(firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Who is farther from its own target loses."""
    a = np.linalg.norm(firsts - 1.0, axis=1)[:, np.newaxis]
    b = np.linalg.norm(seconds + 2.0, axis=1)[np.newaxis]
    return a / (a + b)


OPTIMIZERS = (CMAES(population_size=12), CMAES(population_size=8))


def test_both_populations_learn() -> None:
    found = coevolve(nearest, (4, 3), OPTIMIZERS, generations=60)
    assert found.first.shape == (60, 4)
    assert found.second.shape == (60, 3)
    assert np.linalg.norm(found.first[-1] - 1.0) < 0.1 * np.linalg.norm(found.first[0] - 1.0)
    assert np.linalg.norm(found.second[-1] + 2.0) < 0.1 * np.linalg.norm(found.second[0] + 2.0)
    # Against the champions of all times the last do better than the first did.
    everyone = nearest(found.first, found.second)
    assert everyone[-1].mean() < everyone[0].mean()
    assert everyone[:, -1].mean() > everyone[:, 0].mean()


def test_the_same_twice_and_something_else_with_another_seed() -> None:
    one, same, other = (
        coevolve(nearest, (3, 3), OPTIMIZERS, generations=5, seed=seed) for seed in (3, 3, 4)
    )
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (one.first != other.first).any()
    assert (one.first[0] != one.second[0]).any()


def test_each_meets_the_last_champion_and_others_of_the_past() -> None:
    met: list[tuple[np.ndarray, np.ndarray]] = []

    def watched(firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        met.append((firsts, seconds))
        return nearest(firsts, seconds)

    found = coevolve(watched, (2, 2), OPTIMIZERS, generations=8, rivals=3)
    for generation in range(8):
        (firsts, against), (rivals, seconds) = met[2 * generation : 2 * generation + 2]
        assert len(firsts) == 12
        assert len(seconds) == 8
        losses = nearest(firsts, against).mean(axis=1)
        assert found.first_losses[generation] == losses.min()
        np.testing.assert_array_equal(found.first[generation], firsts[losses.argmin()])
        gains = nearest(rivals, seconds).mean(axis=0)
        assert found.second_losses[generation] == (1.0 - gains).min()
        for group, hall in ((against, found.second), (rivals, found.first)):
            assert len(np.unique(group, axis=0)) == len(group)
            if generation:
                assert len(group) == min(3, generation)
                np.testing.assert_array_equal(group[0], hall[generation - 1])
                assert all((hall[:generation] == one).all(axis=1).any() for one in group)


def test_a_contest_puts_the_genomes_of_both_members_together() -> None:
    class Judge(SimpleNamespace):
        def __call__(self, genomes: np.ndarray) -> np.ndarray:
            return genomes @ [1.0, 10.0, 100.0, 1000.0]

    contest = contest_of(Judge(network=Team(4, 2, 2, 2, CTRNN(2, 2, 1), shared=False)))
    lost = contest(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([[7.0, 8.0], [9, 0]]))
    np.testing.assert_array_equal(lost, [[8721, 921], [8743, 943], [8765, 965]])
    with pytest.raises(ConfigurationError, match="two members of a Team with weights of their own"):
        contest_of(Judge(network=Team(4, 2, 2, 2)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"generations": 0}, "generations must be at least 1"),
        ({"rivals": 0}, "rivals must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"optimizers": (CMAES(), Adam())}, "no gradients, which Adam needs"),
    ],
)
def test_bad_input(options: dict, message: str) -> None:
    given = {"genes": (2, 2), "optimizers": OPTIMIZERS, "generations": 1} | options
    with pytest.raises(ConfigurationError, match=message):
        coevolve(nearest, **given)


class Cut(BaseException):
    """Ends a co-evolution as rudely as a kill, as far as one process can."""


def cut_short(out: Path, generation: int, end: int | None = None, **options) -> None:
    """Begin in `out`; in the middle of `generation` the signal `end`, or a cut, ends it."""
    calls = 0

    def contest(firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls == 2 * generation:  # after the first half has been judged
            if end is None:
                raise Cut
            signal.raise_signal(end)
        return nearest(firsts, seconds)

    given = {"generations": 9, "rivals": 3, "seed": 5, "checkpoint_every": 0} | options
    coevolve(contest, (3, 4), OPTIMIZERS, out=out, **given)


def gone_on(out: Path | None = None, **options) -> Champions:
    given = {"generations": 9, "rivals": 3, "seed": 5} | options
    return coevolve(nearest, (3, 4), OPTIMIZERS, out=out, **given)


def assert_same(one: Champions, other: Champions) -> None:
    for a, b in zip(one, other, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("generation", [1, 2, 6, 9])
@pytest.mark.parametrize("checkpoint_every", [0, 100])
def test_it_goes_on_to_the_bit(tmp_path: Path, generation: int, checkpoint_every: float) -> None:
    with pytest.raises(Cut):
        cut_short(tmp_path, generation, checkpoint_every=checkpoint_every)
    assert_same(gone_on(tmp_path), gone_on())
    lines = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert [line["generation"] for line in lines] == list(range(1, 10))
    assert lines[-1]["evaluations"] == (12 + 8) * (3 + 1 + 2 + 6 * 3)
    assert [line["second_loss"] for line in lines] == gone_on().second_losses.tolist()


def test_what_is_finished_is_read_again(tmp_path: Path) -> None:
    whole = gone_on(tmp_path)

    def never(firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        raise AssertionError

    again = coevolve(never, (3, 4), OPTIMIZERS, 9, rivals=3, seed=5, out=tmp_path)
    assert_same(again, whole)


def test_a_signal_leaves_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="the same call of coevolve, with out="):
        cut_short(tmp_path, 4, signal.SIGINT, checkpoint_every=100)
    assert_same(gone_on(tmp_path), gone_on())


def test_damaged_checkpoints_are_passed_over_or_refused(tmp_path: Path) -> None:
    with pytest.raises(Cut):
        cut_short(tmp_path, 6)
    newest = max(tmp_path.glob("checkpoint-*"))
    newest.write_bytes(newest.read_bytes()[:-7])
    with pytest.warns(RunWarning, match="passed over .*checkpoint-5.* from checkpoint-4"):
        assert_same(gone_on(tmp_path), gone_on())
    for file in tmp_path.glob("checkpoint-*"):
        file.write_bytes(b"")
    with pytest.raises(StorageError, match=r"no checkpoint in .* can be used"):
        gone_on(tmp_path)


def test_another_experiment_is_refused(tmp_path: Path) -> None:
    gone_on(tmp_path)
    with pytest.raises(
        ConfigurationError, match=r"(?s)another experiment.*options.rivals: 3 there"
    ):
        gone_on(tmp_path, rivals=4)


def test_a_coevolution_is_no_run(tmp_path: Path) -> None:
    gone_on(tmp_path)
    with pytest.raises(ConfigurationError, match="record of a coevolution, not of a run"):
        evornn.resume(tmp_path)
