"""Codes of bits, crossover and mutation on them, and what Gray code is for."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import BinaryGenetic
from evornn.optimizers.bit_strings import Code, flip, n_point, uniform


def rng():
    return np.random.default_rng(0)


def strings(codes, bits):
    """Codes (population, genes) as bits (population, genes * bits), the first bit the highest."""
    places = np.arange(bits - 1, -1, -1)
    return (codes[..., None].astype(np.int64) >> places & 1).reshape(len(codes), -1)


def random_codes(bits, shape=(300, 5), seed=0):
    return np.random.default_rng(seed).integers(2**bits, size=shape).astype(np.uint32)


def test_gray_codes_are_the_reflected_ones():
    code = Code(3, 0.0, 7.0, gray=True)
    expected = [0b000, 0b001, 0b011, 0b010, 0b110, 0b111, 0b101, 0b100]
    assert code.encode(np.arange(8.0)).tolist() == expected
    assert code.decode(np.array(expected, dtype=np.uint32)).tolist() == list(range(8))


def test_gray_neighbours_differ_in_one_bit_and_base_two_has_cliffs():
    def steps(gray):
        codes = Code(10, 0.0, 1023.0, gray).encode(np.arange(1024.0))
        return np.bitwise_count(codes[1:] ^ codes[:-1])

    assert (steps(gray=True) == 1).all()
    assert steps(gray=False)[511] == 10
    assert steps(gray=False).mean() == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("gray", [True, False])
@pytest.mark.parametrize("bits", [1, 7, 16, 32])
def test_codes_are_of_the_nearest_value(bits, gray):
    code = Code(bits, -3.0, 6.5, gray)
    codes = random_codes(bits)
    np.testing.assert_array_equal(code.encode(code.decode(codes)), codes)
    genomes = rng().uniform(-3.0, 6.5, (100, 4))
    assert np.abs(code.decode(code.encode(genomes)) - genomes).max() <= 0.5001 * code.step
    beyond = code.decode(code.encode(np.array([[-1e300, 1e300]])))
    np.testing.assert_allclose(beyond, [[-3.0, 6.5]], rtol=1e-12)


@pytest.mark.parametrize("bits", [1, 5, 32])
@pytest.mark.parametrize("points", [1, 2, 3])
def test_n_point_crossover_cuts_at_so_many_places(bits, points):
    zeros = np.zeros((4_000, 4), dtype=np.uint32)
    ones = np.full_like(zeros, 2**bits - 1)
    child, other = (strings(codes, bits) for codes in n_point(zeros, ones, bits, points, rng()))
    np.testing.assert_array_equal(child + other, 1)
    assert not child[:, 0].any()
    cuts = np.diff(child, axis=1) != 0
    assert (cuts.sum(axis=1) == points).all()
    np.testing.assert_allclose(cuts.mean(axis=0), points / (4 * bits - 1), atol=0.03)


def test_more_points_than_places_are_as_many_as_there_are():
    one, two = np.zeros((3, 1), dtype=np.uint32), np.full((3, 1), 7, dtype=np.uint32)
    assert [child.tolist() for child in n_point(one, two, 3, 9, rng())] == [[[2]] * 3, [[5]] * 3]
    assert n_point(one, two // 7, 1, 2, rng())[0].tolist() == [[0]] * 3


@pytest.mark.parametrize("bits", [5, 32])
def test_uniform_crossover_swaps_half_of_the_bits(bits):
    first, second = random_codes(bits), random_codes(bits, seed=1)
    one, other = uniform(first, second, bits, rng())
    np.testing.assert_array_equal(one ^ other, first ^ second)
    np.testing.assert_array_equal(one & other, first & second)
    moved = strings(one ^ first, bits).sum() / strings(first ^ second, bits).sum()
    assert moved == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("probability", [0.0, 0.01, 0.3, 1.0])
def test_every_bit_flips_with_the_set_probability(probability):
    codes = random_codes(12, (2_000, 3))
    before = codes.copy()
    flipped = strings(flip(codes, 12, probability, rng()) ^ codes, 12)
    np.testing.assert_allclose(flipped.mean(axis=0), probability, atol=0.03)
    assert flipped.mean() == pytest.approx(probability, abs=0.005)
    np.testing.assert_array_equal(codes, before)


@pytest.mark.parametrize("coding", ["gray", "binary"])
def test_children_have_values_of_their_code(begin, advance, coding):
    search = begin(BinaryGenetic(coding=coding, bits=4, range=(-1.0, 2.0)))
    children = np.concatenate(advance(search, 6)[1:])
    np.testing.assert_allclose(children, np.rint(5.0 * children) / 5.0, atol=1e-12)
    assert len(np.unique(children.round(6))) == 16


def test_gray_code_has_no_cliff_to_get_stuck_at(begin, least, sphere):
    """Caruana & Schaffer 1988. Half of the first genes lie on the wrong side of the middle."""
    losses = {
        coding: [
            least(
                begin(BinaryGenetic(coding=coding, crossover="uniform"), 10, seed, seed),
                8_000,
                sphere,
            )
            for seed in range(4)
        ]
        for coding in ("gray", "binary")
    }
    assert max(losses["gray"]) < 1e-3
    assert min(losses["binary"]) > 100.0 * max(losses["gray"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bits": 33}, "at most 32, got 33"),
        ({"coding": "grey"}, "did you mean 'gray'"),
        ({"range": (2.0, 1.0)}, r"lowest < highest, got \(2.0, 1.0\)"),
        ({"elites": 100}, "binary_genetic.elites must be below the population size 100"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        BinaryGenetic(**options)
