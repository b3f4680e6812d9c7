"""Kernels by their kind: what each is made of, compiled when it is first called."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.ahead import make_back_ahead, make_reading
from evornn.fitness.backward import make_backward, make_going_back
from evornn.fitness.forward import make_forward_kernel
from evornn.fitness.gradient_kernels import (
    make_genome_gradient_kernel,
    make_sequence_gradient_kernel,
)
from evornn.fitness.hybrid import make_block_kernel
from evornn.fitness.layout import Records
from evornn.fitness.one_step_back import make_one_step_back
from evornn.fitness.pull_back import cotangents_at, cotangents_of_group, inner_product
from evornn.fitness.real_time import make_real_time_kernel
from evornn.fitness.rollout import make_rollout, make_span
from evornn.fitness.rollout_kernels import (
    group_at,
    make_genome_kernel,
    make_output_kernel,
    make_sequence_kernel,
    sequence_at,
)
from evornn.fitness.segments import make_segments
from evornn.fitness.tree_backward import make_tree_backward
from evornn.fitness.tree_rollout import make_tree_rollout, tree_at
from evornn.numerics.kernels import compiled
from evornn.numerics.postponed_signals import postponed_signals

#: the pass forward through one row of the data, and the pass back
Passes = tuple[Callable[..., Any], Callable[..., bool]]


class KernelParts(NamedTuple):
    """The functions of a network, and the error, that a kernel is made of."""

    step: Callable[..., None]
    error: Callable[..., Any]
    start: Callable[..., None] | None
    step_ahead: Callable[..., None] | None

    @property
    def given(self) -> list[Callable[..., Any]]:
        """Those that there are."""
        return [part for part in self if part is not None]


class Kernel:
    """A compiled kernel, always called with arguments of the same types.

    Numba looks at the type of each array of each argument at every call, which takes longer than a
    small piece of work; after the first call this goes straight to the compiled code.
    """

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._entry: Any = None

    @property
    def compiled(self) -> bool:
        """Whether it has been called before."""
        return self._entry is not None

    def __call__(self, *args: Any) -> Any:
        if self._entry is None:
            with postponed_signals():
                result = self._dispatcher(*args)
            (compiled_once,) = self._dispatcher.overloads.values()
            self._entry = compiled_once.entry_point
            return result
        return self._entry(*args)


@cache
def kernel_of(
    kind: str,
    parts: KernelParts,
    records: Records,
    ahead: Records | None,
    feeds_back: bool,
    dtype: np.dtype,
    code: str,
) -> Kernel:
    """The kernel of one kind for one step; `code` is the fingerprint of all it is made of."""
    name, assembled = _KINDS[kind]

    def make(*functions: Any) -> Callable[..., Any]:
        given = iter(functions)
        own = KernelParts._make(None if part is None else next(given) for part in parts)
        return assembled(own, records, ahead, feeds_back)

    name = f"{name}-of-free-runs" if feeds_back else name
    layouts = records.layouts + (() if ahead is None else ahead.layouts)
    return Kernel(compiled(make, name, *parts.given, layout=layouts))


def _through_time(
    parts: KernelParts, records: Records, ahead: Records | None, feeds_back: bool
) -> Passes:
    read = back = None
    if parts.step_ahead is not None and ahead is not None:
        read = make_reading(parts.step_ahead, ahead)
        back = make_back_ahead(parts.step_ahead, ahead)
    step, error, start, _ = parts
    span = make_span(step, error, records, feeds_back, reads_ahead=read is not None)
    rollout = make_rollout(start, records, feeds_back, span, read)
    return rollout, make_backward(step, error, start, records, back)


def _pulled_back(parts: KernelParts, *given: Any) -> Passes:
    return _through_time(parts._replace(error=inner_product), *given)


def _through_segments(
    parts: KernelParts, records: Records, ahead: Records | None, feeds_back: bool
) -> Passes:
    step, error, start, _ = parts
    span = make_span(step, error, records, feeds_back)
    rollout, restore = make_segments(start, records, feeds_back, span)
    return rollout, make_backward(step, error, start, records, restore=restore)


def _through_a_block(
    parts: KernelParts, records: Records, ahead: Records | None, feeds_back: bool
) -> Callable[..., bool]:
    step, error, start, _ = parts
    span = make_span(step, error, records, feeds_back)
    go_back = make_going_back(step, error, start, records, reads_ahead=False)
    return make_block_kernel(start, records, feeds_back, span, go_back)


def _through_structure(
    parts: KernelParts, records: Records, ahead: Records | None, feeds_back: bool
) -> Passes:
    rollout = make_tree_rollout(parts.step, parts.error, records)
    return rollout, make_tree_backward(parts.step, parts.error, records)


#: kind -> name in the cache, and the kernel of given parts
_KINDS: dict[str, tuple[str, Callable[..., Callable[..., Any]]]] = {
    "genomes": (
        "loss",
        lambda *given: make_genome_kernel(_through_time(*given)[0], sequence_at, keeps=False),
    ),
    "sequences": (
        "loss-of-sequences",
        lambda *given: make_sequence_kernel(_through_time(*given)[0]),
    ),
    "outputs of genomes": (
        "outputs",
        lambda *given: make_output_kernel(_through_time(*given)[0]),
    ),
    "trees": (
        "loss-of-trees",
        lambda *given: make_genome_kernel(_through_structure(*given)[0], tree_at, keeps=True),
    ),
    "gradients of genomes": (
        "gradient",
        lambda *given: make_genome_gradient_kernel(*_through_time(*given), sequence_at),
    ),
    "gradients of sequences": (
        "gradient-of-sequences",
        lambda *given: make_sequence_gradient_kernel(*_through_time(*given), group_at),
    ),
    "cotangents of genomes": (
        "pull-back",
        lambda *given: make_genome_gradient_kernel(*_pulled_back(*given), cotangents_at),
    ),
    "cotangents of sequences": (
        "pull-back-of-sequences",
        lambda *given: make_sequence_gradient_kernel(*_pulled_back(*given), cotangents_of_group),
    ),
    "gradients of genomes in segments": (
        "gradient-in-segments",
        lambda *given: make_genome_gradient_kernel(*_through_segments(*given), sequence_at),
    ),
    "gradients of sequences in segments": (
        "gradient-of-sequences-in-segments",
        lambda *given: make_sequence_gradient_kernel(*_through_segments(*given), group_at),
    ),
    "gradients of trees": (
        "gradient-of-trees",
        lambda *given: make_genome_gradient_kernel(*_through_structure(*given), tree_at),
    ),
    "gradients of blocks": ("gradient-of-blocks", _through_a_block),
    "forward gradients": (
        "forward-gradient",
        lambda *given: make_forward_kernel(_through_time(*given)[0], sequence_at, keeps=False),
    ),
    "forward gradients of trees": (
        "forward-gradient-of-trees",
        lambda *given: make_forward_kernel(_through_structure(*given)[0], tree_at, keeps=True),
    ),
    "real time": (
        "real-time",
        lambda parts, records, _, feeds_back: make_real_time_kernel(
            parts.step, parts.error, parts.start, records, feeds_back
        ),
    ),
    "one step forwards": (
        "one-step-forwards",
        lambda parts, records, _, feeds_back: make_real_time_kernel(
            parts.step, parts.error, parts.start, records, feeds_back, seeded=False
        ),
    ),
    "one step back": (
        "one-step-back",
        lambda parts, records, *_: make_one_step_back(parts.step, parts.error, records),
    ),
}
