"""The problem of the speed table: 1024 genomes, a sequence of 1000 steps, one input and output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import evornn
from evornn.networks import Network

POPULATION, STEPS = 1024, 1000


@dataclass(frozen=True)
class Problem:
    """A network, a sequence to predict by one step, and a population of genomes (float32)."""

    network: Network
    inputs: np.ndarray
    targets: np.ndarray
    genomes: np.ndarray

    @property
    def task(self) -> evornn.tasks.Sequences:
        return evornn.tasks.Sequences(self.inputs, self.targets)


def problem(network: Network, population: int = POPULATION, steps: int = STEPS) -> Problem:
    """A sine to predict, and weights N(0, 0.3²)."""
    rng = np.random.default_rng(0)
    series = np.sin(0.1 * np.arange(steps + 1)).astype(np.float32)[:, np.newaxis]
    genomes = 0.3 * rng.standard_normal((population, network.weight_count))
    return Problem(network, series[:-1], series[1:], genomes.astype(np.float32))
