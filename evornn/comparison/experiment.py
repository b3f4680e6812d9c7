"""Experiments: one question, as networks on one task with several optimizers and seeds.

Every optimizer trains every network once with every seed. Runs of one network with the same seed
begin at the same points, so their results are paired (as those of different networks are, by their
seed). All runs have the same limits; the budget is in evaluations of one genome, and a genome with
its gradient counts as three (`evornn.fitness.GRADIENT_COST`: one forward sweep and two backward),
so that gradient baselines pay what they cost.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import Any

from evornn.checks import check_choice, check_dtype, check_number, check_size
from evornn.comparison.cost import Cost, checked_cost
from evornn.errors import ConfigurationError
from evornn.optimizers import Start
from evornn.optimizers.start import check_start
from evornn.runs.configuration import Dtype
from evornn.runs.parts import built
from evornn.runs.stopping import Limits

#: what may name a folder on any system
_FOLDER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_LIMITS = tuple(field.name for field in dataclasses.fields(Limits))


@dataclass(frozen=True)
class Experiment:
    """What to compare.

    Parameters
    ----------
    name
        Short name; the results lie in a folder of this name.
    question
        What the comparison asks, in one sentence; it heads the report.
    task, encoding
        Instances or registered names, as in `evornn.train`.
    network
        One of these too; or a table of label to network, and each of them is crossed with every
        optimizer: the contenders are then ``network · optimizer``.
    optimizers
        Label to optimizer (an instance or a registered name), or a list of registered names.
    seeds
        A number n for the seeds 0 to n − 1, or the seeds themselves.
    evaluations, generations, network_steps, seconds, target_loss, learnt_share, tolerance,
    stagnation
        When each run stops: see `evornn.runs.Limits`.
    target
        The training loss that the time to target is measured to, without stopping there. None takes
        `target_loss`, or else the loss at which the task counts as solved.
    against
        The cost that the report sets the losses against, one of `evornn.comparison.cost.COSTS`. All
        of them are in the record, and the report can be made again against another.
    gradient
        As in `evornn.train`, for all optimizers that follow gradients; or a table of optimizer
        label to mode, the others being "reverse".
    batch, ridge, teacher_forcing, start, dtype, threads
        As in `evornn.train`.
    out
        Folder of the results; None is ``results/<name>``.
    """

    name: str
    task: Any
    network: Any
    optimizers: Mapping[str, Any] | Sequence[str]
    question: str = ""
    encoding: Any = "direct"
    seeds: int | Sequence[int] = 10
    evaluations: int | None = None
    generations: int | None = None
    network_steps: int | None = None
    seconds: float | None = None
    target_loss: float | None = None
    learnt_share: float | None = None
    tolerance: float | None = None
    stagnation: int | None = None
    target: float | None = None
    against: Cost = "evaluations"
    batch: int | None = None
    ridge: float | None = None
    gradient: str | Mapping[str, str] = "reverse"
    teacher_forcing: str | None = None
    start: Start = field(default_factory=Start)
    dtype: Dtype | None = None
    threads: int | None = None
    out: str | Path | None = None

    def __post_init__(self) -> None:
        self._check_labelled()
        check_start(self.start)
        for what, name in self._folder_names():
            if not isinstance(name, str) or not _FOLDER_NAME.fullmatch(name):
                raise ConfigurationError(
                    f"experiment {what} {name!r} names a folder: use letters, digits and _ . + -"
                )
        for what, given in (("optimizer", self.optimizers), ("network", self.network)):
            if isinstance(given, Mapping | list | tuple) and not given:
                raise ConfigurationError(f"experiment {self.name!r} needs at least one {what}")
        if self.batch is not None:
            check_size("batch", self.batch)
        if self.ridge is not None:
            check_number("ridge", self.ridge, least=0.0)
        checked_cost(self.against)
        if self.gradient != "reverse" or self.teacher_forcing is not None:
            self._check_taught()
        if self.dtype is not None:
            check_dtype(self.dtype)
        if self.target is not None:
            check_number("target", self.target)
        if self.threads is not None:
            check_size("threads", self.threads)
        object.__setattr__(self, "seeds", seed_list(self.seeds))
        _ = self.limits

    def _check_labelled(self) -> None:
        """Every optimizer must have a label: that of a table, or its registered name."""
        given = self.optimizers
        if isinstance(given, Mapping):
            return
        if isinstance(given, str) or not isinstance(given, Sequence):
            raise ConfigurationError(
                'optimizers must be a list of registered names, as ["genetic", "adam"], or a table '
                f"of label to optimizer; got {given!r:.80}"
            )
        for optimizer in given:
            if not isinstance(optimizer, str):
                raise ConfigurationError(
                    "a list of optimizers holds registered names; for instances give a table of "
                    f'label to instance, as {{"adam": Adam()}}; got {optimizer!r:.80}'
                )

    def _folder_names(self) -> Iterator[tuple[str, Any]]:
        """Everything that a folder is called after, and what it is."""
        yield "name", self.name
        yield from (("optimizer", label) for label in self.optimizers)
        if isinstance(self.network, Mapping):
            yield from (("network", label) for label in self.network)

    def _check_taught(self) -> None:
        """Gradients and teacher forcing must be such as there are."""
        from evornn.fitness.forcing import forcing_schedule
        from evornn.fitness.gradient_mode import gradient_mode

        if self.teacher_forcing is not None:
            forcing_schedule(self.teacher_forcing)
        if not isinstance(self.gradient, Mapping):
            gradient_mode(self.gradient)
            return
        followers = [name for name, thing in self.built_optimizers().items() if thing.gradient]
        for label, mode in self.gradient.items():
            check_choice("an optimizer that follows a gradient", label, followers)
            gradient_mode(mode)

    def gradients(self) -> dict[str, str]:
        """The mode of every optimizer that does not follow a gradient in reverse, by its label."""
        given = self.gradient
        by_label = {
            label: given.get(label, "reverse") if isinstance(given, Mapping) else given
            for label, optimizer in self.built_optimizers().items()
            if optimizer.gradient
        }
        return {label: mode for label, mode in by_label.items() if mode != "reverse"}

    @property
    def limits(self) -> Limits:
        """When each run stops; ConfigurationError where nothing would end it."""
        return Limits(**{name: getattr(self, name) for name in _LIMITS})

    @property
    def folder(self) -> Path:
        """Where the results lie."""
        return Path("results") / self.name if self.out is None else Path(self.out)

    def parts(self) -> dict[str, Any]:
        """``task``, ``network`` and ``encoding``, built where they are names.

        ``network`` is a table of label to network where such was given.
        """
        task = built("task", self.task)
        sizes = {"inputs": task.input_size, "outputs": task.output_size}
        given = self.network
        network = (
            {label: built("network", one, sizes) for label, one in given.items()}
            if isinstance(given, Mapping)
            else built("network", given, sizes)
        )
        return {"task": task, "network": network, "encoding": built("encoding", self.encoding)}

    def built_optimizers(self) -> dict[str, Any]:
        """The optimizers by label, built where they are names."""
        given = self.optimizers
        named = given if isinstance(given, Mapping) else {name: name for name in given}
        return {label: built("optimizer", optimizer) for label, optimizer in named.items()}


def seed_list(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """The seeds 0 to n − 1 for a number n, or those given, each once and in rising order."""
    if isinstance(seeds, Integral):
        check_size("seeds", seeds)
        return tuple(range(int(seeds)))
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ConfigurationError(
            f"seeds must be how many there are, as 10, or a list, as [3, 5, 8]; got {seeds!r:.80}"
        )
    given = list(seeds)
    for seed in given:
        check_size("seed", seed, least=0)
    if not given or len(set(given)) < len(given):
        raise ConfigurationError(f"seeds must be at least one seed, each once; got {given}")
    return tuple(sorted(map(int, given)))
