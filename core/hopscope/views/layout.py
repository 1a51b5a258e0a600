"""Which columns fit on a screen, and how wide each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopscope.views.definition import Column

GAP = 1
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A column on the screen.

    Attributes:
        column: its position among the view's columns.
        width: its width in cells.
    """

    column: int
    width: int


def lay_out(columns: Sequence[Column], width: int) -> list[Cell]:
    """The columns that fit into a width, from left to right.

    While the columns are too wide together, those of the highest rank leave, the rightmost first;
    columns of rank 0 stay and may reach beyond the edge. What is left over goes to the column
    that stretches.

    Args:
        columns: of the view.
        width: cells there are.
    """
    shown = list(range(len(columns)))
    while _wanted(columns, shown) > width:
        droppable = [j for j in shown if columns[j].rank > 0]
        if not droppable:
            break
        shown.remove(max(droppable, key=lambda j: (columns[j].rank, j)))
    left = max(width - _wanted(columns, shown), 0)
    return [Cell(j, columns[j].width + (left if columns[j].stretch else 0)) for j in shown]


def _wanted(columns: Sequence[Column], shown: list[int]) -> int:
    widths = sum(columns[j].width for j in shown)
    return widths + GAP * max(len(shown) - 1, 0)
