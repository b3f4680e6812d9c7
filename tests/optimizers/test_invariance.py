"""Moving the space moves the search with it; turning it turns those that learn all correlations."""

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

GENES = 6
AXES, _ = np.linalg.qr(np.random.default_rng(5).standard_normal((GENES, GENES)))


class TurnedNormals:
    """A generator whose normal vectors are those of another, turned by AXES."""

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)

    def standard_normal(self, size=None, out=None):
        draws = self.rng.standard_normal(size if out is None else out.shape) @ AXES.T
        if out is None:
            return draws
        out[...] = draws
        return out


def valley(genomes):
    """Rosenbrock's function: curved, not separable, and different in every direction."""
    left, right = genomes[:, :-1], genomes[:, 1:]
    return (100.0 * (right - left**2) ** 2 + (1.0 - left) ** 2).sum(axis=1)


def path(search, loss, generations=60):
    asked = []
    for _ in range(generations):
        asked.append(search.ask())
        search.tell(asked[-1], loss(asked[-1]))
    return np.array(asked)


def turned(settings):
    """How far the search of the turned valley, turned back, is from that of the valley."""
    plain = settings.search(GENES, Start(), np.random.default_rng(1))
    other = settings.search(GENES, Start(), TurnedNormals(1))
    away = path(other, lambda genomes: valley(genomes @ AXES)) @ AXES - path(plain, valley)
    return np.abs(away).max()


@pytest.mark.parametrize("settings", [XNES(), LMMAES(), XNES(50), LMMAES(50)])
def test_no_rotation_changes_the_search(settings):
    assert turned(settings) < 1e-7


@pytest.mark.parametrize("settings", [SNES(), SepCMAES()])
def test_a_rotation_changes_a_separable_search(settings):
    assert turned(settings) > 0.1


@pytest.mark.parametrize(
    "settings",
    [SNES(), XNES(), SepCMAES(), LMMAES(), OpenAIES(), PGPE(), CrossEntropy()],
    ids=lambda settings: type(settings).__name__,
)
def test_no_place_is_special(settings):
    """A search that begins elsewhere, of a loss moved as far, is the same search there."""
    shift = np.linspace(-3.0, 5.0, GENES)
    plain = settings.search(GENES, Start(), np.random.default_rng(1))
    moved = settings.search(GENES, Start(), np.random.default_rng(1))
    moved.mean = moved.mean + shift
    expected = path(plain, valley)
    asked = path(moved, lambda genomes: valley(genomes - shift))
    np.testing.assert_allclose(asked - shift, expected, atol=1e-7)
