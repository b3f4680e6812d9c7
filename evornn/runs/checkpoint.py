"""Checkpoints: the whole state of a run between two generations, three of them kept.

``checkpoint-<generation>.safetensors`` is written atomically, then a line with its sha256 is
appended to ``manifest.jsonl`` and synced, then older checkpoints are removed. Loading takes the
newest one whose checksum holds (safetensors alone loads a flipped bit without a word), and warns
where that is not the newest of all. A checkpoint also holds the configuration of its run, so one
that has strayed in from another experiment is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import warnings
from pathlib import Path
from typing import Any

from evornn.errors import StorageError
from evornn.runs import faults
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.configuration import differences
from evornn.runs.packing import pack, unpack
from evornn.runs.record import Entry, parse_line, to_line
from evornn.runs.tally import Tally

SCHEMA = 1
KEPT = 3
#: the only names that a manifest may send the loader to
_NAME = re.compile(r"checkpoint-\d{1,18}\.safetensors")


class RunWarning(UserWarning):
    """Something about a stored run was not as it should be, and was got round."""


class Checkpoints:
    """The checkpoints in one run folder, of the experiment with this `identity`."""

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        self.folder = folder
        self.identity = identity
        self.manifest = folder / "manifest.jsonl"
        #: the listed files that are still kept, newest first
        self._kept: list[str] = []

    def none_listed(self) -> bool:
        """Whether the manifest names no checkpoint at all: the run had not begun."""
        return not self._listed()

    def save(self, tally: Tally, search_state: dict[str, Any]) -> None:
        """Keep the state after ``tally.generation`` generations."""
        data = pack(
            {
                "schema": SCHEMA,
                "identity": self.identity,
                "tally": tally.state(),
                "search": search_state,
            }
        )
        name = f"checkpoint-{tally.generation}.safetensors"
        write_atomically(self.folder / name, data, label="ckpt")
        faults.reach("ckpt:before_manifest")
        line = {
            "generation": tally.generation,
            "evaluations": tally.evaluations,
            "file": name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "optimizer": self.identity["optimizer"]["name"],
            "schema": SCHEMA,
        }
        self._list(line)
        self._kept = [name, *(kept for kept in self._kept if kept != name)][:KEPT]
        self._prune()

    def _list(self, line: Entry) -> None:
        with storing(self.manifest):
            torn = not _ends_with_newline(self.manifest)
            with self.manifest.open("ab", buffering=0) as file:
                file.write(b"\n" * torn + to_line(line))
                os.fsync(file.fileno())

    def _prune(self) -> None:
        with storing(self.folder):
            for file in self.folder.glob("checkpoint-*.safetensors"):
                if file.name not in self._kept:
                    file.unlink(missing_ok=True)

    def _listed(self) -> list[Entry]:
        """Good lines of the manifest, newest first, the last word about each file only."""
        if not self.manifest.exists():
            return []
        found: dict[str, Entry] = {}
        for text in reversed(self.manifest.read_bytes().splitlines()):
            line = parse_line(text)
            if isinstance(line.get("file"), str):
                found.setdefault(line["file"], line)
        return list(found.values())

    def load(self) -> tuple[Tally, dict[str, Any]]:
        """Tally and search state of the newest good checkpoint.

        StorageError, naming the files, where none of them is good or the one found belongs to
        another experiment. Warns where newer ones had to be passed over.
        """
        problems: list[str] = []
        listed = self._listed()[:KEPT]
        for age, line in enumerate(listed):
            try:
                tree = self._read(line)
            except StorageError as error:
                problems.append(f"{self.folder / line['file']!s:.300}: {error}")
                continue
            if problems:
                passed = f"passed over {'; '.join(problems)}; going on from {line['file']}"
                warnings.warn(passed, RunWarning, stacklevel=2)
            self._kept = [line["file"] for line in listed[age:]]
            return self._belonging(tree, line["file"])
        reasons = "\n  ".join(problems) or f"{self.manifest}: lists no checkpoint"
        raise StorageError(
            f"no checkpoint in {self.folder} can be used:\n  {reasons}\n"
            "Put good copies back, or start a new run in another folder."
        )

    def _read(self, line: Entry) -> dict[str, Any]:
        """The tree in the checkpoint that `line` lists; StorageError where it has changed since."""
        if not _NAME.fullmatch(line["file"]):
            raise StorageError("not the name of a checkpoint")
        path = self.folder / line["file"]
        try:
            size = path.stat().st_size
            if size != line.get("bytes"):
                raise StorageError(f"{size} bytes instead of {line.get('bytes')}")
            data = path.read_bytes()
        except FileNotFoundError:
            raise StorageError("is missing") from None
        if hashlib.sha256(data).hexdigest() != line.get("sha256"):
            raise StorageError("its sha256 is not the one in the manifest")
        return unpack(data)

    def _belonging(self, tree: dict[str, Any], name: str) -> tuple[Tally, dict[str, Any]]:
        """Tally and search state in `tree`, refused where it is of another schema or experiment."""
        if tree.get("schema") != SCHEMA:
            raise StorageError(
                f"{self.folder / name} has schema {tree.get('schema')!r}, this version of evornn "
                f"reads {SCHEMA}: use the version that wrote it"
            )
        try:
            identity, search_state, tally = tree["identity"], tree["search"], Tally(**tree["tally"])
        except (KeyError, TypeError) as error:
            raise StorageError(f"{self.folder / name} is incomplete ({error})") from error
        changes = differences(identity, self.identity)
        if changes:
            raise StorageError(
                f"{self.folder / name} belongs to another experiment:\n  " + "\n  ".join(changes)
            )
        return tally, search_state


def _ends_with_newline(path: Path) -> bool:
    """Whether the next line can be appended as it is: not so after a write that was cut off."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
