"""A machine's drawing has its states, rings and arrows, and nothing lies on anything else."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from evornn import plots

#: Tomita's grammar 4: no 000
TRANSITIONS, ACCEPTING = ((1, 0), (2, 0), (3, 0), (3, 3)), (True, True, True, False)


@pytest.fixture
def axes():
    with plots.figure(4.0, 4.0) as drawn:
        yield drawn.subplots()


def test_states_rings_and_arrows_are_those_of_the_machine(axes, tmp_path):
    plots.draw_state_machine(axes, "01", TRANSITIONS, ACCEPTING)
    rings = [patch for patch in axes.patches if isinstance(patch, Circle)]
    centres = [ring.center for ring in rings]
    assert [centres.count(centre) for centre in dict.fromkeys(centres)] == [2, 2, 2, 1]
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 7 + 1  # both symbols keep the last state, and one begins
    texts = [text.get_text() for text in axes.texts]
    assert sorted(texts) == sorted(["0", "1", "2", "3", *"000111", "0, 1"])
    plots.save(axes.get_figure(root=True), tmp_path / "drawn.png")
    assert (tmp_path / "drawn.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("states", [1, 2, 3, 7, 12])
def test_states_lie_apart_and_inside(axes, states):
    ring = tuple(((k + 1) % states, k) for k in range(states))
    plots.draw_state_machine(axes, "ab", ring, [True] * states)
    circles = [patch for patch in axes.patches if isinstance(patch, Circle)][::2]
    centres, radius = np.array([c.center for c in circles]), circles[0].radius
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 9.0 * np.eye(states)
    assert apart.min() > 3.0 * radius
    assert np.abs(centres).max() + 3.0 * radius < axes.get_xlim()[1]
