"""Lines of a speed table, and the table as text."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from evornn.fitness.threads import thread_count


@dataclass(frozen=True)
class Row:
    """One line of the table; `target` is what the figure should reach."""

    measure: str
    figure: float
    unit: str
    target: str
    reached: bool
    details: str = ""


def at_least(measure: str, ratio: float, least: float, details: str = "") -> Row:
    return Row(measure, ratio, "x", f">= {least:g}x", ratio >= least, details)


def rate_at_least(measure: str, millions: float, least: float, details: str = "") -> Row:
    """Millions per second."""
    return Row(measure, millions, "M/s", f">= {least:g} M/s", millions >= least, details)


def at_most(measure: str, figure: float, most: float, unit: str, details: str = "") -> Row:
    return Row(measure, figure, unit, f"<= {most:g} {unit}", figure <= most, details)


def milliseconds(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {1e3 * value:.3g} ms" for name, value in seconds.items())


def as_line(row: Row) -> str:
    mark = "" if row.reached else "   MISSED"
    line = f"{row.measure:66}{row.figure:9.3g} {row.unit:4}{row.target:>12}{mark}\n"
    return line + (f"    {row.details}\n" if row.details else "")


def as_text(rows: list[Row]) -> str:
    head = f"{cpu_name()}, {thread_count(None)} threads\n\n"
    return head + "".join(as_line(row) for row in rows)


def cpu_flags() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""


def cpu_name() -> str:
    names = [line for line in cpu_flags().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.processor()
