"""Mistakes inside a step: one short StepError with file, line and cure, before any traceback."""

import numpy as np
import pytest

from evornn.errors import StepError
from evornn.fitness import Fitness
from evornn.registry import class_from_file
from evornn.tasks import Sequences

FILE = """\
import math
from dataclasses import dataclass

import numpy as np

from evornn.networks import Network
from evornn.numerics import affine, dot, tanh, where

NAME, TABLE = "text", {"a": 1.0}


@dataclass(frozen=True)
class Wrong(Network):
    inputs: int = 2
    outputs: int = 2
    weights = {"W": (3, 2), "b": (3,), "V": (2, 3), "c": (2,)}
    state = {"h": (3,), "g": (1,)}
    constants = {"M": np.ones((3, 2)), "n": np.array([1, 2])}
    step = property(lambda self: step)
    reference = None


def product(a, b):
    return a * b


def sign(a):
    if a > 0.0:
        return 1.0
    return -1.0


def step(w, k, x, s, s_next, y):
    affine(w.W, x, w.b, s_next.h)
    affine(w.V, s_next.h, w.c, y)
    s_next.g[0] = 0.0
"""
FIRST_LINE = FILE.count("\n") + 1

# what the author writes, the line of it that is wrong, and words of the message
IN_PLAIN_PYTHON = {
    "if y[0] > 0.0:\n    y[0] = 1.0": (1, "where(condition, a, b)"),
    "y[0] = 1.0\nwhile y[0] > 0.0:\n    y[0] -= 1.0": (2, "where(condition, a, b)"),
    "y[0] = 1.0 if y[0] > 0.0 else y[0]": (1, "where(condition, a, b)"),
    "y[0] = where(y[0] > 0.0 and y[0] < 1.0, 1.0, y[0])": (1, "&, |, ~"),
    "y[0] = where(y[0] > 0.0 or y[1] > 0.0, 1.0, y[0])": (1, "&, |, ~"),
    "y[0] = where(not y[0] > 0.0, 1.0, y[0])": (1, "&, |, ~"),
    "y[0] = min(y[0], y[1])": (1, "min, max"),
    "y[0] = max(y[0], 0.0)": (1, "min, max"),
    "y[0] = math.tanh(y[0])": (1, "evornn.numerics"),
    "y[0] = np.tanh(y[0])": (1, "evornn.numerics"),
    "s_next.h[:] = np.tanh(s_next.h)": (1, "one number at a time"),
    "y[0] = float(y[0])": (1, "float()"),
    "y[0] = round(y[0])": (1, "evornn.numerics"),
    "y[0] = y[0] ** 2": (1, "x * x"),
    "y[0] = 2.0 ** y[0]": (1, "evornn.numerics"),
    "y[0] = y[0] // 2.0": (1, "evornn.numerics"),
    "s_next.h[3] = x[0]": (1, "index 3 is out of bounds"),
    "y[0] = w.W[0, -3]": (1, "index -3 is out of bounds"),
    "y[0] = w.b[y[0]]": (1, "an index is a whole number"),
    "y[0] = w.Wx[0, 0]": (1, "no attribute 'Wx'"),
    "s_next.k[0] = y[0]": (1, "no attribute 'k'"),
    "s_next.h = x": (1, "s_next.h[i] ="),
    "y[0] = sgmoid(y[0])": (1, "name 'sgmoid' is not defined"),
    "y[0] = tanh(y[0], 1.0)": (1, "takes 1 positional argument"),
    "y[0] = product(y[0])": (1, "missing 1 required"),
    "y[0] = y[0] + NAME": (1, "'str'"),
    "y[0] = s.h[0:2]": (1, "one number at a time"),
    "s_next.h[:] = s.h": (1, "one number at a time"),
    "y[0] = (s.h * s.h)[0]": (1, "one number at a time"),
    "y[0] = w.V[0] @ s.h": (1, "one number at a time"),
    "for v in s.h:\n    y[0] = y[0] + v": (1, "loop over range(n)"),
    "y[0] = sum(s.h)": (1, "loop over range(n)"),
    "affine(w.W, s.h, w.b, s_next.h)": (1, "compare it with the shapes"),
    "y[0] = dot(w.V[0], x, 0.0)": (1, "compare it with the shapes"),
    "affine(w.W, s_next.h[0:2], w.b, s_next.h)": (1, "overlaps the output"),
    "w.b[0] = y[0]": (1, "writes to s_next and y only"),
    "s.h[0] = y[0]": (1, "writes to s_next and y only"),
    "x[0] = y[0]": (1, "writes to s_next and y only"),
    "k.M[0, 0] = 1.0": (1, "writes to s_next and y only"),
    "raise RuntimeError('no')": (1, "RuntimeError: no"),
}
IN_BYTECODE = {
    "a = [0.0, 0.0]\na[0] = y[0]": (1, "makes a list"),
    "y[0] = y[0]\ny[0] = sum([s.h[i] for i in range(3)])": (2, "makes a list"),
    "d = {}\nd[0] = y[0]": (1, "makes a dict"),
    "a = np.zeros(3)\na[0] = 1.0\ny[0] = y[0] + a[0]": (1, "np.zeros"),
    "a = np.empty_like(k.M)": (1, "np.empty_like"),
    "print(y[0])": (1, "NUMBA_DISABLE_JIT=1"),
    "global NAME\nNAME = 1": (2, "global variable"),
    "try:\n    y[0] = tanh(y[0])\nexcept ValueError:\n    y[0] = 0.0": (3, "try or with"),
    "import math": (1, "imports a module"),
}
IN_THE_COMPILER = {
    "if NAME == 'text':\n    y[0] = y[0] * TABLE['a']": (2, "global TABLE, a dict"),
    "a = s.h\nif x.shape[0] > 1:\n    a = 0.0\ny[0] = y[0] + a": (4, "on different paths"),
    "if isinstance(y[0], float):\n    y[0] = 1.0": (1, "cannot use isinstance"),
    "y[0] = y[0] * (y[0] > 0.0)": (1, "cannot use mul"),
    "y[0] = w.b[k.n][0]": (1, "cannot use"),
    "f = lambda a: {a: 1}\ny[0] = y[0] + len(f(1))": (1, "makes a dict"),
}
MISTAKES = IN_PLAIN_PYTHON | IN_BYTECODE | IN_THE_COMPILER


