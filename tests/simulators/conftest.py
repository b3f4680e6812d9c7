"""Bodies that are driven by given outputs instead of a network."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from evornn.fitness.plain_episode import PlainBody
from evornn.numerics.plain import LaneArray


class Driven(NamedTuple):
    """States by field (step + 1, *shape, lane), senses (step, number, lane), worth (step, lane)."""

    states: dict[str, np.ndarray]
    senses: np.ndarray
    losses: np.ndarray
    goes_on: np.ndarray


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def drive():
    """``drive(simulator, numbers of the trial (number,), outputs (step, motor, lane))``."""

    def run(simulator, trial, outputs):
        body, lanes = PlainBody(simulator, np.dtype(np.float64)), outputs.shape[2]
        none = np.zeros((0, lanes))
        b = body.begin(np.asarray(trial, np.float64), lanes)
        bodies, senses, losses, alive = [b], [], [], []
        for a in outputs:
            senses.append(body.sense(b, none, lanes).storage)
            b = body.move(LaneArray(np.ascontiguousarray(a)), none, b, lanes)
            loss, goes_on = body.worth(b)
            bodies.append(b)
            losses.append(loss)
            alive.append(goes_on)
        fields = {
            name: np.array([getattr(b, name).storage for b in bodies]) for name in simulator.state
        }
        return Driven(fields, np.array(senses), np.array(losses), np.array(alive))

    return run
