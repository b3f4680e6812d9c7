"""Compiled kernels, kept on disk from process to process and never stale.

Numba's own cache does not notice a change in another file and dies of a truncated one, so this one
names each file by a fingerprint of all the code behind it, checks a hash before it trusts a file,
and compiles again where anything is amiss. The folder is the user's alone (mode 0700), because
compiled code is loaded from it; `EVORNN_CACHE_DIR` moves it.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import pickle
import secrets
import stat
import sys
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import compiler, serialize
from numba.core.caching import _Cache
from numba.extending import register_jitable

from evornn.numerics.copies import copies_of
from evornn.numerics.fingerprint import fingerprint, plain_function

#: compiled kernels kept; the least recently used beyond these are removed
KEPT_FILES = 400
_DIGEST_BYTES = hashlib.sha256().digest_size
_ABANDONED_SECONDS = 3600
_ROOT = 0
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH

#: called with a kernel's name when it must be compiled, which takes seconds
announce: Callable[[str], None]


def _announce_on_terminal(name: str) -> None:
    if sys.stderr.isatty():
        print(f"compiling {name} (once per machine) ...", file=sys.stderr, flush=True)


announce = _announce_on_terminal


def compiled(
    make: Callable[..., Callable[..., Any]],
    name: str,
    *parts: Callable[..., Any],
    layout: object = None,
) -> Any:
    """The function ``make(*parts)`` compiled to run without the GIL, from the cache where it is.

    `parts` are the authors' functions (a step, an error) that it calls; these, and helpers that
    they call, need no decoration, and are taken as they are at this moment. `layout` are plain
    values, whatever else `make` builds into it: the names and order of the records' fields.
    """
    copies = copies_of(*parts)
    for copy in copies.values():
        register_jitable(copy)
    function = make(*(copies[plain_function(part)] for part in parts))
    kernel = numba.njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function)
    kernel._cache = KernelCache(name, f"{fingerprint(*parts)} {layout!r}")
    return kernel


def cache_folder() -> Path:
    """Where compiled kernels are kept."""
    import platformdirs

    chosen = os.environ.get("EVORNN_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("evornn")) / "kernels"


class KernelCache(_Cache):
    """The cache of one kernel: one file for each signature and processor."""

    def __init__(self, name: str, fingerprint: str) -> None:
        self._name, self._fingerprint = name, fingerprint
        self._enabled = True

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def enable(self) -> None:
        self._enabled = True

    def disable(self) -> None:
        self._enabled = False

    def flush(self) -> None:
        for path in cache_folder().glob(f"{self._name}-*.kernel"):
            path.unlink(missing_ok=True)

    def _key(self, sig: Any, codegen: Any) -> bytes:
        text = repr((self._name, self._fingerprint, str(sig), codegen.magic_tuple()))
        return hashlib.sha256(text.encode()).digest()

    def _path(self, key: bytes) -> Path:
        return cache_folder() / f"{self._name}-{key.hex()[:32]}.kernel"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel for `sig`, or None where it must be compiled."""
        target_context.refresh()
        key = self._key(sig, target_context.codegen())
        payload = read_checked(self._path(key), key) if self._enabled else None
        if payload is None:
            announce(self._name)
            return None
        return compiler.CompileResult._rebuild(target_context, *pickle.loads(payload))

    def save_overload(self, sig: Any, cres: Any) -> None:
        # Code with addresses of this process in it is of no use to another.
        if self._enabled and not cres.library.has_dynamic_globals:
            key = self._key(sig, cres.codegen)
            write_checked(self._path(key), key, serialize.dumps(cres._reduce()))


def read_checked(path: Path, key: bytes) -> bytes | None:
    """The payload that was written under `key`; None, after a warning, where it is damaged."""
    if not is_trusted(path.parent):
        return None
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if _digest(key, payload) == digest:
        return payload
    warnings.warn(f"compiled kernel {path} was damaged; compiling it again", stacklevel=2)
    return None


def write_checked(path: Path, key: bytes, payload: bytes) -> None:
    """Write a cache file so that a reader sees all of it or nothing; without a cache, carry on."""
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_trusted(path.parent):
            return
        temporary.write_bytes(_digest(key, payload) + payload)
        temporary.replace(path)
        _prune(path.parent)
    except OSError as error:
        _warn_once(
            f"compiled kernels cannot be kept in {path.parent} ({error.strerror}); each process "
            "compiles its own. Set EVORNN_CACHE_DIR to a writable folder."
        )
        with contextlib.suppress(OSError):
            temporary.unlink()


def is_trusted(folder: Path) -> bool:
    """Whether nobody but the user (or root) can have written into `folder`; warns where not."""
    try:
        status = folder.stat()
    except OSError:
        return True  # there is nothing in it to distrust
    if not hasattr(os, "getuid"):
        return True
    if status.st_uid in (os.getuid(), _ROOT) and not status.st_mode & _WRITABLE_BY_OTHERS:
        return True
    _warn_once(
        f"compiled kernels are not taken from {folder}, into which other users can write; each "
        f"process compiles its own. Run chmod 700 {folder}, or set EVORNN_CACHE_DIR to a folder "
        "of your own."
    )
    return False


def _digest(key: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(key + payload).digest()


@cache
def _warn_once(message: str) -> None:
    warnings.warn(message, stacklevel=3)


def _prune(folder: Path) -> None:
    """Remove the kernels least recently used, and what killed processes left half written."""
    files = sorted(folder.glob("*.kernel"), key=_age)
    abandoned = [path for path in folder.glob("*.tmp") if _age(path) > _ABANDONED_SECONDS]
    for path in [*files[KEPT_FILES:], *abandoned]:
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Seconds since `path` was last used; infinite where another process has removed it."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return math.inf
