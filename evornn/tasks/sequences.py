"""Sequences: inputs, targets and which steps are judged. The data of a task, and a task itself.

The loss is the weighted mean squared error, with v the weights `judged`, y the outputs and d the
targets, over all sequences and their steps t:

    loss = Σ_t v_t · mean_k (y_tk − d_tk)² / Σ_t v_t

or another of `evornn.losses`, as `loss_function` says.

The judged steps say what kind of a task it is:

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> u = rng.uniform(size=(5, 20, 1))                    # 5 sequences of 20 steps, 1 feature

Many to many, an answer at every step (here: the previous input; the first step has none):

>>> d = np.roll(u, 1, axis=1)
>>> Sequences(u, d, judged=np.arange(20) > 0)
Sequences(5 of 20 steps, 1 input, 1 output, 95 judged steps)

Many to one, an answer at the end only (here: the mean of all inputs):

>>> d = np.zeros_like(u)
>>> d[:, -1] = u.mean(axis=1)
>>> Sequences(u, d, judged=np.arange(20) == 19)
Sequences(5 of 20 steps, 1 input, 1 output, 5 judged steps)

One to many, an input at the first step only and then an answer at every step (here: a decay):

>>> first = np.where(np.arange(20)[:, None] == 0, u, 0.0)
>>> Sequences(first, u[:, :1] * 0.9 ** np.arange(20)[:, None])
Sequences(5 of 20 steps, 1 input, 1 output, 100 judged steps)

One to one, one input and one answer a few steps later (here: after 3 steps of thinking), or at
once with sequences of a single step:

>>> d = np.repeat(u[:, :1] ** 2, 4, axis=1)
>>> Sequences(first[:, :4], d, judged=[0, 0, 0, 1])
Sequences(5 of 4 steps, 1 input, 1 output, 5 judged steps)
>>> Sequences(u[:, :1], u[:, :1] ** 2)
Sequences(5 of 1 steps, 1 input, 1 output, 5 judged steps)

Unequal lengths are lists; the padding is never judged:

>>> Sequences([u[0], u[1, :7]], [u[0], u[1, :7]])
Sequences(2 of 7 to 20 steps, 1 input, 1 output, 27 judged steps)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from numbers import Integral
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.judged import Judged, count
from evornn.tasks.ragged import check_finite, judged_list, padded, sequence_list


class Sequences(Judged):
    """Sequences of equal or unequal length, padded with steps that nobody judges.

    Parameters
    ----------
    inputs, targets
        Arrays (sequence, time, feature), or lists of arrays (time, feature) of unequal length. A
        lone sequence (time, feature) is taken as one sequence. They are copied.
    judged
        Weight of each step in the loss, (sequence, time) or (time,), zero for steps that are not
        judged (washout, many-to-one); lists for unequal lengths. None judges every step.
    free_running
        Number of steps that see the given inputs; after them every input is the network's own
        previous output, as `feedback` says. None never feeds back.
    feedback
        For each input feature the index of the output that replaces it in a free run, or −1 where
        the given input stays. None: output k replaces input k.
    loss_function
        One of `evornn.losses`: "mean_squared_error", "sum_squared_error", or, with outputs that are
        logits, "binary_cross_entropy" (targets from 0 to 1), "softmax_cross_entropy" (a
        distribution over the outputs at each judged step) and
        "connectionist_temporal_classification" (labels in an order, at whatever steps: see
        `evornn.tasks.transcriptions`).

    Attributes
    ----------
    inputs, targets, judged : float64 arrays (sequence, time, feature) and (sequence, time)
        Read-only. Targets that are not judged and not finite are stored as zero.
    lengths : int64 (sequence,)
    normaliser : float, the sum of `judged`
    feedback : one index per input feature where `free_running` is given, else None

    Raises
    ------
    ConfigurationError
        For data that are empty, not real, not finite where they count, or do not fit together.
    """

    kind = "sequence"
    axes = "sequence, time, output"

    free_running: int | None
    feedback: tuple[int, ...] | None
    _forced: np.ndarray | None = None

    def __init__(
        self,
        inputs: Any,
        targets: Any,
        judged: Any = None,
        *,
        free_running: int | None = None,
        feedback: Sequence[int] | None = None,
        loss_function: str = "mean_squared_error",
    ) -> None:
        given, wanted = sequence_list("inputs", inputs), sequence_list("targets", targets)
        _check_pairs(given, wanted)
        weights = judged_list(judged, [len(part) for part in given])
        check_finite("inputs", given)
        check_finite("targets", wanted, weights)
        wanted = [np.where(np.isfinite(part), part, 0.0) for part in wanted]
        self.inputs, self.targets, self.judged = padded(given), padded(wanted), padded(weights)
        self.lengths = np.array([len(part) for part in given], dtype=np.int64)
        self.free_running = free_running
        self.feedback = self._checked_feedback(free_running, feedback)
        self._finish(loss_function)

    def _checked_feedback(
        self, free_running: int | None, feedback: Sequence[int] | None
    ) -> tuple[int, ...] | None:
        if free_running is None:
            if feedback is not None:
                raise ConfigurationError(
                    f"feedback {feedback!r} is used in a free run only: give free_running too"
                )
            return None
        check_size("free_running", free_running)
        if free_running >= self.lengths.max():
            raise ConfigurationError(
                f"free_running {free_running} leaves no step to run free: the longest sequence "
                f"has {self.lengths.max()} steps"
            )
        if feedback is None:
            return tuple(k if k < self.output_size else -1 for k in range(self.input_size))
        return _checked_indexes(feedback, self.input_size, self.output_size)

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        names = ("inputs", "targets", "judged", "lengths")
        forced = () if self._forced is None else ("_forced",)
        return {name: getattr(self, name) for name in (*names, *forced)}

    @property
    def fed_back(self) -> np.ndarray:
        """Steps (sequence, time) at which a free run sees the network's own outputs, bool."""
        fed = np.zeros(self.judged.shape, bool)
        if self.free_running is not None:
            fed[:, self.free_running :] = True
        return fed if self._forced is None else fed & ~self._forced

    def teacher_forced(self, forced: np.ndarray) -> Sequences:
        """These sequences with targets fed back in place of outputs, where `forced`.

        At the steps of a free run with `forced` (sequence, time) the network sees the target of the
        step before, whether that is judged or not, where it would see its own output.
        """
        forced = np.asarray(forced, bool)
        if self.feedback is None or forced.shape != self.judged.shape:
            raise ConfigurationError(
                "targets stand in for outputs that are fed back, at steps "
                f"{self.judged.shape} of a free run: got steps {forced.shape}, free_running "
                f"{self.free_running}"
            )
        forced = forced & self.fed_back
        other, inputs = copy(self), self.inputs.copy()
        for i, output in enumerate(self.feedback):
            if output >= 0:
                before = np.roll(self.targets[:, :, output], 1, axis=1)
                inputs[:, :, i] = np.where(forced, before, inputs[:, :, i])
        already = False if self._forced is None else self._forced
        other.inputs, other._forced = inputs, forced | already
        for array in other.arrays.values():
            array.flags.writeable = False
        return other

    def __repr__(self) -> str:
        least, most = self.lengths.min(), self.lengths.max()
        steps = f"{most}" if least == most else f"{least} to {most}"
        free = f", free after {self.free_running} steps" if self.free_running else ""
        return (
            f"Sequences({len(self.lengths)} of {steps} steps, {count(self.input_size, 'input')}, "
            f"{count(self.output_size, 'output')}, {self.judged_count} judged steps{free})"
        )


