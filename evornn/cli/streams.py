"""Standard output and error that never bring a traceback: closed, cut off by ``head``, or ASCII."""

from __future__ import annotations

import io
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from evornn.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

#: columns of what is written to a file or a pipe
_WIDTH = 110


@contextmanager
def prepared_streams() -> Iterator[None]:
    """Standard streams that can be written to whatever they are, and warnings in one line,
    each of them once."""
    for name in ("stdout", "stderr"):
        _prepare(name)
    with warnings.catch_warnings():
        warnings.showwarning = _once(set())
        yield


def _prepare(name: str) -> None:
    """A closed stream goes nowhere; a character that its encoding lacks becomes ``?``."""
    stream = getattr(sys, name)
    if stream is None:
        # Python closes standard streams itself, when it leaves.
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    elif hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


def written_out(code: int) -> int:
    """Write what is left of the output; the exit `code`, or that of storage where it cannot be."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _send_nowhere(sys.stdout)  # whoever reads has seen enough
    except OSError as error:
        _send_nowhere(sys.stdout)
        if not code:
            print(f"error: cannot write the output: {error.strerror}", file=sys.stderr)
            code = StorageError.exit_code
    with suppress(OSError):
        sys.stderr.flush()
    return code


def _send_nowhere(stream: IO[str]) -> None:
    """Let Python's own flush at the end succeed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


#: what colours a terminal (ECMA-48, SGR)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _once(shown: set[str]) -> Callable[..., None]:
    """What shows a warning in one line without colours, unless it has been `shown` already."""

    def show(message: Any, *others: Any, **more: Any) -> None:
        text = _COLOUR.sub("", str(message))
        if sys.stderr is not None and text not in shown:
            shown.add(text)
            print(f"warning: {text}", file=sys.stderr)

    return show


def put(what: RenderableType = "", style: str | None = None) -> None:
    """Write text or a Rich table to stdout, without the blanks that Rich pads its lines with.

    It is drawn in memory first, as Rich leaves in ways of its own where a stream fails.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    memory = io.TextIOWrapper(io.BytesIO(), encoding, errors="replace", newline="\n")
    drawing = console(memory, terminal=sys.stdout.isatty())
    drawing.print(what, style=style)
    memory.seek(0)
    write("".join(f"{line.rstrip()}\n" for line in memory.read().splitlines()))


def write(text: str) -> None:
    """Write `text` to stdout; StorageError where the device that it goes to is full, say."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(f"cannot write the output: {error.strerror}") from error


def console(stream: IO[str], *, terminal: bool) -> Console:
    """A Rich console on `stream`; without colours, and wide, where it is for no `terminal`."""
    from rich.console import Console

    return Console(
        file=stream,
        force_terminal=terminal,
        width=None if terminal else _WIDTH,
        highlight=False,
        emoji=False,
        markup=False,
    )
