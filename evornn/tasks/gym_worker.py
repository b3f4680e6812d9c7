"""A process with environments of Gymnasium, which `gym_pool` starts and talks to.

It is told ``(name, options, path)`` at first, then ``("reset", places, seeds)`` or ``("step",
places, actions)``, and answers ``("done", observations, rewards, ended)``, or ``("failed",
why)``. It leaves when nobody is at the other end any more.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from evornn.tasks.gym_spaces import BadObservation, Observed


class Environments:
    """Environments of one kind, made when they are first reset."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self._name, self._options = name, options
        self._made: list[Any] = []
        self._observed: Observed | None = None

    def reset(self, places: list[int], seeds: list[int]) -> tuple[np.ndarray, None, None]:
        """Begin an episode in each of `places`; observations (place, number)."""
        while len(self._made) <= max(places, default=-1):
            with _silent():  # the one that described the task has said what all of them say
                self._made.append(made(self._name, self._options))
        rows = []
        for place, seed in zip(places, seeds, strict=True):
            rows.append(self._made[place].reset(seed=seed)[0])
        return self._vectors(rows), None, None

    def step(
        self, places: list[int], actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One step in each of `places`: observations, rewards, whether the episode has ended."""
        rows, rewards, ended = [], np.zeros(len(places)), np.zeros(len(places), bool)
        for row, (place, action) in enumerate(zip(places, actions, strict=True)):
            seen, reward, terminated, truncated, _ = self._made[place].step(action)
            rows.append(seen)
            rewards[row], ended[row] = reward, terminated or truncated
            if not np.isfinite(rewards[row]):
                raise BadObservation(f"rewarded {reward}, which is no finite number")
        return self._vectors(rows), rewards, ended

    def _vectors(self, seen: list[Any]) -> np.ndarray:
        if self._observed is None:
            self._observed = Observed(self._made[0].observation_space, self._name)
        return self._observed.vectors(seen)


def made(name: str, options: dict[str, Any]) -> Any:
    """An environment without the checks that are for its author."""
    import gymnasium

    return gymnasium.make(name, disable_env_checker=True, **options)


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing reaches stderr, not even what C writes to it (MuJoCo's warnings of a model)."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def serve(connection: Connection) -> None:
    """Answer until the other end is closed."""
    name, options, sys.path[:] = connection.recv()
    environments = Environments(name, options)
    while True:
        what, places, given = connection.recv()
        try:
            answer: tuple[Any, ...] = ("done", *getattr(environments, what)(places, given))
        except BadObservation as error:
            answer = ("failed", str(error))
        except Exception as error:  # whatever a foreign environment may raise
            answer = ("failed", f"raised {type(error).__name__}: {error}")
        connection.send(answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who is at the other end
    with suppress(EOFError, ConnectionError):
        serve(Connection(int(sys.argv[1])))