def _check_pairs(inputs: list[np.ndarray], targets: list[np.ndarray]) -> None:
    """Inputs and targets must be as many sequences, each with as many steps."""
    if len(inputs) != len(targets):
        raise ConfigurationError(
            f"inputs hold {len(inputs)} sequences and targets {len(targets)}: give a target "
            "sequence for every input sequence"
        )
    for i, (given, wanted) in enumerate(zip(inputs, targets, strict=True)):
        if len(given) != len(wanted):
            raise ConfigurationError(
                f"sequence {i} has {len(given)} steps of inputs and {len(wanted)} of targets: "
                "give a target for every step (judged = 0 where none counts)"
            )


def _checked_indexes(feedback: Sequence[int], inputs: int, outputs: int) -> tuple[int, ...]:
    """`feedback` as one output index, or −1, per input; at least one input must be fed back."""
    indexes = tuple(feedback) if np.ndim(feedback) == 1 else ()
    if len(indexes) != inputs:
        raise ConfigurationError(
            f"feedback needs one index per input feature ({inputs}), got {feedback!r}"
        )
    for k in indexes:
        if isinstance(k, bool) or not isinstance(k, Integral) or not -1 <= k < outputs:
            raise ConfigurationError(
                f"feedback must hold output indexes from 0 to {outputs - 1}, or -1 where the given "
                f"input stays; got {k!r}"
            )
    if all(k == -1 for k in indexes):
        raise ConfigurationError("feedback is -1 for every input: leave free_running out instead")
    return tuple(int(k) for k in indexes)
