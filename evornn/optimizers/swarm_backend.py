"""pyswarms' backend, imported without its side effects.

Each of its modules makes a `Reporter`, which reconfigures the root logger and opens ``report.log``
in the working directory: an import that fails where that is not writable, and that changes the
logging of the program it is imported into. Both are kept from happening, during and after.
"""

from __future__ import annotations

import functools
import logging.config
import threading
from types import SimpleNamespace
from typing import Any
from unittest import mock

_lock = threading.Lock()


def load() -> SimpleNamespace:
    """``Swarm``, ``Star``, ``compute_pbest`` and ``VelocityHandler`` of pyswarms."""
    with _lock:
        return _load()


@functools.cache
def _load() -> SimpleNamespace:
    with mock.patch.object(logging.config, "dictConfig", _configure_nothing):
        from pyswarms.backend import Swarm, compute_pbest
        from pyswarms.backend.handlers import VelocityHandler
        from pyswarms.backend.topology import Star
        from pyswarms.utils.reporter.reporter import Reporter

        Reporter._setup_logger = _configure_nothing
    return SimpleNamespace(
        Swarm=Swarm, Star=Star, compute_pbest=compute_pbest, VelocityHandler=VelocityHandler
    )


def _configure_nothing(*args: Any, **kwargs: Any) -> None:
    """Leave logging as it is."""
