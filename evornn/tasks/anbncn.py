"""aⁿbⁿcⁿ, a context-sensitive language: count once, and count back twice.

As `AnBn`, with one more letter: after the last b comes c, n times, and T after the last one. A
stack is not enough for it; two counters are. Of networks trained on n = 1 … 10 Gers & Schmidhuber
report LSTMs with peepholes that go on to about n = 29.

Reference: F. A. Gers & J. Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and
context-sensitive languages", IEEE Transactions on Neural Networks 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evornn.tasks.anbn import AnBn


@dataclass(frozen=True)
class AnBnCn(AnBn):
    """Tell after each symbol of aⁿbⁿcⁿ which symbols may follow.

    Parameters
    ----------
    longest
        The training strings have n = 1 … longest.
    validation_longest, test_longest
        The validation strings go on from there to this n, the test strings from there to this one.
    """

    letters: ClassVar[str] = "abc"
