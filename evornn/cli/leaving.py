"""Leaving: every error that a user can cause ends in one readable message and its exit code."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import requires
from typing import Any

import typer

from evornn.errors import ConfigurationError, EvornnError


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """`command`, leaving as `reporting` says."""

    @functools.wraps(command)
    def call(*args: Any, **options: Any) -> None:
        with reporting():
            command(*args, **options)

    return call


@contextmanager
def reporting() -> Iterator[None]:
    """Turn what can be told into a message on stderr and the exit code that faults have.

    Everything else is a defect and keeps its traceback; the code is 1 then.
    """
    try:
        yield
    except EvornnError as error:
        leave(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        leave(_missing(error), ConfigurationError.exit_code)
    except BrokenPipeError:
        raise typer.Exit(0) from None  # whoever reads has seen enough
    except KeyboardInterrupt as error:
        leave(str(error) or "interrupted", 130)
    except SystemExit as error:
        if isinstance(error.code, int):
            leave(str(getattr(error, "message", "")), error.code)
        raise


def leave(message: str, code: int) -> None:
    """Say `message` on stderr and leave with `code`."""
    if message:
        typer.echo(message if code in (130, 143) else f"error: {message}", err=True)
    raise typer.Exit(code) from None


def _missing(error: ModuleNotFoundError) -> str:
    module = (error.name or "").partition(".")[0]
    if not module or module == "evornn":
        raise error
    if any(re.match(rf"{module}\b", one) for one in requires("evornn") or ()):
        return f"this needs {module}, which is not installed: pip install {module}"
    return (
        f"this needs the module {module}, which is neither installed nor beside the file that "
        "imports it"
    )
