"""Letters as bitmaps of 7 rows and 5 columns, drawn by hand: patterns for associative memories."""

from __future__ import annotations

import numpy as np

ROWS, COLUMNS = 7, 5

# Thirteen letters side by side, a column apart.
_DRAWN = """
ABCDEFGHIJKLM
.###. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...#
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.##
#...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.#
##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.#
#...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...#
#...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...#
#...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# ##### #...#
NOPQRSTUVWXYZ
#...# .###. ####. .###. ####. .#### ##### #...# #...# #...# #...# #...# #####
##..# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....#
##..# #...# #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#.
#.#.# #...# ####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#..
#..## #...# #.... #.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#...
#..## #...# #.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #....
#...# .###. #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. #####
"""


def _bitmaps() -> dict[str, np.ndarray]:
    lines, letters = _DRAWN.split("\n")[1:-1], {}
    for first in range(0, len(lines), ROWS + 1):
        rows = [line.split() for line in lines[first + 1 : first + 1 + ROWS]]
        for name, *bitmap in zip(lines[first], *rows, strict=True):
            letters[name] = np.array([[1.0 if c == "#" else -1.0 for c in row] for row in bitmap])
    return letters


#: name -> bitmap (7, 5) of −1 (paper) and +1 (ink)
LETTERS = _bitmaps()


def letter_patterns(names: str) -> np.ndarray:
    """The letters in `names`, each a row of 35 numbers −1 and +1: (letter, 35)."""
    return np.array([LETTERS[name].ravel() for name in names])
