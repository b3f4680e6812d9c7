"""What every registered optimizer promises, in its default settings and in variants."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import mtrand

from evornn.errors import ConfigurationError
from evornn.optimizers import REGISTRY, RandomSearch, Start
from evornn.registry import configuration

HERE = Path(__file__).parent


def test_asks_for_new_float64_genomes_of_the_right_width(optimizer, begin, sphere):
    search = begin(optimizer, genes=7)
    first = search.ask()
    assert first.dtype == np.float64
    assert first.ndim == 2
    assert first.shape[1] == 7
    search.tell(first, *sphere(first))
    second = search.ask()
    assert second.shape == first.shape
    assert not np.shares_memory(first, second)
    assert np.isfinite(second).all()


@pytest.mark.parametrize("genes", [1, 2, 33])
def test_works_for_any_number_of_genes(optimizer, begin, advance, genes):
    asked = advance(begin(optimizer, genes=genes), 12)
    assert np.isfinite(asked).all()


def test_begins_at_the_common_points(optimizer_from_points, begin):
    genomes = begin(optimizer_from_points, genes=5, start=3).ask()
    np.testing.assert_array_equal(genomes, Start(seed=3).genomes(len(genomes), 5))


def test_starting_points_are_not_the_first_draws_of_the_same_seed():
    points = Start(scale=1.0, seed=3).genomes(4, 5)
    assert not np.isin(points, np.random.default_rng(3).standard_normal((8, 5))).any()


def test_starting_points_do_not_depend_on_how_many_there_are():
    np.testing.assert_array_equal(Start().genomes(9, 4)[:3], Start().genomes(3, 4))


def test_the_same_seed_gives_the_same_bits(optimizer, begin, advance):
    np.testing.assert_array_equal(advance(begin(optimizer), 25), advance(begin(optimizer), 25))


def test_another_seed_gives_another_search(optimizer, begin, advance):
    other = begin(optimizer, seed=1, start=1)
    assert not np.array_equal(advance(begin(optimizer), 2), advance(other, 2))


def global_states() -> tuple:
    state = mtrand.get_state(legacy=False)
    return random.getstate(), str(state)


def test_global_generators_are_neither_changed_nor_read(optimizer, begin, advance):
    random.seed(1)
    mtrand.seed(1)
    mtrand.standard_normal()
    before = global_states()
    first = advance(begin(optimizer), 10)
    assert global_states() == before
    random.seed(2)
    mtrand.seed(2)
    np.testing.assert_array_equal(advance(begin(optimizer), 10), first)


def test_two_threads_do_not_disturb_each_other(optimizer, begin, advance):
    before = global_states()
    alone = [advance(begin(optimizer, seed=seed), 15) for seed in (0, 1)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda seed: advance(begin(optimizer, seed=seed), 15), (0, 1)))
    np.testing.assert_array_equal(together, alone)
    assert global_states() == before


def test_arguments_are_neither_changed_nor_kept(optimizer, begin, advance, sphere):
    search = begin(optimizer)
    for expected in advance(begin(optimizer), 8):
        genomes = search.ask()
        np.testing.assert_array_equal(genomes, expected)
        told = [genomes, *sphere(genomes)]
        copies = [each.copy() for each in told]
        search.tell(*told)
        for each, copy in zip(told, copies, strict=True):
            np.testing.assert_array_equal(each, copy)
            each[...] = np.nan


def test_read_only_arguments_are_enough(optimizer, begin, sphere):
    search = begin(optimizer)
    for _ in range(3):
        told = [genomes := search.ask(), *sphere(genomes)]
        for each in told:
            each.flags.writeable = False
        search.tell(*told)


@settings(max_examples=4, deadline=None)
@given(kill=st.integers(0, 30))
def test_a_loaded_state_continues_bit_for_bit(optimizer, begin, advance, sphere, kill):
    def partly_lost(genomes):
        losses, gradients = sphere(genomes)
        return np.where(genomes[:, 0] > 0.1, np.nan, losses), gradients

    undisturbed = begin(optimizer, genes=4)
    advance(undisturbed, kill, partly_lost)
    state, stop = undisturbed.state(), undisturbed.stop()
    expected = advance(undisturbed, 15, partly_lost)
    resumed = begin(optimizer, genes=4, seed=1)
    advance(resumed, 2)
    resumed.load_state(state)
    assert resumed.stop() == stop
    np.testing.assert_array_equal(advance(resumed, 15, partly_lost), expected)
    assert resumed.stop() == undisturbed.stop()
    assert resumed.diagnostics() == undisturbed.diagnostics()


def test_a_new_process_continues_bit_for_bit(tmp_path):
    script = [sys.executable, "-W", "error", str(HERE / "search_in_a_process.py")]
    for turn in ("save", "load"):
        subprocess.run([*script, turn, str(tmp_path)], check=True, cwd=tmp_path)
    saved = sorted(tmp_path.glob("*.saved.npy"))
    assert len(saved) >= len(REGISTRY)
    for path in saved:
        loaded = path.with_name(path.name.replace(".saved.", ".loaded."))
        np.testing.assert_array_equal(np.load(loaded), np.load(path), err_msg=path.name)


def test_a_state_is_a_copy(optimizer, begin, advance):
    search = begin(optimizer)
    advance(search, 3)
    state = search.state()
    expected = advance(search, 5)
    resumed = begin(optimizer, seed=1)
    resumed.load_state(state)
    advance(resumed, 5)
    again = begin(optimizer, seed=2)
    again.load_state(state)
    np.testing.assert_array_equal(advance(again, 5), expected)


def test_states_are_taken_between_generations(optimizer, begin):
    search = begin(optimizer)
    search.ask()
    with pytest.raises(RuntimeError, match="between ask and tell"):
        search.state()


def test_a_state_of_another_search_is_refused(optimizer, begin):
    state = begin(optimizer, genes=5).state()
    with pytest.raises(ConfigurationError, match="over 6 genes"):
        begin(optimizer, genes=6).load_state(state)
    state["genes"] = 6
    state["stranger"] = 1.0
    with pytest.raises(ConfigurationError, match="stranger"):
        begin(optimizer, genes=6).load_state(state)


def spoilt(loss, spoil, value, only_losses=True):
    """`loss`, with `value` in the rows that `spoil(generation, rows)` tells."""
    generation = iter(range(10**6))

    def spoilt_loss(genomes):
        losses, gradients = loss(genomes)
        rows = spoil(next(generation), np.arange(len(genomes)))
        losses[rows] = value
        gradients[rows] = gradients[rows] if only_losses else value
        return losses, gradients

    return spoilt_loss


SPOILS = {
    "one": lambda generation, rows: rows == generation % (len(rows) + 3),
    "half": lambda generation, rows: rows % 2 == generation % 2,
    "all at first": lambda generation, rows: rows >= 0 if generation < 4 else rows < 0,
    "all at times": lambda generation, rows: rows >= 0 if generation % 7 == 3 else rows < 0,
    "all": lambda generation, rows: rows >= 0,
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
def test_all_losses_that_are_not_finite_are_alike(optimizer, begin, advance, sphere, spoil):
    nan, inf, minus_inf = (
        advance(begin(optimizer), 30, spoilt(sphere, spoil, value))
        for value in (np.nan, np.inf, -np.inf)
    )
    np.testing.assert_array_equal(nan, inf)
    np.testing.assert_array_equal(nan, minus_inf)
    assert np.isfinite(nan).all()


def learns_around(search, advance, sphere, is_lost):
    """The best of the last hundred genomes, where there is no finite loss in a part of space."""

    def partial(genomes):
        losses, gradients = sphere(genomes)
        return np.where(is_lost(genomes), np.nan, losses), gradients

    size = len(advance(search, 1, partial)[0])
    asked = np.concatenate(advance(search, 12_000 // size, partial))
    return np.nanmin(partial(asked[-100:])[0])


def test_learns_where_half_of_the_space_is_lost(gradient_free_optimizer, begin, advance, sphere):
    search = begin(gradient_free_optimizer, genes=4)
    # The minimum lies inside of the lost half: 0.01 is the best at its border.
    assert learns_around(search, advance, sphere, lambda genomes: genomes[:, 0] > 0.2) < 0.05


def test_learns_where_all_far_away_is_lost(learning_optimizer, begin, advance, sphere):
    search = begin(learning_optimizer, genes=4)
    assert (
        learns_around(search, advance, sphere, lambda genomes: (genomes > 0.7).any(axis=1)) < 0.02
    )


def test_improves_far_beyond_random_search(learning_optimizer, begin, least, sphere, ellipsoid):
    cost = 3 if learning_optimizer.gradient else 1
    for loss in (sphere, ellipsoid):
        chance = least(begin(RandomSearch(), genes=10), 12_000, loss)
        assert least(begin(learning_optimizer, genes=10), 12_000, loss, cost) < 0.1 * chance


def test_only_ranks_matter_where_that_is_promised(rank_based_optimizer, begin, advance, sphere):
    def stretched(genomes):
        losses, gradients = sphere(genomes)
        return 3.0 * np.log(losses), gradients  # and no exp, that overflows where a tail is heavy

    plain = advance(begin(rank_based_optimizer), 25)
    np.testing.assert_array_equal(advance(begin(rank_based_optimizer), 25, stretched), plain)


def test_turns_out_of_order_are_errors(optimizer, begin, sphere):
    search = begin(optimizer)
    with pytest.raises(RuntimeError, match="before ask"):
        search.tell(np.zeros((1, 6)), np.zeros(1), np.zeros((1, 6)))
    genomes = search.ask()
    with pytest.raises(RuntimeError, match="ask was called twice"):
        search.ask()
    search.tell(genomes, *sphere(genomes))


def test_wrong_arrays_are_named(optimizer, begin, sphere):
    search = begin(optimizer)
    genomes = search.ask()
    losses, gradients = sphere(genomes)
    with pytest.raises(ConfigurationError, match="that ask returned"):
        search.tell(genomes + 1.0, losses, gradients)
    with pytest.raises(ConfigurationError, match=r"losses must be real .*\(\d+, 1\)"):
        search.tell(genomes, losses[:, None], gradients)
    with pytest.raises(ConfigurationError, match="complex"):
        search.tell(genomes, losses + 1j, gradients)
    search.tell(genomes, losses, gradients)


@pytest.mark.parametrize("genes", [0, -3, 2.5, True])
def test_a_wrong_number_of_genes_is_named(optimizer, begin, genes):
    with pytest.raises(ConfigurationError, match=f"genes must be .*{genes}"):
        begin(optimizer, genes=genes)


@pytest.mark.parametrize("wrong", ["nonsense", float("nan"), -1, 3 + 1j])
def test_every_option_is_checked(optimizer, wrong):
    for option in dataclasses.fields(optimizer):
        with pytest.raises(ConfigurationError) as error:
            dataclasses.replace(optimizer, **{option.name: wrong})
        assert repr(wrong) in str(error.value)


def test_settings_are_their_own_configuration(optimizer):
    stored = json.loads(json.dumps(configuration(optimizer), allow_nan=False))
    assert REGISTRY.build(REGISTRY.name_of(optimizer), stored) == optimizer
    assert hash(optimizer) == hash(dataclasses.replace(optimizer))


def test_diagnostics_are_finite_numbers(optimizer, begin, advance):
    search = begin(optimizer)
    for _ in range(5):
        for name, value in search.diagnostics().items():
            assert isinstance(value, float), name
            assert np.isfinite(value), name
        advance(search, 1)
