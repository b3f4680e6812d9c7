"""Threads: kernel calls without the GIL, handed out in pieces, stopped within moments by Ctrl-C."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import numpy as np

from evornn.checks import check_size

#: pieces of work per thread: enough to even out what other programs take away
PIECES_PER_THREAD = 4


def thread_count(threads: int | None) -> int:
    """`threads`, or the number of processors that this process may use."""
    if threads is None:
        return len(_processors())
    check_size("threads", threads)
    return threads


def _processors() -> Sequence[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


@cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    # One pool for each process: threads do not survive a fork.
    processors = _processors()
    if threads != len(processors) or not hasattr(os, "sched_setaffinity"):
        return ThreadPoolExecutor(threads, thread_name_prefix="evornn")
    return ThreadPoolExecutor(
        threads, thread_name_prefix="evornn", initializer=_settle, initargs=(iter(processors),)
    )


def _settle(processors: Iterator[int]) -> None:
    """Keep this thread on a processor of its own.

    Left to itself, Linux wakes threads where the one that wakes them runs, and takes milliseconds
    to move them apart: longer than many a call lasts, which then takes twice its time.
    """
    with contextlib.suppress(OSError):  # a container may forbid it
        os.sched_setaffinity(0, {next(processors)})


def run_pieces(
    piece: Callable[[Any, np.ndarray], None], pieces: Sequence[Any], threads: int
) -> None:
    """Call ``piece(item, stop)`` for each of `pieces` on `threads` threads.

    The main thread only waits, so a signal is handled at once: `stop` (int64, one element) is then
    set, the kernels return at their next look at it, and the exception goes on.
    """
    stop, waiting = np.zeros(1, np.int64), iter(pieces)

    def work() -> None:
        # Each thread takes the next piece itself: one that is handed out wakes a thread for it.
        for item in waiting:
            if stop[0]:
                return
            piece(item, stop)

    pool = _pool(threads, os.getpid())
    futures = [pool.submit(work) for _ in range(min(threads, len(pieces)))]
    try:
        for future in wait(futures, return_when=FIRST_EXCEPTION).done:
            future.result()
    except BaseException:
        stop[0] = 1
        for future in futures:
            future.cancel()
        wait(futures)
        raise


def split(count: int, pieces: int) -> list[slice]:
    """`count` things in at most `pieces` runs of nearly equal length."""
    runs = min(count, pieces)
    edges = [count * k // runs for k in range(runs + 1)] if runs else [0]
    return [slice(a, b) for a, b in itertools.pairwise(edges)]
