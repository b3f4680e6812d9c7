"""Holm's correction for many tests: the chance of one or more false alarms stays below the level.

With the m values of p in rising order, p(1) ≤ p(2) ≤ …, the corrected ones are

    p'(k) = max over j ≤ k of min(1, (m − j + 1) p(j))

S. Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6, 65–70.
"""

from __future__ import annotations

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """Corrected `p` (test,), in the order given."""
    p = np.asarray(p, np.float64)
    order = np.argsort(p, kind="stable")
    factors = len(p) - np.arange(len(p))
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(np.minimum(1.0, factors * p[order]))
    return corrected
