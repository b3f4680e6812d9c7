"""Named columns of a CSV file, with one error that names file, line, column and cure.

UTF-8, with or without a byte order mark; the first line names the columns; every cell of an asked
column is a finite number with a decimal point. Empty lines at the end are ignored, elsewhere they
are a gap.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evornn.errors import ConfigurationError
from evornn.registry import suggestion

#: a line number of the file and its cells
Row = tuple[int, list[str]]


def read_columns(path: Path, columns: Sequence[str], delimiter: str = ",") -> np.ndarray:
    """The named columns of the file, float64 (row, column). ConfigurationError as above."""
    header, rows = _rows(path, delimiter)
    places = [_place(path, header, column, delimiter) for column in columns]
    for line, cells in rows:
        if len(cells) != len(header):
            raise ConfigurationError(
                f"{path}, line {line}: {len(cells)} cells, but the header has {len(header)}: "
                "complete the line or quote cells that hold the delimiter"
            )
    return np.array(
        [
            [
                _number(cells[place], f"{path}, line {line}, column {column!r}")
                for place, column in zip(places, columns, strict=True)
            ]
            for line, cells in rows
        ]
    )


def _rows(path: Path, delimiter: str) -> tuple[list[str], list[Row]]:
    """The header and the rows that follow it, at least one."""
    text = io.StringIO(_text(path), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise ConfigurationError(
            f"{path}, line {reader.line_num}: not CSV ({error}); check quotes and delimiter"
        ) from None
    while rows and not any(cell.strip() for cell in rows[-1][1]):
        rows.pop()
    if not rows:
        raise ConfigurationError(
            f"{path} is empty: it needs a line of column names and a line per time step"
        )
    header = [name.strip() for name in rows[0][1]]
    if len(rows) == 1:
        raise ConfigurationError(
            f"{path}, line {rows[0][0]}: column names ({', '.join(header)}) but no rows; add a "
            "line per time step"
        )
    return header, rows[1:]


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}; check the path and its permissions"
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{path}, line {line}: not UTF-8 (byte 0x{data[error.start]:02x}); save the file as "
            "UTF-8, in a spreadsheet 'CSV UTF-8'"
        ) from None


def _place(path: Path, header: list[str], column: str, delimiter: str) -> int:
    """The index of `column` in `header`."""
    count = Counter(header)[column]
    if count == 1:
        return header.index(column)
    if count > 1:
        raise ConfigurationError(
            f"{path}, line 1: column {column!r} appears {count} times; give each its own name"
        )
    hint = f"; is {delimiter!r} the delimiter?" if len(header) == 1 else ""
    raise ConfigurationError(
        f"{path}, line 1: there is no column {column!r}{suggestion(column, header)}; "
        f"columns: {', '.join(header)}{hint}"
    )


def _number(cell: str, where: str) -> float:
    text = cell.strip()
    if not text:
        raise ConfigurationError(f"{where}: empty cell; fill the gap or take out the row")
    try:
        value = float(text)
    except ValueError:
        comma = "; use a decimal point" if "," in text else "; replace it by a number"
        raise ConfigurationError(f"{where}: {text!r} is not a number{comma}") from None
    if not math.isfinite(value):
        raise ConfigurationError(f"{where}: {text!r} is not finite; fill the gap with a number")
    return value
