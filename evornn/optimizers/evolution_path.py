"""The evolution path that the CMA family adapts by: a fading sum of the steps of the mean.

N. Hansen, A. Ostermeier (2001), Completely derandomized self-adaptation in evolution strategies.
Evolutionary Computation 9, 159-195.
"""

from __future__ import annotations

import numpy as np


def path(p: np.ndarray, c: float | np.ndarray, mu_w: float, step: np.ndarray | float) -> np.ndarray:
    """`p` with one more step; its variance stays 1 where the ranks are random.

    `step` is a mean by weights w of N(0, 1), mu_w = 1/sum w^2, and `c` the share that fades.
    """
    return (1 - c) * p + np.sqrt(c * (2 - c) * mu_w) * step
