"""Signals while a run works: the first one asks for a checkpoint, the second one ends at once.

SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal went away) and SIGUSR1 (SLURM's
``--signal=B:USR1@120``) only set a flag, which is looked at between generations, so that no state
is ever cut in half. Inside `raising` (a slow evaluation whose generation can be repeated) the first
signal also breaks off at once. A signal that was ignored before (``nohup``) stays ignored.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

#: what leaves with a checkpoint, by the name that this system has for it
HANDLED = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")
    if hasattr(signal, name)
]


class Interrupted(KeyboardInterrupt):
    """A run was stopped by SIGINT: `exit_code` is 130, what a shell gives for it."""

    exit_code = 130


class Terminated(SystemExit):
    """A run was stopped by SIGTERM, SIGHUP or SIGUSR1: uncaught it leaves with `exit_code` 143."""

    exit_code = 143

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.exit_code

    def __str__(self) -> str:
        return self.message


def stopped_by(number: int, message: str) -> Interrupted | Terminated:
    """The exception that a run ends with after the signal `number`."""
    return Interrupted(message) if number == signal.SIGINT else Terminated(message)


class Signals:
    """Takes the signals over for the length of a ``with``; outside the main thread it cannot."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._raising = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for number in HANDLED:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restore()

    def _restore(self) -> None:
        while self._previous:
            signal.signal(*self._previous.popitem())

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None:
            self._restore()
            signal.raise_signal(number)
            return
        self.received = number
        if self._raising:
            raise KeyboardInterrupt

    @contextmanager
    def raising(self) -> Iterator[None]:
        """In here the first signal, whichever it is, raises KeyboardInterrupt at once."""
        self._raising = True
        try:
            if self.received is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._raising = False

    def raise_received(self, message: str) -> None:
        """Interrupted or Terminated, where a signal has come."""
        if self.received is not None:
            raise stopped_by(self.received, message)
