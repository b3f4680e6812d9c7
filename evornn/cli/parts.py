"""Parts: task, network, encoding, optimizer and start from the names and settings of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evornn.cli.problems import Problems
from evornn.cli.settings import read_settings
from evornn.optimizers import Start
from evornn.registry import from_options
from evornn.runs.parts import REGISTRIES, named

KINDS = (*REGISTRIES, "start")


def build_parts(
    names: Mapping[str, str], settings: Sequence[str], problems: Problems
) -> dict[str, Any]:
    """The parts with these `names` by kind, and the start, with `settings` as their options.

    A network gets the task's numbers of inputs and outputs. What cannot be built is left out, and
    why is added to `problems`.
    """
    classes: dict[str, type] = {"start": Start}
    own: dict[str, dict[str, Any]] = {}
    for kind, name in names.items():
        with problems.catching():
            registered, own[kind] = named(kind, name)
            classes[kind] = REGISTRIES[kind].find(registered)
    options = read_settings(settings, classes, KINDS, problems)
    for kind in own:
        options[kind] = own[kind] | options[kind]
    parts: dict[str, Any] = {}
    for kind in KINDS:
        if kind not in classes:
            continue
        if kind == "network":
            options[kind] = _sizes(parts.get("task")) | options[kind]
        what = f"{kind} {names[kind]!r}" if kind in names else kind
        with problems.catching():
            parts[kind] = from_options(classes[kind], options[kind], what)
    return parts


def _sizes(task: Any) -> dict[str, int]:
    """Inputs and outputs of a network for `task`; where there is none, any that let us go on."""
    if task is None:
        return {"inputs": 1, "outputs": 1}
    return {"inputs": task.input_size, "outputs": task.output_size}
