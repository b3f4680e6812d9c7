"""The environment of a run: versions, machine and commit, for whoever wants to repeat it."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import evornn

#: the distributions whose version can move a result
LIBRARIES = ("numpy", "numba", "scipy", "deap", "pyswarms", "cma", "safetensors")


def environment() -> dict[str, Any]:
    """Versions, machine, commit and the time now, as JSON values."""
    return {
        "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "versions": versions(),
        "machine": {
            "host": platform.node(),
            "platform": platform.platform(),
            "processor": processor(),
            "cores": os.cpu_count(),
        },
        "commit": commit(Path(evornn.__file__).parent),
    }


def versions() -> dict[str, str | None]:
    """Version of Python, evornn and `LIBRARIES`; None for what is not installed."""
    return {
        "python": platform.python_version(),
        "evornn": evornn.__version__,
        **{name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def processor() -> str:
    """The processor's model, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def commit(folder: Path) -> str | None:
    """The commit of the git checkout around `folder`, with ``-dirty`` after changes; or None."""
    command = ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
