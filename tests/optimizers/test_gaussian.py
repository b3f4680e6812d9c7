"""What searches by a Gaussian share: the start they take, what teaches nothing, when they stop."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import (
    LMMAES,
    PGPE,
    SNES,
    XNES,
    CrossEntropy,
    OpenAIES,
    SepCMAES,
    Start,
)

FROM_A_DISTRIBUTION = [SNES, XNES, SepCMAES, LMMAES, PGPE, CrossEntropy]
ALL = [*FROM_A_DISTRIBUTION, OpenAIES]
#: those whose Gaussian adapts fast enough to meet a reason to stop in a short test
ADAPTIVE = [SNES, XNES, SepCMAES, LMMAES, CrossEntropy]


def searching(cls, genes=5, start=None, **options):
    return cls(**options).search(genes, start or Start(), np.random.default_rng(0))


def settled(search, loss, most=2000):
    """The generations until the search would stop, and why."""
    for generation in range(most):
        if search.stop():
            return generation, search.stop()
        search.tell(genomes := search.ask(), loss(genomes))
    return most, None


def sphere(genomes):
    return ((genomes - 0.3) ** 2).sum(axis=1)


@pytest.mark.parametrize("cls", FROM_A_DISTRIBUTION)
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_the_first_generation_has_the_spread_of_the_start(cls, distribution):
    start = Start(distribution, scale=3.0)
    genomes = searching(cls, start=start, population_size=4000).ask()
    assert np.abs(genomes.mean(axis=0)).max() < 0.2
    np.testing.assert_allclose(genomes.std(axis=0), start.standard_deviation, rtol=0.05)


@pytest.mark.parametrize("cls", [SNES, XNES, SepCMAES, LMMAES])
def test_the_population_grows_with_the_logarithm_of_the_genes(cls):
    assert len(searching(cls, genes=100).ask()) == 4 + int(3 * np.log(100))


@pytest.mark.parametrize("cls", ALL)
def test_a_generation_without_a_finite_loss_teaches_nothing(cls):
    search = searching(cls)
    for _ in range(5):
        search.tell(genomes := search.ask(), sphere(genomes))
    before = search.state()
    for _ in range(20):
        search.tell(genomes := search.ask(), np.full(len(genomes), np.nan))
    after = search.state()
    assert before.pop("rng") != after.pop("rng")
    np.testing.assert_equal(after, before)


@pytest.mark.parametrize("cls", [SNES, XNES, PGPE, OpenAIES])
def test_a_plain_teaches_nothing(cls):
    search = searching(cls)
    mean, spread = search.mean.copy(), search.spread.copy()
    for _ in range(10):
        search.tell(genomes := search.ask(), np.ones(len(genomes)))
    np.testing.assert_allclose(search.mean, mean, atol=1e-12)
    np.testing.assert_allclose(search.spread, spread, rtol=1e-12)


@pytest.mark.parametrize("cls", ADAPTIVE)
def test_stops_at_a_minimum(cls):
    generations, reason = settled(searching(cls), sphere)
    assert reason == "tolfun"
    assert generations > 20


@pytest.mark.parametrize("cls", ADAPTIVE)
def test_stops_where_its_steps_have_become_too_small(cls):
    """A loss so steep that its differences do not become small before the steps do."""
    _, reason = settled(searching(cls), lambda genomes: 1e40 * (genomes**2).sum(axis=1))
    assert reason == "tolx"


@pytest.mark.parametrize("cls", [SNES, XNES, SepCMAES, LMMAES])
def test_stops_where_it_runs_away(cls):
    _, reason = settled(searching(cls), lambda genomes: genomes.sum(axis=1))
    assert reason == "tolxup"


@pytest.mark.parametrize("cls", ADAPTIVE)
@pytest.mark.parametrize("before", [1, 7, 25])
def test_a_search_loaded_shortly_before_its_end_stops_when_it_would(cls, before):
    end, reason = settled(searching(cls), sphere)
    killed, resumed = searching(cls), searching(cls)
    settled(killed, sphere, end - before)
    resumed.load_state(killed.state())
    assert settled(resumed, sphere) == (before, reason)


def test_the_state_is_linear_in_the_genes():
    for cls in (SNES, SepCMAES, PGPE, OpenAIES, CrossEntropy):
        search = searching(cls, genes=60)
        search.tell(genomes := search.ask(), sphere(genomes))
        state = search.state()
        parts = [*state.values(), *state.get("moments", {}).values()]
        assert max(part.size for part in parts if isinstance(part, np.ndarray)) == 60
