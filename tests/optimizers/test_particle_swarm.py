"""The particle swarm's equations, and the import of pyswarms without its side effects."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import ParticleSwarm, Start

#: the neighbours, itself included, of particle i in a swarm of nine
NEIGHBOURS = {
    "star": lambda i: set(range(9)),
    "ring": lambda i: {(i - 2) % 9, (i - 1) % 9, i, (i + 1) % 9, (i + 2) % 9},
    "von_neumann": lambda i: {i, (i - 1) % 9, (i + 1) % 9, (i - 3) % 9, (i + 3) % 9},
}


@pytest.mark.parametrize("topology", NEIGHBOURS)
def test_follows_the_published_equations(sphere, topology):
    settings = ParticleSwarm(population_size=9, topology=topology, neighbours=4)
    search = settings.search(4, Start(), np.random.default_rng(1))
    rng = np.random.default_rng(1)
    x, v = Start().genomes(9, 4), np.zeros((9, 4))
    p, p_loss = x, np.full(9, np.inf)
    for _ in range(30):
        asked = search.ask()
        np.testing.assert_allclose(asked, x, rtol=1e-12, atol=1e-14)
        losses, _ = sphere(asked)
        search.tell(asked, losses)
        better = losses < p_loss
        p, p_loss = np.where(better[:, None], x, p), np.where(better, losses, p_loss)
        g = np.array([p[min(NEIGHBOURS[topology](i), key=lambda k: p_loss[k])] for i in range(9)])
        r1, r2 = rng.random((9, 4)), rng.random((9, 4))
        v = 0.7298 * v + 1.49618 * r1 * (p - x) + 1.49618 * r2 * (g - x)
        x = x + v


def test_where_a_neighbourhood_knows_no_loss_it_is_drawn_anew(begin, sphere):
    search = begin(ParticleSwarm(population_size=20, topology="ring"))
    before = search.ask()
    known = np.arange(20) < 5  # whose neighbours are 19 and 5
    search.tell(before, np.where(known, sphere(before)[0], np.nan))
    drawn_to = np.isin(np.arange(20), [19, 0, 1, 2, 3, 4, 5])
    assert (search.velocity[~drawn_to] == 0.0).all()
    after = search.ask()
    assert (after[~drawn_to] != before[~drawn_to]).all()
    np.testing.assert_allclose(after[~drawn_to].std(), 0.5, rtol=0.2)


def test_small_neighbourhoods_contract_more_slowly(begin, advance):
    """Kennedy & Mendes 2002: the fewer the ties, the slower the news."""
    spreads = []
    for topology in ("star", "von_neumann", "ring"):
        search = begin(ParticleSwarm(topology=topology), genes=10)
        advance(search, 150)
        spreads.append(search.diagnostics()["swarm_spread"])
    assert spreads[0] < 0.5 * spreads[1]
    assert spreads[1] < 0.5 * spreads[2]


def test_an_odd_number_of_neighbours_is_named():
    with pytest.raises(ConfigurationError, match=r"even.*got 3"):
        ParticleSwarm(neighbours=3)


def test_the_velocity_limit_holds(begin, advance):
    search = begin(ParticleSwarm(velocity_limit=0.01))
    steps = np.diff(advance(search, 20), axis=0)
    assert np.abs(steps).max() <= 0.01 + 1e-12
    assert np.abs(steps).max() > 0.009


IMPORT = """
import logging, logging.config, os
before = logging.config.dictConfig, list(logging.getLogger().handlers), logging.getLogger().level
from evornn.optimizers import ParticleSwarm, Start
import numpy as np
search = ParticleSwarm().search(3, Start(), np.random.default_rng(0))
search.tell(genomes := search.ask(), (genomes**2).sum(axis=1))
from pyswarms.utils.reporter import Reporter
Reporter()
after = logging.config.dictConfig, list(logging.getLogger().handlers), logging.getLogger().level
assert before == after, (before, after)
assert os.listdir() == [], os.listdir()
"""


def test_pyswarms_leaves_logging_and_the_working_directory_alone(tmp_path):
    subprocess.run([sys.executable, "-c", IMPORT], check=True, cwd=tmp_path)
