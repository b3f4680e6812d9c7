"""Learning-rate schedules: the factor of the learning rate at gradient t of T, t = 0, 1, …

    constant      1
    linear        1 − t/T
    cosine        (1 + cos(π t/T)) / 2    (Loshchilov & Hutter 2017, SGDR, equation 5, η_min = 0)
    exponential   0.01^(t/T)                   a hundredth at the end

Behind T the factor stays what it is at T. Before, during `warmup` gradients, it rises linearly from
1/warmup to 1 (Goyal et al. 2017, Accurate, large minibatch SGD: gradual warmup).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

#: name -> the factor at the share t/T of the schedule
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda share: 1.0,
    "linear": lambda share: 1.0 - share,
    "cosine": lambda share: 0.5 * (1.0 + float(np.cos(np.pi * share))),
    "exponential": lambda share: 0.01**share,
}


def rate_factor(schedule: str, steps: int | None, warmup: int, t: int) -> float:
    """The factor of the learning rate at gradient `t`, counted from 0; T is `steps`."""
    if t < warmup:
        return (t + 1) / warmup
    share = min(1.0, (t - warmup) / (steps - warmup)) if steps is not None else 0.0
    return SCHEDULES[schedule](share)
