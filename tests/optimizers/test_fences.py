"""Global generators come back as they were, also after an error and inside of a Gaussian pair."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.random import mtrand

from evornn.optimizers.fences import lent_to_numpy, lent_to_random


def test_numpys_generator_comes_back_within_a_gaussian_pair():
    mtrand.seed(3)
    mtrand.standard_normal()
    state = mtrand.get_state()
    expected = mtrand.standard_normal(3)
    mtrand.set_state(state)
    with lent_to_numpy(np.random.default_rng(0)):
        mtrand.standard_normal()
    np.testing.assert_array_equal(mtrand.standard_normal(3), expected)


def test_numpys_functions_draw_from_the_lent_generator():
    with lent_to_numpy(np.random.default_rng(5)):
        drawn = mtrand.uniform(0.0, 1.0, 4)
    np.testing.assert_array_equal(drawn, np.random.default_rng(5).random(4))


@pytest.mark.parametrize("fence", [lent_to_numpy, lent_to_random])
def test_an_error_inside_gives_the_generators_back(fence):
    before = random.getstate(), str(mtrand.get_state()), mtrand.get_bit_generator()
    with pytest.raises(ZeroDivisionError), fence(np.random.default_rng(0)):
        raise ZeroDivisionError
    assert (random.getstate(), str(mtrand.get_state()), mtrand.get_bit_generator()) == before


def test_pythons_draws_follow_the_lent_generator():
    drawn = []
    for seed in (0, 0, 1):
        with lent_to_random(np.random.default_rng(seed)):
            drawn.append(random.random())
    assert drawn[0] == drawn[1] != drawn[2]
