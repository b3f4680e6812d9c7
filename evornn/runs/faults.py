"""Places where a test can kill the process, to prove that a run survives being killed there.

``EVORNN_FAULT=ckpt:before_rename`` kills the process (SIGKILL) the first time that it comes to the
place of that name; ``ckpt:before_rename@3`` the third time. Without the variable nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_visits: Counter[str] = Counter()


def reach(place: str) -> None:
    """Say that `place` is reached; the process dies here where the environment asks for it."""
    wanted = os.environ.get("EVORNN_FAULT")
    if wanted is None:
        return
    _visits[place] += 1
    name, _, visit = wanted.partition("@")
    if name == place and _visits[place] == int(visit or 1):
        os.kill(os.getpid(), signal.SIGKILL)
