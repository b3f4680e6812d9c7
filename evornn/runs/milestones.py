"""Milestones: the best genome of every k-th generation, kept for a film of the progress.

They lie in ``film/generation-<number>.safetensors`` in the run folder. Nothing depends on them: a
resumed run writes those again that it comes past again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

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


def milestones(path: Path) -> list[Milestone]:
    """Those that the run folder `path` keeps, in their order; ConfigurationError without any."""
    files = sorted((path / FOLDER).glob("generation-*.safetensors"))
    if not files:
        raise ConfigurationError(
            f"{path} keeps no milestones: train with --film 10, to keep the best of every tenth "
            "generation"
        )
    return [Milestone(**unpack(file.read_bytes())) for file in files]
