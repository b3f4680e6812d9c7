"""Logical formulas: is it true? Trained on shallow formulas, tested on deeper ones.

A formula of depth 0 is a constant, T or F. One of depth d is an operator over formulas, one of them
of depth d − 1 and the other (where there are two) of any lesser depth; operators and constants have
equal chances, and half of all formulas are true at their root. There are three forms of it, here
for (T and (not F)):

    labelled    and [T, not [F]]                   a tree; an operator is the label of its node
    words       [T, [and, [not, F]]]               a tree; every symbol is a leaf of its own
    tokens      ( T and ( not F ) )                a sequence, fully bracketed

In the labelled form ``not`` has a left child only (Goller & Küchler label every node so). In the
form of words all nodes above the leaves have two children and no features, as in Bowman, Potts &
Manning. The sequence is for networks that read no trees: what is judged, and with which targets, is
the same in all forms. A depth that was never seen shows whether a network has learnt the operators
or the formulas.

References
----------
C. Goller & A. Küchler 1996, "Learning task-dependent distributed representations by
    backpropagation through structure".
S. Bowman, C. Potts & C. Manning 2015, "Recursive neural networks can learn logical semantics".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.tasks.drawn import TEST, TRAIN, VALIDATION
from evornn.tasks.judged import Judged
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved, Task
from evornn.tasks.trees import Trees

#: True, False, or an operator and its formulas: ("not", a), ("and", a, b)
Formula = Any

OPERATORS: dict[str, Callable[..., bool]] = {
    "not": lambda a: not a,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "xor": lambda a, b: a != b,
}
FORMS = ("labelled", "words", "tokens")
_BRACKETS = ("(", ")")


@dataclass(frozen=True)
class LogicalFormulas(Task):
    """Tell whether a formula is true: a logit at its root.

    Parameters
    ----------
    depth, test_depth
        Depths of the formulas: 1 to `depth` in training and validation, and beyond `depth` up to
        `test_depth` in the test.
    formulas, validation_formulas, test_formulas
        Formulas in each split.
    form
        ``labelled``, ``words`` or ``tokens``.
    operators
        Any of ``not``, ``and``, ``or``, ``xor``.
    judged
        ``root``: the whole formula; ``every``: each formula in it as well.
    seed
        Of the formulas.
    """

    depth: int = 4
    test_depth: int = 8
    formulas: int = 200
    validation_formulas: int = 200
    test_formulas: int = 200
    form: str = "labelled"
    operators: tuple[str, ...] = ("not", "and", "or")
    judged: str = "every"
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("depth", self.depth)
        check_size("test_depth", self.test_depth, least=self.depth + 1)
        check_size("formulas", self.formulas)
        check_size("validation_formulas", self.validation_formulas, least=0)
        check_size("test_formulas", self.test_formulas, least=0)
        check_size("seed", self.seed, least=0)
        check_choice("form", self.form, FORMS)
        check_choice("judged", self.judged, ("root", "every"))
        object.__setattr__(self, "operators", tuple(self.operators))
        for operator in self.operators:
            check_choice("operators", operator, OPERATORS)
        if not self.operators or len(set(self.operators)) < len(self.operators):
            raise ConfigurationError(
                f"operators must be one or more, each once; got {self.operators}"
            )

    @property
    def symbols(self) -> tuple[str, ...]:
        """What each input feature stands for."""
        brackets = _BRACKETS if self.form == "tokens" else ()
        return ("T", "F", *self.operators, *brackets)

    @property
    def input_size(self) -> int:
        return len(self.symbols)

    @property
    def output_size(self) -> int:
        return 1

    @property
    def solved(self) -> Solved:
        # A wrong sign costs at least log 2, so no more than a share loss / log 2 is wrong.
        return Solved(
            0.01 * math.log(2.0),
            "at least 99 % of the judged formulas have the right sign, by Markov's inequality: a "
            "logit on the wrong side costs at least log 2",
        )

    @cached_property
    def train(self) -> Judged:
        return self.encoded(self.drawn("train"))

    @cached_property
    def validation(self) -> Judged | None:
        return self.encoded(self.drawn("validation")) if self.validation_formulas else None

    @cached_property
    def test(self) -> Judged | None:
        return self.encoded(self.drawn("test")) if self.test_formulas else None

    def drawn(self, split: str) -> list[Formula]:
        """The formulas of a split: train, validation or test."""
        streams = {
            "train": (TRAIN, self.formulas, 1, self.depth),
            "validation": (VALIDATION, self.validation_formulas, 1, self.depth),
            "test": (TEST, self.test_formulas, self.depth + 1, self.test_depth),
        }
        check_choice("split", split, streams)
        stream, count, least, most = streams[split]
        rng = np.random.default_rng([self.seed, stream])
        return [self._draw(rng, int(rng.integers(least, most + 1))) for _ in range(count)]

    def encoded(self, formulas: list[Formula]) -> Judged:
        """`formulas` in the form of this task."""
        rows = [self._rows(formula) for formula in formulas]
        features = np.eye(len(self.symbols) + 1)[:, :-1]  # the last row is no symbol
        inputs = [features[[node.symbol for node in row]] for row in rows]
        targets = [np.array([[float(node.value)] for node in row]) for row in rows]
        judged = [np.array([float(node.judged) for node in row]) for row in rows]
        if self.judged == "root":
            judged = [np.where(np.arange(len(row)) == len(row) - 1, row, 0.0) for row in judged]
        loss = "binary_cross_entropy"
        if self.form == "tokens":
            return Sequences(inputs, targets, judged, loss_function=loss)
        left = [np.array([node.left for node in row]) for row in rows]
        right = [np.array([node.right for node in row]) for row in rows]
        return Trees(inputs, left, right, targets, judged, loss_function=loss)

    def _draw(self, rng: np.random.Generator, depth: int) -> Formula:
        """A formula of `depth` whose value is drawn before it is, with equal chances."""
        wanted = bool(rng.integers(2))
        while True:
            formula = _random_formula(rng, depth, self.operators)
            if value(formula) == wanted:
                return formula

    def _rows(self, formula: Formula) -> list[_Row]:
        rows: list[_Row] = []
        writer = {"labelled": _labelled, "words": _words, "tokens": _tokens}[self.form]
        writer(rows, formula, {symbol: i for i, symbol in enumerate(self.symbols)})
        return rows


@dataclass(frozen=True)
class _Row:
    """A node of a tree, or a step of a sequence."""

    symbol: int
    value: bool
    judged: bool
    left: int = -1
    right: int = -1


def value(formula: Formula) -> bool:
    """Whether `formula` is true."""
    if isinstance(formula, bool):
        return formula
    operator, *arguments = formula
    return OPERATORS[operator](*map(value, arguments))


def _random_formula(rng: np.random.Generator, depth: int, operators: tuple[str, ...]) -> Formula:
    if depth == 0:
        return bool(rng.integers(2))
    operator = operators[rng.integers(len(operators))]
    deepest = _random_formula(rng, depth - 1, operators)
    if operator == "not":
        return operator, deepest
    other = _random_formula(rng, int(rng.integers(depth)), operators)
    return (operator, deepest, other) if rng.integers(2) else (operator, other, deepest)


def _constant(rows: list[_Row], formula: bool, symbols: dict[str, int]) -> int:
    rows.append(_Row(symbols["T" if formula else "F"], formula, judged=True))
    return len(rows) - 1


def _labelled(rows: list[_Row], formula: Formula, symbols: dict[str, int]) -> int:
    """Append the nodes of `formula`, the last of them its root; the index of that."""
    if isinstance(formula, bool):
        return _constant(rows, formula, symbols)
    operator, *arguments = formula
    children = [_labelled(rows, argument, symbols) for argument in arguments]
    rows.append(_Row(symbols[operator], value(formula), True, *children))
    return len(rows) - 1


def _words(rows: list[_Row], formula: Formula, symbols: dict[str, int]) -> int:
    """As `_labelled`: ``[not, a]`` and ``[a, [and, b]]``."""
    if isinstance(formula, bool):
        return _constant(rows, formula, symbols)
    operator, *arguments = formula
    children = [_words(rows, argument, symbols) for argument in arguments]
    rows.append(_Row(symbols[operator], False, judged=False))
    pair = len(rows) - 1, children.pop()
    if children:
        rows.append(_Row(len(symbols), False, False, *pair))
        pair = children.pop(), len(rows) - 1
    rows.append(_Row(len(symbols), value(formula), True, *pair))
    return len(rows) - 1


def _tokens(rows: list[_Row], formula: Formula, symbols: dict[str, int]) -> None:
    """Append the steps of `formula`; its value is known at its closing bracket."""
    if isinstance(formula, bool):
        _constant(rows, formula, symbols)
        return
    operator, *arguments = formula
    rows.append(_Row(symbols["("], False, judged=False))
    for argument in arguments[:-1]:
        _tokens(rows, argument, symbols)
    rows.append(_Row(symbols[operator], False, judged=False))
    _tokens(rows, arguments[-1], symbols)
    rows.append(_Row(symbols[")"], value(formula), judged=True))
