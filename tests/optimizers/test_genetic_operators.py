"""Selection, crossover and mutation of whole populations against DEAP's formulas and statistics."""

from __future__ import annotations

import numpy as np
import pytest
from deap import tools

from evornn.errors import ConfigurationError
from evornn.optimizers import crossover, mutation, selection

PARENTS = np.random.default_rng(5).standard_normal((2, 40, 7))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("ours", "theirs", "option"),
    [
        (crossover.blend, tools.cxBlend, {"alpha": 0.5}),
        (crossover.sbx, tools.cxSimulatedBinary, {"eta": 2.0}),
    ],
)
def test_crossover_is_deaps_formula(monkeypatch, ours, theirs, option):
    draws = iter(rng().random(PARENTS[0].shape).ravel().tolist())
    monkeypatch.setattr("random.random", lambda: next(draws))
    expected = [
        theirs(list(mother), list(father), **option)
        for mother, father in zip(*PARENTS, strict=True)
    ]
    children = ours(*PARENTS, rng=rng(), **option)
    np.testing.assert_allclose(np.stack(children, axis=1), expected, rtol=1e-12, atol=1e-14)


def test_uniform_crossover_swaps_half_of_the_genes():
    first, second = crossover.uniform(*PARENTS, rng=rng())
    kept = (first == PARENTS[0]) & (second == PARENTS[1])
    swapped = (first == PARENTS[1]) & (second == PARENTS[0])
    assert (kept ^ swapped).all()
    assert 0.4 < swapped.mean() < 0.6


def test_gaussian_mutation_has_its_share_and_deviation():
    genomes = np.zeros((400, 500))
    changes = mutation.gaussian(genomes, scale=0.3, probability=0.1, rng=rng())
    assert not genomes.any()
    assert (changes != 0.0).mean() == pytest.approx(0.1, rel=0.02)
    assert changes[changes != 0.0].std() == pytest.approx(0.3, rel=0.02)


def test_polynomial_mutation_has_its_distribution():
    """P(|delta| > t) = (1 - t)^(eta + 1), as Deb & Goyal give the density."""
    changes = mutation.polynomial(np.zeros((400, 250)), 2.0, 20.0, 1.0, rng()) / 2.0
    for t in (0.01, 0.05, 0.2):
        assert (np.abs(changes) > t).mean() == pytest.approx((1.0 - t) ** 21, abs=0.01)
    assert np.abs(changes.mean()) < 1e-3
    assert np.abs(changes).max() <= 1.0


def rows(slots):
    return np.array([slot.row for slot in slots])


def counts(select, losses, **options):
    population = selection.slots(np.array(losses))
    return np.bincount(
        rows(select(population, 40_000, rng=rng(), **options)), minlength=len(losses)
    )


def test_tournament_prefers_the_better():
    """The best of n wins a tournament of s with probability 1 - (1 - 1/n)^s."""
    share = counts(selection.tournament, [3.0, 1.0, 2.0, np.inf], size=3) / 40_000
    expected = np.array([2**3 - 1, 4**3 - 3**3, 3**3 - 2**3, 1]) / 4**3
    np.testing.assert_allclose(share, expected, atol=0.01)


def test_rank_gives_the_stated_pressure():
    share = counts(selection.rank, [3.0, 1.0, 2.0, np.inf, 2.5], pressure=1.8) / 8_000
    np.testing.assert_allclose(share, [0.6, 1.8, 1.4, 0.2, 1.0], atol=0.03)


def test_rank_treats_equals_alike():
    share = counts(selection.rank, [np.inf, 1.0, np.inf], pressure=2.0) * 3 / 40_000
    np.testing.assert_allclose(share, [0.5, 2.0, 0.5], atol=0.03)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 2.0, 4.0, np.inf], [4 / 7, 2 / 7, 1 / 7, 0.0]),
        ([1e-320, 1.0, 2e-320], [2 / 3, 0.0, 1 / 3]),
        ([0.0, 1.0, 0.0], [0.5, 0.0, 0.5]),
        ([np.inf, np.inf], [0.5, 0.5]),
    ],
)
def test_roulette_is_in_proportion_to_the_inverse_of_the_loss(losses, expected):
    np.testing.assert_allclose(counts(selection.roulette, losses) / 40_000, expected, atol=0.01)


def test_roulette_refuses_negative_losses():
    with pytest.raises(ConfigurationError, match=r"-2.*tournament"):
        selection.roulette(selection.slots(np.array([1.0, -2.0])), 2, rng=rng())


def test_deaps_own_selections_take_slots():
    population = selection.slots(np.array([3.0, 1.0, 2.0]))
    assert rows(tools.selBest(population, 2)).tolist() == [1, 2]
    assert len(tools.selStochasticUniversalSampling(population, 2)) == 2
