"""What a :class:`~hopscope_tui.widgets.virtual_table.VirtualTable` shows: rows made on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell.

    Attributes:
        text: without control characters: it goes to the terminal as it stands.
        tone: a name in :data:`hopscope_tui.tones.TONES`, empty for the ordinary colour.
        found: stretches of the text, first and last + 1 character, that were searched for.
    """

    text: str
    tone: str = ""
    found: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column as a table draws it.

    Attributes:
        title: header.
        right: True to align text and header at the right edge.
        width: suggested width in cells; 0 takes what the others leave.
        rank: 0 always stays; where there is too little room the highest rank is left out first.
        sortable: False where a click on the header does nothing.
        help: one line.
    """

    title: str
    right: bool = False
    width: int = 0
    rank: int = 0
    sortable: bool = True
    help: str = ""


class RowSource(Protocol):
    """Rows of a table. Nothing but the rows on the screen, and a few to measure, is ever asked for."""

    @property
    def columns(self) -> Sequence[TableColumn]:
        """The columns, from left to right."""

    @property
    def sorting(self) -> tuple[int, bool] | None:
        """Index of the column the rows are sorted by and True for descending order; None where unsorted."""

    def __len__(self) -> int:
        """Number of rows, up to many millions."""

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``, each with one cell a column."""


class NoRows:
    """A source without rows or columns, for the time before there is anything to show."""

    columns: tuple[TableColumn, ...] = ()
    sorting: tuple[int, bool] | None = None

    def __len__(self) -> int:
        return 0

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """No rows."""
        return []


class ListedRows:
    """A source of few rows that are all there."""

    def __init__(self, columns: Sequence[TableColumn], rows: Sequence[tuple[Cell, ...]]) -> None:
        self.columns = tuple(columns)
        self.rows = list(rows)
        self.sorting: tuple[int, bool] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return self.rows[start:stop]
