"""Ctrl-C while a kernel is compiled: heard between two passes of the compiler.

A handler that raises at any other moment may do so inside a callback from LLVM, which swallows the
exception and goes on compiling, or while an object of LLVM changes hands, which crashes the process
later on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from numba.core import event


@contextmanager
def postponed_signals() -> Iterator[None]:
    """In here signal handlers are called between passes of the compiler, and at the end."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are handled in the main thread only
        return
    postponed = _Postponed()
    try:
        with event.install_listener("numba:run_pass", postponed):
            yield
    finally:
        postponed.restore()
        postponed.deliver()


class _Postponed(event.Listener):
    """Holds signals back from the handlers that were there before it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, FrameType | None]] = []
        self._handlers: dict[int, Callable[..., Any]] = {}
        for number in signal.valid_signals():
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._hold)

    def _hold(self, number: int, frame: FrameType | None) -> None:
        self._waiting.append((number, frame))

    def deliver(self) -> None:
        while self._waiting:
            number, frame = self._waiting.pop(0)
            self._handlers[number](number, frame)

    def restore(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def on_start(self, event: Any) -> None:
        self.deliver()

    def on_end(self, event: Any) -> None:
        # A pass that ends may hold an exception of its own.
        pass
