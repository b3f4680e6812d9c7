"""CMA-ES: the start it takes, the files it leaves alone, when it stops, what its state holds."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from evornn.optimizers import CMAES, Start


def searching(settings=None, genes=8, start=None):
    return (settings or CMAES()).search(genes, start or Start(), np.random.default_rng(0))


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_the_first_generation_has_the_spread_of_the_start(distribution):
    start = Start(distribution, scale=3.0)
    genomes = searching(CMAES(population_size=4000), 5, start).ask()
    assert np.abs(genomes.mean(axis=0)).max() < 0.2
    np.testing.assert_allclose(genomes.std(axis=0), start.standard_deviation, rtol=0.05)


def test_the_population_grows_with_the_logarithm_of_the_genes():
    assert len(searching(genes=100).ask()) == 4 + int(3 * np.log(100))


@pytest.mark.parametrize("diagonal", [False, True])
def test_solves_an_ellipsoid_and_says_why_it_stops(diagonal):
    search = searching(CMAES(diagonal=diagonal))
    scale = 10.0 ** np.linspace(0.0, 4.0, 8)
    for _ in range(1500):
        if search.stop():
            break
        search.tell(genomes := search.ask(), losses := (genomes**2) @ scale)
    assert losses.min() < 1e-9
    assert "tolfun" in search.stop()


def run_to_stop(search, floor, most=1500):
    """How many generations a search of an ellipsoid with a flat floor takes to stop, and why."""
    scale = 10.0 ** np.linspace(0.0, 3.0, 8)
    for generation in range(most):
        if search.stop():
            return generation, search.stop()
        search.tell(genomes := search.ask(), np.maximum((genomes**2) @ scale, floor))
    return most, None


@pytest.mark.parametrize("diagonal", [False, True])
@pytest.mark.parametrize("before", [1, 2, 7, 50])
@pytest.mark.parametrize(("floor", "reason"), [(0.0, "tolfun"), (1e-3, "tolflatfitness")])
def test_a_search_loaded_shortly_before_its_end_stops_when_it_would(
    diagonal, before, floor, reason
):
    end, reasons = run_to_stop(searching(CMAES(diagonal=diagonal)), floor)
    assert reason in reasons
    assert "ipop_cma_es" in reasons  # what helps
    killed, resumed = searching(CMAES(diagonal=diagonal)), searching(CMAES(diagonal=diagonal))
    run_to_stop(killed, floor, end - before)
    resumed.load_state(killed.state())
    assert run_to_stop(resumed, floor) == (before, reasons)


def test_losses_that_are_alike_at_first_end_nothing():
    search = searching()
    made = 0
    while search.stop() is None:
        search.tell(genomes := search.ask(), np.ones(len(genomes)))
        made += 1
    assert made >= 10 + 30 * search.genes / len(genomes)
    assert "tolflatfitness" in search.stop()


def test_a_generation_without_a_finite_loss_teaches_nothing():
    search = searching()
    for _ in range(5):
        search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
    mean, sigma, C = search.strategy.mean.copy(), search.strategy.sigma, search.strategy.C.copy()
    for _ in range(50):
        genomes = search.ask()
        search.tell(genomes, np.full(len(genomes), np.nan))
    np.testing.assert_array_equal(search.strategy.mean, mean)
    np.testing.assert_allclose(search.strategy.C, C, rtol=1e-12)  # made symmetric for drawing
    assert search.strategy.sigma == sigma
    assert search.stop() is None


def test_lost_genomes_rank_last():
    """As if their losses were larger than all others."""
    lost, large = searching(), searching()
    for _ in range(20):
        genomes = lost.ask()
        np.testing.assert_array_equal(large.ask(), genomes)
        losses = (genomes**2).sum(axis=1)
        lost.tell(genomes, np.where(genomes[:, 0] > 0.2, np.nan, losses))
        large.tell(genomes, np.where(genomes[:, 0] > 0.2, 1e6, losses))


def test_reads_and_writes_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cma_signals.in").write_text("{'timeout': 0}")
    search = searching()
    for _ in range(30):
        search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
    assert search.stop() is None
    assert [path.name for path in tmp_path.iterdir()] == ["cma_signals.in"]


def test_warning_filters_are_left_alone():
    before = list(warnings.filters)
    search = searching()
    search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
    assert list(warnings.filters) == before


def test_the_diagonal_state_is_linear_in_the_genes():
    search = searching(CMAES(diagonal=True), genes=60)
    search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
    parts = search.state()["strategy_state"].values()
    sizes = [np.size(value) for part in parts if isinstance(part, dict) for value in part.values()]
    assert max(sizes) == 60


#: clocks, files, functions, and options that hold functions
PASSING = {"timer", "logger", "more_to_write", "randn", "opts", "inopts", "inputargs", "_es_opts"}
PASSING |= {"es", "params"}


def differences(one, other, path="strategy", depth=0):
    """Paths of all attributes, however deep, in which two objects of `cma` differ."""
    if type(one) is not type(other):
        return [path]
    if type(one).__module__.startswith("cma") and hasattr(one, "__dict__") and depth < 5:
        names = (vars(one).keys() | vars(other).keys()) - PASSING
        return [
            difference
            for name in sorted(names)
            for difference in differences(
                getattr(one, name, None), getattr(other, name, None), f"{path}.{name}", depth + 1
            )
        ]
    if isinstance(one, np.ndarray):
        return [] if np.array_equal(one, other) else [path]
    return [] if repr(one) == repr(other) else [path]


@pytest.mark.parametrize("diagonal", [False, True])
def test_nothing_that_cma_remembers_is_forgotten(diagonal):
    """Two generations after loading, every attribute of every part is that of the other search."""
    undisturbed, resumed = (searching(CMAES(diagonal=diagonal)) for _ in range(2))
    run_to_stop(undisturbed, 0.0, 33)
    resumed.load_state(undisturbed.state())
    for search in (undisturbed, resumed):
        run_to_stop(search, 0.0, 2)
    assert differences(undisturbed.strategy, resumed.strategy) == []
