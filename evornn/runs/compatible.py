"""What in a configuration does not go together with its optimizer, told before a run begins."""

from __future__ import annotations

from evornn.errors import ConfigurationError
from evornn.fitness.forcing import forcing_schedule
from evornn.fitness.gradient_mode import gradient_mode
from evornn.optimizers import Optimizer
from evornn.runs.configuration import Configuration


def check_compatible(configuration: Configuration, optimizer: Optimizer) -> None:
    """ConfigurationError where `optimizer` cannot be run like that."""
    name = configuration.optimizer.name
    if configuration.ridge is not None:
        _check_ridge(configuration, optimizer, name)
    if gradient_mode(configuration.gradient).kind != "reverse" and not optimizer.gradient:
        raise ConfigurationError(
            f"gradient {configuration.gradient!r} is that of an optimizer which follows gradients, "
            f"and {name} needs none: leave gradient out"
        )
    if configuration.teacher_forcing is not None:
        forcing_schedule(configuration.teacher_forcing)
    if configuration.batch is not None and not optimizer.takes_batches:
        raise ConfigurationError(
            f"{name} compares losses of different generations, which batches make incomparable: "
            "leave batch out, or take another optimizer, such as adam"
        )


def _check_ridge(configuration: Configuration, optimizer: Optimizer, name: str) -> None:
    if configuration.dtype != "float64":
        raise ConfigurationError(
            f"ridge {configuration.ridge:g} is a regression in float64, got dtype "
            f"{configuration.dtype!r}: set dtype='float64'"
        )
    if optimizer.gradient:
        raise ConfigurationError(
            f"ridge {configuration.ridge:g} gives losses without gradients, which {name} "
            "learns from: take another optimizer, or leave ridge out"
        )
    if configuration.teacher_forcing is not None:
        raise ConfigurationError(
            "ridge regression feeds targets back by itself: leave teacher_forcing or ridge out"
        )
