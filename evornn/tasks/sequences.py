"""Sequences: inputs, targets and which steps are judged. The data of a task, and a task itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.task import Solved, Task


class Sequences(Task):
    """Sequences of equal or unequal length, padded with steps that nobody judges.

    Parameters
    ----------
    inputs, targets
        Arrays (sequence, time, feature), or lists of arrays (time, feature) of unequal length. A
        lone sequence (time, feature) is taken as one sequence.
    judged
        Weight of each step in the loss, (sequence, time) or (time,), zero for steps that are not
        judged (washout, many-to-one); lists for unequal lengths. None judges every step.
    free_running
        Number of steps that see the given inputs; after them every input is the network's own
        previous output, as `feedback` says. None never feeds back.
    feedback
        For each input feature the index of the output that replaces it in a free run, or −1 where
        the given input stays. None: output k replaces input k.

    Attributes
    ----------
    inputs, targets, judged : float64 arrays (sequence, time, feature) and (sequence, time)
    lengths : int64 (sequence,)
    """

    inputs: np.ndarray
    targets: np.ndarray
    judged: np.ndarray
    lengths: np.ndarray
    free_running: int | None
    feedback: tuple[int, ...] | None

    def __init__(
        self,
        inputs: Any,
        targets: Any,
        judged: Any = None,
        *,
        free_running: int | None = None,
        feedback: Sequence[int] | None = None,
    ) -> None:
        raise ConfigurationError("not written yet")

    @property
    def solved(self) -> Solved | None:
        return None
