"""Where a run sets out from: from nothing, or from the newest good checkpoint in its folder."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from evornn.errors import StorageError
from evornn.runs.checkpoint import Checkpoints, RunWarning
from evornn.runs.configuration import Resolved
from evornn.runs.folder import RunFolder
from evornn.runs.record import Entry, read_history, rewrite_history
from evornn.runs.run import warn_of_ignored
from evornn.runs.tally import Tally


class Resumable(Protocol):
    """What goes on from its `state`, bit for bit."""

    def load_state(self, state: dict[str, Any]) -> None: ...


AResumable = TypeVar("AResumable", bound=Resumable)


@dataclass
class Beginning:
    """Where a run sets out from: nothing yet, or what a checkpoint and the history hold."""

    history: list[Entry] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    search_state: dict[str, Any] | None = None
    checkpoints: Checkpoints | None = None


def beginning_in(folder: RunFolder, configuration: Resolved) -> Beginning:
    """The newest good checkpoint, and the history up to it, which later lines are cut from."""
    checkpoints = folder.checkpoints(configuration)
    history, ignored = read_history(folder.history)
    if ignored:
        warn_of_ignored(folder.history, ignored)
    if not history and checkpoints.none_listed():
        return Beginning(checkpoints=checkpoints)
    tally, search_state = checkpoints.load()
    kept = [line for line in history if line["generation"] <= tally.generation]
    if len(kept) < tally.generation:
        warnings.warn(
            f"{folder.history} has lost {tally.generation - len(kept)} of {tally.generation} "
            "generations; the result is not touched by this",
            RunWarning,
            stacklevel=3,
        )
    rewrite_history(folder.history, kept)
    return Beginning(kept, tally, search_state, checkpoints)


def taken_up(search: AResumable, state: dict[str, Any] | None, optimizer: str) -> AResumable:
    """`search`, with the `state` of a checkpoint where there is one.

    StorageError, naming the `optimizer`, where that is not such a state.
    """
    if state is not None:
        try:
            search.load_state(state)
        except (KeyError, TypeError, ValueError) as error:
            raise StorageError(
                f"the checkpoint does not fit optimizer {optimizer!r} ({error!r}): use the version "
                "of evornn that wrote it"
            ) from error
    return search
