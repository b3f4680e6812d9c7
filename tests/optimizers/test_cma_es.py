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
