"""Recall of letters drawn as bitmaps of 7 × 5 bits: patterns that resemble each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.letters import LETTERS, letter_patterns
from evornn.tasks.recall import Recall


@dataclass(frozen=True)
class LetterRecall(Recall):
    """Recall of letters.

    Parameters
    ----------
    letters
        The letters to be stored, A to Z, each once.
    partners_of
        As many letters, that those are to call up; empty: a letter calls up itself.
    """

    letters: str = "ACELTX"
    partners_of: str = ""

    def check_patterns(self) -> None:
        _check_letters("letters", self.letters)
        if self.partners_of:
            _check_letters("partners_of", self.partners_of)
            if len(self.partners_of) != len(self.letters):
                raise ConfigurationError(
                    f"partners_of needs one letter for each of {self.letters!r}, got "
                    f"{self.partners_of!r}"
                )

    @property
    def patterns(self) -> np.ndarray:
        return letter_patterns(self.letters)

    @property
    def partners(self) -> np.ndarray:
        return letter_patterns(self.partners_of or self.letters)


def _check_letters(what: str, names: object) -> None:
    """`names` must be a string of different letters that are drawn."""
    if not isinstance(names, str) or not names or not set(names) <= set(LETTERS):
        raise ConfigurationError(f"{what} must be a string of letters A to Z, got {names!r}")
    if len(set(names)) < len(names):
        raise ConfigurationError(f"{what} must name each letter once, got {names!r}")
