"""Languages: automata, Tomita's grammars, brackets, and how their strings are drawn."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import Dyck, Tomita
from evornn.tasks.automaton import Automaton
from evornn.tasks.tomita import TOMITA

#: each grammar in other words than its automaton
PREDICATES = {
    1: lambda s: "0" not in s,
    2: lambda s: re.fullmatch("(10)*", s) is not None,
    3: lambda s: not re.search(r"(?<!1)1(11)*(?!1).*(?<!0)0(00)*(?!0)", s),
    4: lambda s: "000" not in s,
    5: lambda s: s.count("0") % 2 == 0 and s.count("1") % 2 == 0,
    6: lambda s: (s.count("1") - s.count("0")) % 3 == 0,
    7: lambda s: re.fullmatch("0*1*0*1*", s) is not None,
}
#: of Tomita's own examples those that tell grammar 3 from its neighbours
TOMITA_3 = {
    True: ["", "1", "0", "01", "100", "110000011100001", "111101100010011100"],
    False: ["10", "010", "1110", "10001", "1001000", "11111000", "0111001101", "11011100110"],
}

each_grammar = pytest.mark.parametrize("grammar", range(1, 8))


def strings(alphabet, longest):
    for length in range(longest + 1):
        for symbols in itertools.product(alphabet, repeat=length):
            yield "".join(symbols)


def heard(task, data):
    """The strings of `data`, without their end symbols, and their labels."""
    alphabet = task.alphabet + "."
    rows = zip(data.inputs, data.lengths, strict=True)
    found = ["".join(alphabet[k] for k in x[:n].argmax(axis=1)) for x, n in rows]
    assert all(string.endswith(".") for string in found)
    assert not any("." in string[:-1] for string in found)
    return [string[:-1] for string in found], data.targets[:, 0, 0] > 0.5


@each_grammar
def test_automata_are_the_grammars(grammar):
    for string in strings("01", 11):
        assert TOMITA[grammar].accepts(string) == PREDICATES[grammar](string)


@each_grammar
def test_words_are_counted(grammar):
    counts = Counter(len(s) for s in strings("01", 10) if PREDICATES[grammar](s))
    assert [TOMITA[grammar].count(n) for n in range(11)] == [counts[n] for n in range(11)]


@pytest.mark.parametrize("accepted", [True, False])
def test_grammar_3_is_that_of_tomitas_examples(accepted):
    assert [s for s in TOMITA_3[accepted] if TOMITA[3].accepts(s) != accepted] == []


def test_words_of_a_length_have_equal_chances():
    rng = np.random.default_rng(0)
    drawn = Counter(TOMITA[4].draw(rng, 4) for _ in range(5000))
    assert len(drawn) == TOMITA[4].count(4) == 13
    expected = 5000 / 13
    assert sum((n - expected) ** 2 / expected for n in drawn.values()) < 32.9  # p = 0.001
    with pytest.raises(ConfigurationError, match="no string of length 3"):
        TOMITA[2].draw(rng, 3)


def test_balanced_strings_have_equal_chances():
    rng = np.random.default_rng(0)
    drawn = Counter(Dyck().word(rng, 8) for _ in range(5000))
    assert len(drawn) == 14  # Catalan's number
    expected = 5000 / 14
    assert sum((n - expected) ** 2 / expected for n in drawn.values()) < 34.5  # p = 0.001


@pytest.mark.parametrize("kinds", [1, 2, 4])
def test_brackets_are_balanced_when_pairs_can_be_taken_away(kinds):
    task = Dyck(kinds=kinds)
    pairs = re.compile("|".join(map(re.escape, ("()", "[]", "{}", "<>")[:kinds])))
    for string in strings(task.alphabet, 9 if kinds == 1 else 5):
        rest = string
        while pairs.search(rest):
            rest = pairs.sub("", rest)
        assert task.accepts(string) == (rest == "")


@pytest.mark.parametrize(
    "task",
    [*(Tomita(grammar=g, test_sequences=200) for g in range(1, 8)), Dyck(), Dyck(kinds=2)],
    ids=repr,
)
def test_half_of_the_strings_are_words_and_the_test_is_longer(task):
    for data, least, most in (
        (task.train, 0, task.length),
        (task.validation, 0, task.length),
        (task.test, task.length + 1, task.test_length),
    ):
        found, labels = heard(task, data)
        assert [task.accepts(string) for string in found] == list(labels)
        assert labels.mean() == 0.5
        lengths = np.array([len(string) for string in found])
        assert least <= lengths.min()
        assert lengths.max() <= most
        assert lengths.max() - lengths.min() > 0.8 * (most - least)


def test_near_misses_are_one_change_from_a_word():
    task = Tomita(grammar=1)
    found, labels = heard(task, task.test)
    zeros = np.array([string.count("0") for string in found])
    assert np.all(zeros[labels] == 0)
    assert np.all(zeros[~labels][::2] == 1)
    brackets = Dyck(kinds=2)
    found, _ = heard(brackets, brackets.test)
    rotten = found[1::4]
    assert not any(len(string) % 2 for string in rotten)
    assert any(Counter(string)["("] == Counter(string)[")"] for string in rotten)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tomita(grammar=8), "grammar must be one of 1 to 7, got 8"),
        (lambda: Tomita(grammar=1.0), "grammar must be an integer, got 1.0"),
        (lambda: Tomita(length=50), "test_length must be at least 52, got 50"),
        (lambda: Dyck(kinds=5), "kinds must be at most 4, got 5"),
        (lambda: Dyck(length=1), "length must be at least 2, got 1"),
        (lambda: Dyck(test_sequences=-1), "test_sequences must be at least 0, got -1"),
        (lambda: Automaton("01", ((0, 2), (0, 1)), (True, False)), "a row of 2 next states"),
        (lambda: Automaton("01", ((0, 1), (0, 1)), (True,)), "as many answers"),
    ],
)
def test_bad_options_are_named(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()


def test_held_out_strings_may_be_left_out():
    assert Tomita(test_sequences=0).test is None
    assert Dyck(validation_sequences=0).validation is None