@pytest.fixture
def network_with(tmp_path):
    """``network_with(lines)``: a network from a user's file, its step ending in `lines`."""

    def make(lines, text=FILE):
        path = tmp_path / "mine.py"
        path.write_text(text + "".join(f"    {line}\n" for line in lines.splitlines()))
        return class_from_file(f"{path}:Wrong", "network")()

    return make


@pytest.fixture
def run():
    """``run(network)`` evaluates it once."""
    task = Sequences(np.ones((1, 2, 2)), np.ones((1, 2, 2)))

    def evaluate(network):
        fitness = Fitness(task, network)
        fitness(np.zeros((16, fitness.genes)))

    return evaluate


@pytest.mark.parametrize("lines", MISTAKES)
def test_a_mistake_is_told_in_one_readable_error(lines, network_with, run, tmp_path):
    line, words = MISTAKES[lines]
    network = network_with(lines)
    with pytest.raises(StepError) as caught:
        run(network)
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'mine.py'}:{FIRST_LINE + line - 1}")
    assert words in text
    assert len(text) < 500
    assert text.count("\n") <= 1


def test_a_mistake_in_a_helper_is_told_where_it_is(network_with, run, tmp_path):
    network = network_with("y[0] = sign(y[0])")
    line = FILE[: FILE.index("    if a > 0.0:")].count("\n") + 1
    with pytest.raises(StepError, match=rf"mine.py:{line}: .*where\("):
        run(network)


@pytest.mark.parametrize(
    ("forgotten", "name"),
    [
        ("    s_next.g[0] = 0.0\n", "s_next.g"),
        ("    affine(w.V, s_next.h, w.c, y)\n", "y"),
    ],
)
def test_an_element_that_is_never_written(forgotten, name, network_with, run, tmp_path):
    network = network_with("", FILE.replace(forgotten, ""))
    with pytest.raises(StepError, match=rf"leaves elements of {name} unwritten"):
        run(network)


def test_the_file_as_it_stands_is_right(network_with, run):
    run(network_with("y[0] = product(y[0], k.M[0, 1]) * s.h[k.n[0]]"))


def test_plain_python_may_print_and_allocate(network_with, plain_python, capsys):
    network = network_with("a = [y[0]]\nprint(a[0])")
    task = Sequences(np.ones((1, 2, 2)), np.ones((1, 2, 2)))
    fitness = plain_python(task, network)
    assert fitness(np.zeros((3, fitness.genes))) == pytest.approx([1.0] * 3)
    assert "Number" in capsys.readouterr().out
