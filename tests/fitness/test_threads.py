"""Threads that fill the machine each keep to a processor of their own, others are left alone."""

import os
import threading

import pytest

from evornn.fitness.threads import run_pieces, thread_count

PROCESSORS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def processors_of_threads(threads: int) -> list[set[int]]:
    """Where each thread of a pool may run; every one of them takes exactly one piece."""
    allowed, together = [], threading.Barrier(threads)

    def piece(item, stop):
        together.wait(timeout=10)
        allowed.append(os.sched_getaffinity(0))

    run_pieces(piece, range(threads), threads)
    return allowed


@pytest.mark.skipif(not PROCESSORS, reason="no processor affinity on this system")
def test_a_thread_for_each_processor_stays_there():
    allowed = processors_of_threads(thread_count(None))
    assert sorted(allowed, key=min) == [{each} for each in PROCESSORS]
    assert sorted(os.sched_getaffinity(0)) == PROCESSORS  # the caller goes where it likes


@pytest.mark.skipif(not PROCESSORS, reason="no processor affinity on this system")
def test_more_threads_than_processors_are_left_alone():
    threads = len(PROCESSORS) + 1
    assert processors_of_threads(threads) == [set(PROCESSORS)] * threads
