"""Seeds: one independent stream of chance per role, all from the one seed of the run.

The streams are children of ``SeedSequence(seed)`` with a key per role, so that the starting points
do not depend on what an optimizer draws: runs of different optimizers with the same seed and the
same start distribution begin at the same points.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from evornn.optimizers.start import Start

#: spawn key of each role; a number stays with its role for ever, or old runs could not be repeated
ROLES = {"start": 0, "search": 1, "batches": 2, "forcing": 3}


def search_generator(seed: int) -> np.random.Generator:
    """The generator of the optimizer of the run `seed`."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(ROLES["search"],)))


def epoch_generator(seed: int, epoch: int) -> np.random.Generator:
    """The generator that deals the batches of one epoch of the run `seed`."""
    key = (ROLES["batches"], epoch)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def forcing_generator(seed: int, generation: int) -> np.random.Generator:
    """The generator that draws what is teacher-forced in one generation of the run `seed`."""
    key = (ROLES["forcing"], generation)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def start_of_run(start: Start, seed: int) -> Start:
    """`start` with the seed that the run `seed` gives it: both seeds together fix the points."""
    child = np.random.SeedSequence([seed, start.seed], spawn_key=(ROLES["start"],))
    return dataclasses.replace(start, seed=int(child.generate_state(1, np.uint64)[0]))
