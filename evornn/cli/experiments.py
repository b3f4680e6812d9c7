"""Experiments of a script: read, run one after the other, and their tables shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from evornn.checks import check_choice
from evornn.cli.progress import comparison_bars
from evornn.cli.report import print_report, print_sweep
from evornn.comparison import Comparison, Experiment, compare, sweep_scales
from evornn.comparison.cost import checked_cost
from evornn.comparison.scale_sweep import checked_scales
from evornn.errors import ConfigurationError, RunFailed
from evornn.registry import module_from_file, suggestion


def read_experiments(script: Path) -> list[Experiment]:
    """What the file `script` defines as EXPERIMENTS. Runs that file."""
    if not script.is_file():
        raise ConfigurationError(f"there is no file {str(script)!r}")
    module = module_from_file(script)
    if not hasattr(module, "EXPERIMENTS"):
        raise ConfigurationError(
            f"{script} defines no EXPERIMENTS{suggestion('EXPERIMENTS', vars(module))}: "
            "give it a list of evornn.Experiment"
        )
    found = module.EXPERIMENTS
    experiments = [found] if isinstance(found, Experiment) else list(found)
    _check(script, experiments)
    return experiments


def _check(script: Path, experiments: Sequence[object]) -> None:
    """A list of experiments with different names."""
    for experiment in experiments:
        if not isinstance(experiment, Experiment):
            raise ConfigurationError(
                f"EXPERIMENTS of {script} must hold evornn.Experiment only, got {experiment!r:.80}"
            )
    names = [experiment.name for experiment in experiments if isinstance(experiment, Experiment)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled or not names:
        raise ConfigurationError(
            f"EXPERIMENTS of {script} must hold experiments of different names, got "
            f"{', '.join(names) or 'none'}"
        )


def seeds_of(text: str | None) -> int | tuple[int, ...] | None:
    """Seeds as `Experiment.seeds` takes them: ``3`` is a number of seeds, ``3,5`` names them."""
    if text is None:
        return None
    try:
        return int(text) if "," not in text else tuple(map(int, text.rstrip(",").split(",")))
    except ValueError:
        raise ConfigurationError(
            f"--seeds must be a number of seeds or a list as 3,5,8; got {text!r}"
        ) from None


def scales_of(text: str | None) -> list[float] | None:
    """Scales of the start: ``0.1,0.3,1``."""
    if text is None:
        return None
    try:
        return checked_scales([float(part) for part in text.rstrip(",").split(",")])
    except ValueError:
        raise ConfigurationError(f"--scales must be a list as 0.1,0.3,1; got {text!r}") from None


def chosen(experiments: Sequence[Experiment], names: str | None) -> list[Experiment]:
    """Those of `experiments` whose names stand in the list `names`, or all where there is none."""
    if names is None:
        return list(experiments)
    by_name = {experiment.name: experiment for experiment in experiments}
    wanted = names.rstrip(",").split(",")
    for name in wanted:
        check_choice("--only", name, by_name)
    return [experiment for name, experiment in by_name.items() if name in wanted]


def against_cost(experiments: Sequence[Experiment], cost: str | None) -> list[Experiment]:
    """`experiments`, with their reports against `cost` where that is given."""
    if cost is None:
        return list(experiments)
    against = checked_cost(cost)
    return [dataclasses.replace(experiment, against=against) for experiment in experiments]


def run_experiments(
    experiments: Sequence[Experiment],
    seeds: int | tuple[int, ...] | None,
    out: Path | None,
    scales: Sequence[float] | None = None,
) -> None:
    """Compare one after the other; RunFailed at the end where cells have failed."""
    failures = []
    for experiment in experiments:
        folder = None if out is None else out / experiment.name
        for comparison in _compared(experiment, seeds, folder, scales):
            failures += [
                f"{experiment.name}, {cell}: {reason}"
                for cell, reason in comparison.failures.items()
            ]
    if failures:
        lines = "".join(f"\n  {failure}" for failure in failures)
        raise RunFailed(f"{len(failures)} runs failed; all others are finished:{lines}")


def _compared(
    experiment: Experiment,
    seeds: int | tuple[int, ...] | None,
    folder: Path | None,
    scales: Sequence[float] | None,
) -> list[Comparison]:
    """The comparison of `experiment`, or those from each of `scales`, shown when it is done."""
    if scales is None:
        with comparison_bars() as progress:
            comparison = compare(experiment, seeds=seeds, out=folder, progress=progress)
        print_report(comparison)
        return [comparison]
    with comparison_bars() as progress:
        sweep = sweep_scales(experiment, scales, seeds=seeds, out=folder, progress=progress)
    print_sweep(sweep)
    return list(sweep.comparisons.values())
