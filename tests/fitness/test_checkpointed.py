"""Few states kept, and the others computed again: the same bits."""

import numpy as np
import pytest

from evornn.fitness import Fitness
from evornn.fitness.compiled import CompiledEngine
from evornn.fitness.segments import segment_length
from evornn.networks import Elman
from evornn.tasks import Sequences

LENGTHS = (37, 16, 50, 1, 33)


@pytest.fixture
def case():
    """Sequences of several segments each, whole ones and parts, with outputs fed back."""
    rng = np.random.default_rng(7)
    task = Sequences(
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        free_running=5,
        feedback=(-1, 0),
    )
    network = Elman(inputs=2, hidden=3, outputs=2)
    return task, network, rng.normal(size=(4, network.weight_count))


def test_the_bits_are_those_of_all_states_kept(case, axis, monkeypatch):
    task, network, population = case
    fitness = Fitness(task, network, dtype="float64")
    losses, gradients = fitness.value_and_grad(population)
    calls = []
    keep = CompiledEngine._work

    def watched(engine, *args, **options):
        calls.append((args, options["segment"]))
        return keep(engine, *args, **options)

    monkeypatch.setattr(CompiledEngine, "_work", watched)
    found = fitness.value_and_grad(population, mode="checkpointed")
    np.testing.assert_array_equal(found[0], losses)
    np.testing.assert_array_equal(found[1], gradients)
    assert set(calls) == {((16, 16), 8)}
    # Where the states would be many it happens by itself, also for gradients that are cut short.
    short = fitness.value_and_grad(population, mode="truncated:11,20")[1]
    segments, differentiate = [], CompiledEngine._differentiate

    def noted(engine, kind, segment, *args):
        segments.append(segment)
        return differentiate(engine, kind, segment, *args)

    monkeypatch.setattr(CompiledEngine, "_differentiate", noted)
    monkeypatch.setattr("evornn.fitness.compiled.KEPT_BYTES", 50 * 64)
    np.testing.assert_array_equal(fitness.value_and_grad(population)[1], gradients)
    found = fitness.value_and_grad(population, mode="truncated:11,20")[1]
    np.testing.assert_array_equal(found, short)
    assert set(segments) == {8}


def test_a_segment_is_about_as_long_as_there_are_segments():
    assert [segment_length(n) for n in (1, 2, 50, 1000, 100_000)] == [1, 1, 8, 32, 256]


def test_plain_python_keeps_everything(case, plain_python):
    task, network, population = case
    slow = plain_python(task, network, dtype="float64")
    found = [slow.value_and_grad(population[:1], mode=m)[1] for m in ("reverse", "checkpointed")]
    np.testing.assert_array_equal(*found)
