"""Neural history compressors."""

import numpy as np

from evornn.networks import HistoryCompressor

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: its longest code path: the gradient is compiled
RICHEST = HistoryCompressor(**SIZES, levels=3)
#: all other code paths: these run in plain Python
VARIANTS = [HistoryCompressor(**SIZES), HistoryCompressor(**SIZES, levels=1, threshold=0.45)]
OPTIONS = {"levels": [1, 2, 4]}
#: wrong options, and what is said of them
MISTAKES = [
    ({"levels": 0}, "HistoryCompressor.levels .*0"),
    ({"threshold": 0.0}, "HistoryCompressor.threshold .*0.0"),
    ({"threshold": 0.6}, "HistoryCompressor.threshold .*0.6"),
]


def draw_inputs(rng, network, steps):
    """Symbols of which some can be expected."""
    return np.eye(network.inputs)[rng.integers(0, network.inputs, steps)]
