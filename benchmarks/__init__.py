"""Speed beside the peers."""

import os

# Idle threads of a peer's OpenMP pool must not spin on the cores of the next contender.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
