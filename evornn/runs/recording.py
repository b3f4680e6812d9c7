"""Recording: a run in a folder, from its first line to the signal that may have come meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from evornn.runs.beginning import Beginning
from evornn.runs.configuration import Execution, Resolved
from evornn.runs.folder import RunFolder
from evornn.runs.record import HistoryFile
from evornn.runs.recorder import FolderRecorder
from evornn.runs.signals import Signals


@contextmanager
def recording(
    folder: RunFolder, beginning: Beginning, configuration: Resolved, execution: Execution
) -> Iterator[FolderRecorder]:
    """A recorder of the run in `folder`, which is locked and has its `configuration`.

    What the run fails at is kept; a signal that came after its last generation is raised in the
    end, when all is written.
    """
    with (
        folder.keeping_failures(),
        Signals() as signals,
        closing(HistoryFile(folder.history)) as file,
    ):
        yield FolderRecorder(
            beginning.history,
            file,
            beginning.checkpoints or folder.checkpoints(configuration),
            signals,
            execution.checkpoint_every,
            execution.film,
            configuration.go_on,
        )
        signals.raise_received(f"the run in {folder.path} is finished")
