"""Gated cells: the known ones are those of the library, weight by weight."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.networks import GRU, LSTM, GatedCell
from evornn.networks.gated_cell import GRU_CELL, LSTM_CELL

SIZES = {"inputs": 2, "hidden": 3, "outputs": 1}
TWINS = [
    (GatedCell(**SIZES, **LSTM_CELL), LSTM(**SIZES)),
    (GatedCell(**SIZES, **GRU_CELL), GRU(**SIZES, reset="after")),
]
twins = pytest.mark.parametrize(("cell", "twin"), TWINS, ids=["lstm", "gru"])


@twins
def test_known_cells_have_the_outputs_of_their_twins(cell, twin, rng):
    weights, inputs = rng.normal(size=cell.weight_count), rng.normal(size=(9, 2))
    assert twin.weight_count == cell.weight_count
    np.testing.assert_allclose(
        cell.reference(weights, inputs), twin.reference(weights, inputs), rtol=1e-12
    )


def test_all_wirings_share_one_step():
    assert len({cell.step for cell, _ in TWINS}) == 1


def test_equations_tell_what_counts():
    cell = GatedCell(**SIZES, **GRU_CELL)
    assert cell.equations() == [
        "a1 = W1 x + U1 h' + b1",
        "a2 = W2 x + U2 h' + b2",
        "a3 = W3 x + b3",
        "a4 = U4 h' + b4",
        "n1 = σ(a1)",
        "n2 = σ(a2)",
        "n3 = n1 ⊙ a4",
        "n4 = a3 + n3",
        "n5 = tanh(n4)",
        "n6 = h' − n5",
        "n7 = n2 ⊙ n6",
        "n8 = n5 + n7",
        "h = n8",
        "c = c'",
    ]
    idle = GatedCell(
        **SIZES, maps=("xh", "x"), nodes=("tanh a2", "tanh a1"), hidden_is="n2", cell_is="n1"
    )
    assert idle.equations() == ["a1 = W1 x + U1 h' + b1", "n2 = tanh(a1)", "h = n2", "c = n1"]
