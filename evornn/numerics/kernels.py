"""Compiled kernels, kept on disk from process to process and never stale.

Numba's own cache does not notice a change in another file and dies of a truncated one, so this one
names each file by a fingerprint of all the code behind it, checks a hash before it trusts a file,
and compiles again where anything is amiss. The folder is the user's alone (mode 0700), because
compiled code is loaded from it; `EVORNN_CACHE_DIR` moves it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import compiler, serialize
from numba.core.caching import _Cache
from numba.extending import register_jitable

from evornn.numerics.fingerprint import fingerprint, plain_function, reachable

#: compiled kernels kept; the least recently used beyond these are removed
KEPT_FILES = 400
_DIGEST_BYTES = hashlib.sha256().digest_size

#: called with a kernel's name when it must be compiled, which takes seconds
announce: Callable[[str], None]


def _announce_on_terminal(name: str) -> None:
    if sys.stderr.isatty():
        print(f"compiling {name} (once per machine) ...", file=sys.stderr, flush=True)


announce = _announce_on_terminal


def compiled(function: Callable[..., Any], name: str, *parts: Callable[..., Any]) -> Any:
    """`function` compiled to run without the GIL, from the cache on disk where it is there.

    `function` is a closure over `parts`, the authors' functions (a step, an error) that it calls;
    helper functions that these call need no decoration.
    """
    for helper in reachable(*parts):
        _make_callable(helper)
    kernel = numba.njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function)
    kernel._cache = KernelCache(name, fingerprint(*parts))
    return kernel


_callable_in_kernels: set[Callable[..., Any]] = set()


def _make_callable(function: Callable[..., Any]) -> None:
    """Let compiled code call the plain Python `function`."""
    if function not in _callable_in_kernels:
        _callable_in_kernels.add(function)
        register_jitable(plain_function(function))


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

    def _path(self, sig: Any, codegen: Any) -> Path:
        key = repr((self._fingerprint, str(sig), codegen.magic_tuple()))
        return cache_folder() / f"{self._name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.kernel"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel for `sig`, or None where it must be compiled."""
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        payload = read_checked(path) if self._enabled else None
        if payload is None:
            announce(self._name)
            return None
        return compiler.CompileResult._rebuild(target_context, *pickle.loads(payload))

    def save_overload(self, sig: Any, cres: Any) -> None:
        if self._enabled:
            path = self._path(sig, cres.codegen)
            write_checked(path, serialize.dumps(cres._reduce()))


def read_checked(path: Path) -> bytes | None:
    """The payload of a cache file; None, after removing the file, where it is damaged."""
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(payload).digest() == digest:
        return payload
    warnings.warn(f"compiled kernel {path} was damaged; compiling it again", stacklevel=2)
    path.unlink(missing_ok=True)
    return None


def write_checked(path: Path, payload: bytes) -> None:
    """Write a cache file so that a reader sees all of it or nothing; without a cache, carry on."""
    temporary = path.with_suffix(f".tmp-{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.write_bytes(hashlib.sha256(payload).digest() + payload)
        temporary.replace(path)
        _prune(path.parent)
    except OSError as error:
        warnings.warn(
            f"compiled kernels cannot be kept in {path.parent} ({error.strerror}); each process "
            "compiles its own. Set EVORNN_CACHE_DIR to a writable folder.",
            stacklevel=2,
        )


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.kernel"), key=lambda p: p.stat().st_mtime)
    for path in files[:-KEPT_FILES]:
        path.unlink(missing_ok=True)
