"""How many evaluations a minimum away from the start takes, beside those that `cma` needs."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import CMAES, LMMAES, SNES, XNES, SepCMAES, Start

GENES = 10
AXES, _ = np.linalg.qr(np.random.default_rng(5).standard_normal((GENES, GENES)))
SCALES = 10.0 ** np.linspace(0.0, 6.0, GENES)


def sphere(genomes):
    return ((genomes - 1.0) ** 2).sum(axis=1)


def ellipsoid(genomes):
    return (genomes - 1.0) ** 2 @ SCALES


def turned_ellipsoid(genomes):
    return ((genomes - 1.0) @ AXES) ** 2 @ SCALES


def rosenbrock(genomes):
    left, right = genomes[:, :-1], genomes[:, 1:]
    return (100.0 * (right - left**2) ** 2 + (1.0 - left) ** 2).sum(axis=1)


def evaluations(settings, loss, target=1e-8):
    """The median over seeds of the evaluations that the loss `target` takes."""
    return np.median([spent(settings, loss, target, seed) for seed in (0, 2, 3)])


def spent(settings, loss, target, seed):
    search = settings.search(GENES, Start(), np.random.default_rng(seed))
    for generation in range(1, 3000):
        genomes = search.ask()
        losses = loss(genomes)
        if losses.min() < target:
            return generation * len(genomes)
        search.tell(genomes, losses)
    return np.inf


@pytest.mark.parametrize(
    ("settings", "peer", "loss", "factor"),
    [
        (SepCMAES(), CMAES(diagonal=True), sphere, 1.2),
        (SepCMAES(), CMAES(diagonal=True), ellipsoid, 1.5),
        (SNES(), CMAES(diagonal=True), sphere, 2.0),
        (SNES(), CMAES(diagonal=True), ellipsoid, 1.6),
        (XNES(), CMAES(), turned_ellipsoid, 2.5),
        (XNES(), CMAES(), rosenbrock, 2.5),
        (LMMAES(), CMAES(), sphere, 1.4),
        (LMMAES(), CMAES(), rosenbrock, 2.6),
    ],
)
def test_needs_few_more_evaluations_than_cma(settings, peer, loss, factor):
    assert evaluations(settings, loss) < factor * evaluations(peer, loss)


@pytest.mark.parametrize("settings", [CMAES(), XNES()])
def test_a_rotation_costs_nothing_where_all_correlations_are_learnt(settings):
    plain, turned = (evaluations(settings, loss) for loss in (ellipsoid, turned_ellipsoid))
    assert 0.8 * plain < turned < 1.25 * plain


def test_a_rotation_costs_a_separable_search_dearly():
    plain, turned = (evaluations(SepCMAES(), loss) for loss in (ellipsoid, turned_ellipsoid))
    assert turned > 5.0 * plain
