"""The three kinds of annealing against what statistical mechanics says of them."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import Annealing, ParallelTempering, PopulationAnnealing
from evornn.optimizers.metropolis import accept
from evornn.optimizers.population_annealing import (
    boltzmann,
    inverse_temperature_rise,
    systematic,
)


def test_acceptance_is_metropolis():
    rng = np.random.default_rng(0)
    for uphill, temperature in ((-1.0, 0.0), (0.0, 0.0), (0.5, 1.0), (3.0, 2.0)):
        accepted = accept(rng, np.zeros(40_000), np.full(40_000, uphill), temperature)
        expected = 1.0 if uphill <= 0.0 else np.exp(-uphill / temperature)
        assert accepted.mean() == pytest.approx(expected, abs=0.01)
    assert not accept(rng, np.zeros(5), np.full(5, 1e-9), 0.0).any()


@pytest.mark.parametrize("known", [1.0, np.inf])
def test_what_is_not_finite_is_never_accepted(known):
    rng = np.random.default_rng(0)
    assert not accept(rng, np.full(9, known), np.full(9, np.inf), 1e300).any()
    assert accept(rng, np.full(9, np.inf), np.ones(9), 0.0).all()


def test_step_sizes_find_the_wanted_acceptance(begin, sphere):
    search = begin(ParallelTempering(coldest_ratio=0.1))
    accepted = []
    for generation in range(600):
        genomes = search.ask()
        before = search.losses.copy()
        losses, _ = sphere(genomes)
        accepted.append(
            accept(np.random.default_rng(generation), before, losses, search.temperatures)
        )
        search.tell(genomes, losses)
    assert np.mean(accepted[200:]) == pytest.approx(0.3, abs=0.03)


def test_annealing_calibrates_on_a_low_quantile_of_uphill_moves(begin, advance):
    """Losses with a heavy tail: one in two moves costs a thousand times the other."""
    settings = Annealing(calibration=200, half_life=10**9)
    search = begin(settings, genes=2)

    def heavy(genomes):
        cost = np.where(genomes[:, 1] > search.positions[:, 1], 1000.0, 1.0)
        return cost * np.abs(genomes - search.positions).sum(axis=1), genomes

    advance(search, 1500, heavy)
    low = np.quantile(search.uphill, 0.1)
    assert low < 0.01 * search.uphill.mean()
    assert search.temperature == pytest.approx(low / np.log(1.0 / 0.8), rel=1e-4)


def test_annealing_halves_its_temperature_in_a_half_life(begin, advance):
    search = begin(Annealing(half_life=70))
    while search.temperature == 0.0:
        advance(search, 1)
    first = search.temperature
    advance(search, 140)
    assert search.temperature == pytest.approx(first / 4.0, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_cooling_keeps_the_wanted_share_of_the_sample(scale):
    excess = scale * np.random.default_rng(0).standard_exponential(500) ** 3
    excess[:50] = np.inf
    excess -= excess.min()
    weights = boltzmann(inverse_temperature_rise(excess, 0.8), excess)
    assert not weights[:50].any()
    assert weights.sum() ** 2 / (weights**2).sum() == pytest.approx(0.8 * 450, rel=1e-3)


def test_equal_losses_do_not_cool():
    assert inverse_temperature_rise(np.array([0.0, 0.0, np.inf]), 0.9) == 0.0


def test_systematic_resampling_rounds_the_expected_copies():
    weights = np.random.default_rng(1).random(200)
    weights[::3] = 0.0
    expected = 200 * weights / weights.sum()
    copies = np.bincount(systematic(np.random.default_rng(0), weights), minlength=200)
    assert (np.abs(copies - expected) < 1.0).all()
    assert copies.sum() == 200


def test_parallel_tempering_samples_boltzmann_at_every_temperature(begin):
    """Equipartition: for f = |x|^2 in n dimensions the mean loss at T is n T / 2."""
    search = begin(ParallelTempering(population_size=8, coldest_ratio=0.01), genes=2)
    sums, count = np.zeros(8), 0
    for generation in range(12_000):
        search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
        if generation > 500:
            sums, count = sums + search.losses, count + 1
    np.testing.assert_allclose(sums / count / search.temperatures, 1.0, rtol=0.1)


def test_good_genomes_sink_down_the_ladder(begin, advance):
    search = begin(ParallelTempering())
    advance(search, 400)
    thirds = np.array_split(search.losses, 3)
    assert np.median(thirds[0]) < np.median(thirds[1]) < np.median(thirds[2])


def test_population_annealing_cools_without_end(begin, advance):
    search = begin(PopulationAnnealing())
    betas = []
    for _ in range(10):
        advance(search, 20)
        betas.append(search.inverse_temperature)
    assert (np.diff(betas) > 0.0).all()
