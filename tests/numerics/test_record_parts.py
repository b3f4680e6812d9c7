"""A part of a record: the fields under a prefix, by the rest of their names, in the same memory."""

from __future__ import annotations

from collections import namedtuple

import numba
import numpy as np
import pytest

from evornn.numerics import part

Whole = namedtuple("Whole", ["a_x", "a_b_x", "ab_x", "a_W"])
WHOLE = Whole(np.arange(2.0), np.arange(3), np.zeros(4), np.ones((2, 2)))


def doubled(whole):
    inner = part(whole, "a_")
    for i in range(inner.x.shape[0]):
        inner.x[i] = 2.0 * inner.x[i]
    return inner.W[0, 0] + part(inner, "b_").x[2] + part(whole, "ab_").x[0]


def test_it_has_the_fields_under_the_prefix():
    inner = part(WHOLE, "a_")
    assert inner._fields == ("x", "b_x", "W")
    assert inner.W is WHOLE.a_W
    assert part(inner, "b_").x is WHOLE.a_b_x
    assert part(WHOLE, "c_") == ()
    assert type(part(WHOLE, "a_")) is type(inner)


# Records borrow their memory, so what is compiled counts no references, as kernels do not.
COMPILED = numba.njit(_nrt=False)(doubled)


@pytest.mark.parametrize("run", [doubled, COMPILED], ids=["plain", "compiled"])
def test_it_shares_the_memory_of_the_whole(run):
    whole = Whole(*(values.copy() for values in WHOLE))
    assert run(whole) == 3.0
    np.testing.assert_array_equal(whole.a_x, [0.0, 2.0])
