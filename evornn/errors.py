"""Errors that a user can cause, each with the exit code of the command line.

An error's text is one message that names the value and the cure. Everything else that goes wrong
is a defect of evornn and keeps its traceback (exit code 1).
"""

from __future__ import annotations


class EvornnError(Exception):
    """Base of all errors that name a cure; ``exit_code`` is what the command line leaves with."""

    exit_code = 1


class ConfigurationError(EvornnError, ValueError):
    """A value, a name or a file given by the user is wrong: exit code 2."""

    exit_code = 2


class StepError(ConfigurationError):
    """A mistake inside a network's ``step``: names file, line and cure."""


class RunFailed(EvornnError, RuntimeError):
    """The evaluation failed, or every loss was non-finite: exit code 3."""

    exit_code = 3


class StorageError(EvornnError, OSError):
    """A corrupt checkpoint, a full disk, a folder that is locked or not writable: exit code 4."""

    exit_code = 4
