"""Standard output and error that never bring a traceback: closed, cut off by ``head``, or ASCII."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

#: columns of what is written to a file or a pipe
_WIDTH = 110


@contextmanager
def closing_streams() -> Iterator[None]:
    """Standard streams that can be written to whatever they are, and warnings in one line."""
    for name in ("stdout", "stderr"):
        _prepare(name)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.stderr):
                _flush(stream)


def _prepare(name: str) -> None:
    """A closed stream goes nowhere; a character that its encoding lacks becomes ``?``."""
    stream = getattr(sys, name)
    if stream is None:
        # Python closes standard streams itself, when it leaves.
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    elif hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


def _flush(stream: IO[str]) -> None:
    """Write what is left; into nowhere if the reader has gone, so that Python's own flush works."""
    try:
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _show_warning(message: Any, *others: Any, **more: Any) -> None:
    if sys.stderr is not None:
        print(f"warning: {message}", file=sys.stderr)


def put(what: RenderableType = "", style: str | None = None) -> None:
    """Write text or a Rich table to stdout, without the blanks that Rich pads its lines with."""
    out = console()
    with out.capture() as captured:
        out.print(what, style=style)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def console(*, stderr: bool = False) -> Console:
    """A Rich console on stdout or stderr; without colours, and wide, where that is no terminal."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
