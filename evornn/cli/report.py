"""The tables of a comparison on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evornn.cli.streams import put

if TYPE_CHECKING:
    from rich.table import Table

    from evornn.comparison import Comparison, ScaleSweep
    from evornn.comparison.tables import TextTable


def print_report(comparison: Comparison) -> None:
    """Question, tables with their notes, and where everything lies."""
    from evornn.comparison.markdown import setting

    put(comparison.plan.question or comparison.plan.name, style="bold")
    put(setting(comparison).replace("`", ""), style="dim")
    for table in comparison.tables:
        put()
        put(drawn(table))
        put(table.note, style="dim")
    if comparison.missing:
        cells = "; ".join(str(cell) for cell in comparison.missing)
        put(f"\nNot finished: {cells}. Repeat the comparison to go on.", style="bold")
    put(f"\nTables, figures and runs: {comparison.folder}")


def print_sweep(sweep: ScaleSweep) -> None:
    """The table of a sweep of start scales."""
    put()
    put(drawn(sweep.table))
    put(sweep.table.note, style="dim")
    put(f"\nThe comparison from each scale: {sweep.folder}")


def drawn(table: TextTable) -> Table:
    """`table` for the terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for number, heading in enumerate(table.headings):
        shown.add_column(heading, justify="right" if number else "left")
    for row in table.rows:
        # What Markdown sets in bold is bold here too.
        shown.add_row(*(Text(cell.strip("*"), "bold" if "**" in cell else "") for cell in row))
    return shown
