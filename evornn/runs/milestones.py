"""Milestones: the best genome of every k-th generation, kept for a film of the progress.

They lie in ``film/generation-<number>.safetensors`` in the run folder. Nothing depends on them: a
resumed run writes those again that it comes past again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.packing import pack, unpack

FOLDER = "film"


class Milestone(NamedTuple):
    """The best of a generation, how its observations were scaled, and its loss."""

    generation: int
    genome: np.ndarray
    loss: float
    scaling: dict[str, Any] | None


def keep(path: Path, milestone: Milestone) -> None:
    """Keep `milestone` in the run folder `path`."""
    with storing(path):
        (path / FOLDER).mkdir(exist_ok=True)
    name = f"generation-{milestone.generation:07d}.safetensors"
    write_atomically(path / FOLDER / name, pack(milestone._asdict()))


class Milestones(NamedTuple):
    """Some of those that a run folder keeps, in their order, and how many it keeps."""

    chosen: list[Milestone]
    kept: int


def milestones(path: Path, most: int) -> Milestones:
    """At most so many (2 or more) of the run folder `path`: the first, the last, and others evenly
    between them; ConfigurationError without any."""
    check_size("milestones", most, least=2)
    files = sorted((path / FOLDER).glob("generation-*.safetensors"))
    if not files:
        raise ConfigurationError(
            f"{path} keeps no milestones: train with --film 10, to keep the best of every tenth "
            "generation"
        )
    places = np.unique(np.linspace(0, len(files) - 1, min(most, len(files))).round().astype(int))
    chosen = [Milestone(**unpack(files[place].read_bytes())) for place in places]
    return Milestones(chosen, len(files))
