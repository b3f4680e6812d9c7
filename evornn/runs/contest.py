"""Contests: what the genomes of one population lose to those of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.networks.team import Team
from evornn.runs.parts import describe, fingerprint

if TYPE_CHECKING:
    from evornn.fitness.episode_fitness import EpisodeFitness

#: losses (first, second) of all first genomes against all second ones, from 0 to 1
Contest = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TeamContest:
    """What a genome of the first member of a `Team` of two loses to one of the second member.

    The members have weights of their own; the losses of `fitness` are those of the first.
    """

    fitness: EpisodeFitness

    def __call__(self, firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        pairs = np.repeat(firsts, len(seconds), axis=0), np.tile(seconds, (len(firsts), 1))
        losses = self.fitness(np.concatenate(pairs, axis=1))
        return losses.reshape(len(firsts), len(seconds))

    @property
    def identity(self) -> dict[str, Any]:
        """All that the losses depend on, as plain JSON values, for a record."""
        fitness = self.fitness
        return {
            "simulator": repr(fitness.data.simulator),  # type: ignore[attr-defined]
            "data": fingerprint(fitness.task),
            "over": fitness.data.over,
            "network": describe("network", fitness.network).model_dump(),
            "encoding": describe("encoding", fitness.encoding).model_dump(),
            "dtype": fitness.dtype,
        }


def contest_of(fitness: EpisodeFitness) -> TeamContest:
    """The contest between the two members of the team in `fitness`."""
    network = fitness.network
    if not isinstance(network, Team) or network.members != 2 or network.shared:
        raise ConfigurationError(
            "a contest is between the two members of a Team with weights of their own: build it "
            "with Team(…, members=2, shared=False)"
        )
    return TeamContest(fitness)
