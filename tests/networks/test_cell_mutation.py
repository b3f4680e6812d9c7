"""Mutations of gated cells lead to cells, in small steps, and everywhere."""

from __future__ import annotations

import itertools

import numpy as np

from evornn.networks import GatedCell
from evornn.networks.cell_mutation import MOST_MAPS, MOST_NODES, Draft, mutated
from evornn.networks.cell_operations import OPERATIONS
from evornn.networks.gated_cell import GRU_CELL, LSTM_CELL

SIZES = {"inputs": 2, "hidden": 3, "outputs": 1}
ELMAN = GatedCell(**SIZES, maps=("xh",), nodes=("tanh a1",), hidden_is="n1", cell_is="c")


def walk(cell, rng, steps):
    cells = [cell]
    for _ in range(steps):
        cells.append(mutated(cells[-1], rng))
    return cells


def test_a_cell_is_its_draft():
    for cell in (GatedCell(**SIZES, **LSTM_CELL), GatedCell(**SIZES, **GRU_CELL), ELMAN):
        assert Draft.of(cell).cell(cell) == cell


def test_every_mutation_is_a_cell_that_depends_on_all_its_parts(rng):
    for cell in walk(GatedCell(**SIZES), rng, 400):
        assert cell.used - {"h", "c"} == set(cell.values) - {"h", "c"}
        assert len(cell.nodes) <= MOST_NODES
        assert len(cell.maps) <= MOST_MAPS


def test_mutations_reach_all_operations_and_sizes(rng):
    cells = walk(ELMAN, rng, 1500)
    assert {node.split()[0] for cell in cells for node in cell.nodes} == set(OPERATIONS)
    assert {reads for cell in cells for reads in cell.maps} == {"xh", "x", "h"}
    assert {len(cell.maps) for cell in cells} >= {1, 2, 3, 4}
    assert max(len(cell.nodes) for cell in cells) > 9
    assert any(cell.cell_is != "c" for cell in cells)


def test_a_mutation_changes_a_cell_and_the_same_seed_changes_it_alike():
    first, second = (walk(ELMAN, np.random.default_rng(1), 50) for _ in range(2))
    assert first == second
    assert all(one != other for one, other in itertools.pairwise(first))
