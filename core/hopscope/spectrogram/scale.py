"""The scale above a map, in words."""

from __future__ import annotations

from collections.abc import Sequence

from hopscope.reports.heat import DECADES
from hopscope.views.text import format_duration


def ruler(columns: int, marks: Sequence[tuple[int, str]]) -> str:
    """A line with names above their columns; names for which there is no room are left out.

    Args:
        columns: of the map.
        marks: columns with their names, ascending.
    """
    line, end = [" "] * columns, 0
    for column, name in marks:
        text = f"|{name}"
        if column >= end and column + len(text) <= columns:
            line[column : column + len(text)] = text
            end = column + len(text)
    return "".join(line).rstrip()


def latency_marks(columns: int) -> list[tuple[int, str]]:
    """The powers of ten on the scale of latencies: columns and names."""
    return [(-(-power * columns // DECADES), plain_duration(10**power)) for power in range(DECADES)]


def plain_duration(nanoseconds: float) -> str:
    """A duration without decimals that say nothing: ``10us``, ``2.5ms``."""
    text = format_duration(round(nanoseconds))
    number = text.rstrip("nums")
    shown = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{shown}{text[len(number) :]}"
