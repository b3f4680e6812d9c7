"""Several mistakes in one answer: errors are collected and told together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from evornn.errors import ConfigurationError


class Problems:
    """Collects configuration errors until `check`."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    @contextmanager
    def catching(self) -> Iterator[None]:
        """A ConfigurationError in here is kept, and what follows the ``with`` goes on."""
        try:
            yield
        except ConfigurationError as error:
            self.messages.append(str(error))

    def check(self) -> None:
        """One ConfigurationError for everything kept so far."""
        if len(self.messages) == 1:
            raise ConfigurationError(self.messages[0])
        if self.messages:
            lines = "".join(f"\n  {message}" for message in self.messages)
            raise ConfigurationError(f"{len(self.messages)} things are wrong:{lines}")
