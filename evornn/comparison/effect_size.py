"""Effect size A12: how often one optimizer ends lower than another.

    A12 = (#(a < b) + #(a = b) / 2) / (m n)    over all pairs of the m losses a and n losses b

0.5 is no difference, 1 means that every a is below every b. Vargha & Delaney call 0.56 small, 0.64
medium and 0.71 large (and 0.44, 0.36, 0.29 on the other side). An infinite loss is the worst and
equal to another infinite one.

A. Vargha & H. D. Delaney 2000, "A critique and improvement of the CL common language effect size
statistics of McGraw and Wong", J. Educational and Behavioral Statistics 25, 101–132.
"""

from __future__ import annotations

import numpy as np


def a12(a: np.ndarray, b: np.ndarray) -> float:
    """Probability that a loss of `a` (m,) is below one of `b` (n,), ties counting half."""
    a, b = np.asarray(a, np.float64)[:, np.newaxis], np.asarray(b, np.float64)
    return float(np.mean((a < b) + 0.5 * (a == b)))
