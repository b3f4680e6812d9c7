"""The particle swarm's equations, and the import of pyswarms without its side effects."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from evornn.optimizers import ParticleSwarm, Start


def test_follows_the_published_equations(sphere):
    settings = ParticleSwarm(population_size=9)
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
        g = p[np.argmin(p_loss)]
        r1, r2 = rng.random((9, 4)), rng.random((9, 4))
        v = 0.7298 * v + 1.49618 * r1 * (p - x) + 1.49618 * r2 * (g - x)
        x = x + v


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
