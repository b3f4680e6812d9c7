"""Environments in processes of their own, all advanced by one step at a time.

What they do depends on seeds and actions alone, not on how many processes there are. A process that
is gone raises `WorkerLost`; the pool can be asked again from a reset on, and starts another.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from evornn.errors import RunFailed

#: seconds in which a process must have started and made its environments
STARTING = 120.0


class WorkerLost(Exception):
    """A process with environments has ended without being asked to."""


class EnvironmentPool:
    """Environments of one kind, numbered from 0, in so many `workers`.

    `timeout` is how long, in seconds, a worker may take for one step of all its environments.
    """

    def __init__(self, name: str, options: Mapping[str, Any], workers: int, timeout: float) -> None:
        self.name, self.options, self.timeout = name, dict(options), timeout
        self._size = workers
        self._workers: list[tuple[subprocess.Popen, Connection]] = []
        self._end = weakref.finalize(self, _end, self._workers)

    def reset(self, count: int, seeds: np.ndarray) -> np.ndarray:
        """Begin episodes in the first `count` environments; observations (environment, number)."""
        while len(self._workers) < min(self._size, count):
            self._workers.append(_start(self.name, self.options))
        return self._ask("reset", np.arange(count), seeds, STARTING + self.timeout)[0]

    def step(
        self, places: np.ndarray, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One step of the environments `places`: observations, rewards, whether they have ended."""
        return self._ask("step", places, actions, self.timeout)

    def close(self) -> None:
        """End all processes; they are started again when they are needed."""
        _end(self._workers)

    def _ask(self, what: str, places: np.ndarray, given: np.ndarray, seconds: float) -> Any:
        workers, asked = len(self._workers), []
        try:
            for number, (_, connection) in enumerate(self._workers):
                mine = np.flatnonzero(places % workers == number)
                if mine.size:
                    values = given[mine] if what == "step" else given[mine].tolist()
                    connection.send((what, (places[mine] // workers).tolist(), values))
                    asked.append((number, mine))
            parts = [(mine, self._answer(what, number, seconds)) for number, mine in asked]
        except (EOFError, ConnectionError) as error:
            raise WorkerLost(f"a process with {self.name} has ended") from error
        return tuple(_joined(parts, field, len(places)) for field in range(3))

    def _answer(self, what: str, number: int, seconds: float) -> Any:
        connection = self._workers[number][1]
        if not connection.poll(seconds):
            raise RunFailed(
                f"{self.name} has not answered a {what} for {seconds:g} seconds: it hangs, or is "
                f"slow and needs a larger timeout (--set task.timeout={4 * self.timeout:g})"
            )
        kind, *answer = connection.recv()
        if kind == "failed":
            raise RunFailed(
                f"the environment {self.name} {answer[0]} (in a {what}): this is a mistake in it, "
                "or in how it was made (task.options); correct it, and evornn resume goes on from "
                "the last checkpoint"
            )
        return answer


def _joined(parts: list[Any], field: int, count: int) -> Any:
    """One field of the answers of all workers, in the order that was asked for."""
    first = parts[0][1][field]
    if first is None:
        return None
    whole = np.zeros((count, *first.shape[1:]), first.dtype)
    for mine, answer in parts:
        whole[mine] = answer[field]
    return whole


def _start(name: str, options: dict[str, Any]) -> tuple[subprocess.Popen, Connection]:
    """A new process. It runs a module of this package, never again the user's own program."""
    ours, theirs = socket.socketpair()
    with theirs:
        os.set_inheritable(theirs.fileno(), True)
        process = subprocess.Popen(
            [sys.executable, "-m", "evornn.tasks.gym_worker", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    connection = Connection(ours.detach())
    connection.send((name, options, sys.path))
    return process, connection


def _end(workers: list[tuple[subprocess.Popen, Connection]]) -> None:
    while workers:
        process, connection = workers.pop()
        connection.close()
        process.kill()
        process.wait()
