"""Fences round libraries that draw from a generator that belongs to the whole process.

Inside a fence the global generator is ours, and after it the user's again, as it was. One lock
serves them all, so searches in several threads take turns; a thread that uses the global generator
itself at that moment is the one thing that a fence cannot see.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.random import mtrand

_lock = threading.RLock()


@contextmanager
def lent_to_random(rng: np.random.Generator) -> Iterator[None]:
    """Python's `random` draws from a stream seeded by `rng`, so the state of `rng` tells all."""
    with _lock:
        state = random.getstate()
        random.seed(int(rng.integers(2**63)))
        try:
            yield
        finally:
            random.setstate(state)


@contextmanager
def lent_to_numpy(rng: np.random.Generator) -> Iterator[None]:
    """The functions of `numpy.random` draw from `rng` itself."""
    with _lock:
        lender = mtrand.get_bit_generator()
        # The state too: changing the bit generator forgets the second half of a Gaussian pair.
        state = mtrand.get_state(legacy=False)
        mtrand.set_bit_generator(rng.bit_generator)
        try:
            yield
        finally:
            mtrand.set_bit_generator(lender)
            mtrand.set_state(state)
