"""The lock of a run folder: one process at a time works on a run.

``run.lock`` is held through ``flock``, which the kernel lets go when its holder dies, however it
dies. It tells who holds it (process id, host, start time) and is emptied when the run ends, so
that a name of another host in it means: a run there was cut off, or still runs and this file
system does not carry locks between machines.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from io import TextIOWrapper
from pathlib import Path

from evornn.errors import StorageError
from evornn.runs.atomic import storing


class RunLock:
    """Holds `path` from construction to `close`.

    StorageError, naming process and host, where another process holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with storing(path):
            self._file: TextIOWrapper = path.open("a+", encoding="utf-8")
            try:
                self._take()
            except BaseException:
                self._file.close()
                raise

    def _take(self) -> None:
        folder = self.path.parent
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageError(
                f"{folder} is in use by {self._holder()}: wait until it ends, or stop it"
            ) from None
        host = self._read().get("host")
        if host not in (None, socket.gethostname()):
            raise StorageError(
                f"{folder} was last in use by {self._holder()}: if it no longer runs there, "
                f"delete {self.path} and try again"
            )
        self._write()

    def _read(self) -> dict[str, object]:
        self._file.seek(0)
        try:
            holder = json.loads(self._file.read())
        except ValueError:
            return {}
        return holder if isinstance(holder, dict) else {}

    def _holder(self) -> str:
        holder = self._read()
        if not holder:
            return "another process"
        return f"process {holder.get('pid')} on {holder.get('host')} since {holder.get('start')}"

    def _write(self) -> None:
        start = time.strftime("%Y-%m-%d %H:%M:%S %z")
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "start": start}
        self._file.truncate(0)
        self._file.write(json.dumps(holder))
        self._file.flush()

    def close(self) -> None:
        """Let the folder go; more than once does no harm."""
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()
