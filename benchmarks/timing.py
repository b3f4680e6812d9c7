"""Timing side by side: contenders take turns, so that noise of the machine hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

#: pause before each call, in which the threads that a contender left spinning go to sleep
PAUSE_SECONDS = 0.05


def medians(
    contenders: dict[str, Callable[[], Any]],
    rounds: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Median seconds of each contender, called in turn, each time once to warm up and once more."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            time.sleep(PAUSE_SECONDS)
            call()
            began = clock()
            call()
            seconds[name].append(clock() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}
