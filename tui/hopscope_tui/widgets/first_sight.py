"""What a table needs of a source to show it at once: found in a thread, as texts may take time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hopscope_tui.widgets.column_layout import natural_widths
from hopscope_tui.widgets.row_source import Cell, RowSource

PAGE = 16
"""Rows whose cells are asked for together."""
_IN_SIGHT = 48
"""Rows that most terminals show."""


@dataclass(frozen=True, slots=True)
class FirstSight:
    """What is seen of a source at first.

    Attributes:
        natural: widths of the columns, see :func:`natural_widths`.
        pages: cells of rows by the number of their page.
    """

    natural: Sequence[int]
    pages: Mapping[int, list[tuple[Cell, ...]]] = field(default_factory=dict)


def first_sight(source: RowSource, row: int, top: int | None) -> FirstSight:
    """Widths, and the rows around the chosen one or from the first one on the screen on."""
    if top is None:
        top = row - _IN_SIGHT // 2
    top = max(0, min(top, len(source) - _IN_SIGHT))
    last = min(len(source), top + _IN_SIGHT) - 1
    pages = {page: page_cells(source, page) for page in range(top // PAGE, last // PAGE + 1)}

    def cells(start: int, stop: int) -> list[tuple[Cell, ...]]:
        found: list[tuple[Cell, ...]] = []
        while start < stop:
            page, place = divmod(start, PAGE)
            end = min(stop, start - place + PAGE)
            known = pages.get(page)
            found += source.cells(start, end) if known is None else known[place : place + end - start]
            start = end
        return found

    return FirstSight(natural_widths(source, cells), pages)


def page_cells(source: RowSource, page: int) -> list[tuple[Cell, ...]]:
    """The cells of the rows of a page."""
    return source.cells(page * PAGE, min(len(source), (page + 1) * PAGE))
