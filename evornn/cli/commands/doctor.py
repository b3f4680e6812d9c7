"""``evornn doctor``."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import typer

#: room that a few hundred kernels and runs need
_FREE_BYTES = 200 * 2**20


def doctor() -> None:
    """Check that this machine has what a training needs.

    [bold]Examples[/]

    \b
    evornn doctor
    """
    from rich.table import Table

    from evornn.cli.streams import put
    from evornn.errors import ConfigurationError

    table = Table(box=None, show_header=False, pad_edge=False)
    troubles = 0
    for name, check in CHECKS.items():
        try:
            verdict, text = "ok", check()
        except (ConfigurationError, OSError, ImportError) as error:
            verdict, text = "NO", str(error)
            troubles += 1
        table.add_row(verdict, name, text, style=None if verdict == "ok" else "bold red")
    put(table)
    if troubles:
        raise typer.Exit(ConfigurationError.exit_code)


def python() -> str:
    return f"{sys.version.split()[0]} ({sys.executable})"


def libraries() -> str:
    """Versions of what a result depends on; ImportError where one is missing."""
    from evornn.runs.environment import versions

    found = versions()
    missing = [name for name, version in found.items() if version is None]
    if missing:
        raise ImportError(f"not installed: {', '.join(missing)}; pip install evornn")
    return ", ".join(f"{name} {version}" for name, version in found.items() if name != "python")


def processor() -> str:
    """The processor with the vector unit that kernels are compiled for."""
    import llvmlite.binding as llvm

    from evornn.runs import environment

    features = llvm.get_host_cpu_features()
    units = [unit for unit in ("avx512f", "avx2", "avx", "sse2", "neon") if features.get(unit)]
    return f"{environment.processor()}; widest vectors: {units[0] if units else 'none'}"


def threads() -> str:
    return f"{len(os.sched_getaffinity(0))} usable of {os.cpu_count()} cores"


def compiler() -> str:
    """Compiles and runs a small kernel, or says that compiling is switched off."""
    import numba

    if numba.config.DISABLE_JIT:
        return "switched off by NUMBA_DISABLE_JIT: everything works, hundreds of times slower"
    total = numba.njit(lambda n: n + 1)(1)
    return f"numba {numba.__version__} compiles" if total == 2 else "numba gives wrong results"


def kernel_cache() -> str:
    """The folder where compiled kernels are kept, which must be writable."""
    from evornn.numerics.kernels import cache_folder

    folder = cache_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder):
        pass
    kernels = sum(1 for _ in folder.glob("*.kernel"))
    return f"{folder} ({kernels} kernels); EVORNN_CACHE_DIR moves it"


def disk() -> str:
    """Room in the working directory, where results go."""
    from evornn.errors import ConfigurationError

    free = shutil.disk_usage(Path.cwd()).free
    if free < _FREE_BYTES:
        raise ConfigurationError(f"only {free / 2**20:.0f} MiB free in {Path.cwd()}: make room")
    return f"{free / 2**30:.1f} GiB free in {Path.cwd()}"


def text() -> str:
    """How this terminal writes text."""
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    utf = encoding.lower().replace("-", "").startswith("utf")
    return encoding if utf else f"{encoding}: letters outside ASCII are shown as ?"


CHECKS: dict[str, Callable[[], str]] = {
    "Python": python,
    "libraries": libraries,
    "processor": processor,
    "threads": threads,
    "compiler": compiler,
    "kernel cache": kernel_cache,
    "disk": disk,
    "text": text,
}
