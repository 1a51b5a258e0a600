"""How wide the columns of a table are, in terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from hopscope_tui.widgets.row_source import Cell, RowSource, TableColumn

GAP = 2
"""Blank cells between two columns."""
WIDEST = 48
"""Cells a column may take when it is not the last one."""
LAST_WIDEST = 512
"""Cells the last column may take; scrolling sideways shows them."""
NARROWEST_TEXT = 16
"""Cells down to which a text column is squeezed before the table scrolls sideways."""
COMFORTABLE = 24
"""Cells to which texts may be squeezed before other columns are left out for them."""
LAST_LEAST = 32
"""Cells the last column gets before others are left out or squeezed for it."""
_HEAD, _MIDDLE, _END = 32, 16, 16
"""Rows whose texts are measured, from where."""

Cells = Callable[[int, int], list[tuple[Cell, ...]]]
"""The cells of the rows from one to before another."""


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Which columns are drawn, and where.

    Attributes:
        shown: indices of the columns that are drawn, from left to right.
        widths: cells of each shown column.
        width: cells of the whole row, with a blank cell at both ends.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    width: int

    @property
    def places(self) -> dict[int, tuple[int, int]]:
        """By column that is drawn: its first cell in the row and the one behind its last."""
        found, left = {}, 1
        for column, width in zip(self.shown, self.widths, strict=True):
            found[column] = left, left + width
            left += width + GAP
        return found

    def column_at(self, x: int) -> int | None:
        """Index of the column drawn at a cell of the row, None beyond the last one."""
        right = 1
        for column, width in zip(self.shown, self.widths, strict=True):
            right += width + GAP
            if x < right:
                return column
        return None


def lay_out(source: RowSource, room: int, natural: Sequence[int]) -> ColumnLayout:
    """Widths for a source in ``room`` cells, from its :func:`natural_widths`.

    Wide texts are squeezed, columns of high rank leave where that is not enough, and what still does
    not fit is reached by scrolling sideways.
    """
    columns = source.columns
    if not columns:
        return ColumnLayout((), (), room)
    shown = list(range(len(columns)))
    while len(shown) > 1 and _needed(_least(natural, columns, shown)) > room:
        leaving = max(shown, key=lambda i: (columns[i].rank, i))
        if columns[leaving].rank == 0:
            break
        shown.remove(leaving)
    widths = _squeeze([natural[i] for i in shown], [columns[i] for i in shown], room)
    spare = room - _needed(widths)
    if spare > 0:
        widths[-1] += spare
    return ColumnLayout(tuple(shown), tuple(widths), max(room, _needed(widths)))


def natural_widths(source: RowSource, cells: Cells | None = None) -> list[int]:
    """Cells that each column would like to have, from its header and a sample of the rows.

    Decodes about a hundred rows, so for large sources this is for a thread.

    Args:
        source: the rows.
        cells: gives those between two rows, in the place of ``source.cells``.
    """
    columns = source.columns
    widths = [cell_len(column.title) for column in columns]
    if source.sorting is not None:
        widths[source.sorting[0]] += 2
    for row in _sample(len(source), cells or source.cells):
        for i, cell in enumerate(row):
            widths[i] = max(widths[i], cell_len(cell.text))
    last = len(columns) - 1
    return [min(width, LAST_WIDEST if i == last else WIDEST) for i, width in enumerate(widths)]


def _sample(count: int, cells: Cells) -> list[tuple[Cell, ...]]:
    """Rows from the beginning, the middle and the end."""
    if count <= _HEAD + _MIDDLE + _END:
        return cells(0, count)
    middle = (count - _MIDDLE) // 2
    return [*cells(0, _HEAD), *cells(middle, middle + _MIDDLE), *cells(count - _END, count)]


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1) + 2


def _least(natural: Sequence[int], columns: Sequence[TableColumn], shown: Sequence[int]) -> list[int]:
    """Widths with texts, the last one too, cut to what they must have before others are left out."""
    widths = [natural[i] if columns[i].right else min(natural[i], COMFORTABLE) for i in shown]
    if not columns[shown[-1]].right:
        widths[-1] = min(natural[shown[-1]], LAST_LEAST)
    return widths


def _squeeze(widths: list[int], columns: list[TableColumn], room: int) -> list[int]:
    """Take cells from the widest texts until the row fits, or none can give any more."""
    squeezed = list(widths)
    texts = [i for i, column in enumerate(columns[:-1]) if not column.right]
    last = min(squeezed[-1], LAST_LEAST)
    while _needed([*squeezed[:-1], last]) > room:
        able = [i for i in texts if squeezed[i] > NARROWEST_TEXT]
        if not able:
            break
        squeezed[max(able, key=lambda i: squeezed[i])] -= 1
    return squeezed
