"""Gated cells of any wiring."""

from evornn.networks import GatedCell
from evornn.networks.gated_cell import GRU_CELL

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}
#: every operation, and every kind of map
ALL_NODES = ("sigmoid a1", "tanh a2", "mul n1 n2", "not n1", "mul n4 c", "add n3 n5", "sub a3 n6")

#: its longest code path: the gradient is compiled
RICHEST = GatedCell(**SIZES, maps=("xh", "x", "h"), nodes=ALL_NODES, hidden_is="n7", cell_is="n6")
#: all other code paths: these run in plain Python
VARIANTS = [
    GatedCell(**SIZES),
    GatedCell(**SIZES, **GRU_CELL, readout=False),
    GatedCell(**SIZES, maps=("x", "h"), nodes=(), hidden_is="a2", cell_is="h"),
]
#: wrong options, and what is said of them
MISTAKES = [
    ({"maps": ("xh", "y")}, "GatedCell.maps must be one of xh, x, h; got 'y'"),
    ({"maps": ("x", "x")}, r"GatedCell.maps must read x and h.*\('x', 'x'\)"),
    ({"maps": "xh"}, "GatedCell.maps must be a list of texts, got 'xh'"),
    ({"nodes": ("tan a1",)}, "operation of GatedCell.nodes 'tan a1' .*'tanh'"),
    ({"nodes": ("",)}, "operation of GatedCell.nodes ''"),
    ({"nodes": ("add a1",)}, "GatedCell.nodes 'add a1': add takes 2 operands, got 1"),
    ({"nodes": ("tanh n1",)}, "operand of GatedCell.nodes 'tanh n1' .*got 'n1'"),
    ({"nodes": (1,)}, r"GatedCell.nodes must be a list of texts, got \(1,\)"),
    ({"hidden_is": "n12"}, "GatedCell.hidden_is .*got 'n12'"),
    ({"cell_is": "d"}, "GatedCell.cell_is .*got 'd'"),
    ({"readout": 0}, "GatedCell.readout .*0"),
    ({"readout": False, "outputs": 4}, "3 hidden units cannot give 4 outputs"),
]
