"""Rows for tables: views, and the bytes of a selection as a conversation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hopscope.text import visible
from hopscope.views import Kind, ViewResult
from hopscope_tui.widgets.row_source import Cell, RowSource, TableColumn

if TYPE_CHECKING:
    from textual.content import Content

    from hopscope.store.store import Rows, Store
    from hopscope.views import Column, Selection
    from hopscope_tui.forms import Form

LONGEST_CELL = 1024
"""Characters of a cell that are looked at; no screen is wider."""


class PlaceSource(RowSource, Protocol):
    """The rows of a place."""

    def key(self, row: int) -> Hashable:
        """What a row stands for; survives sorting."""

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key, None where it is not there."""

    def event_row(self, row: int) -> int:
        """The event row that a row stands for or begins with, -1 where there is none."""

    def event_rows(self, row: int) -> Rows:
        """All event rows behind a row, ascending."""

    def drill(self, row: int) -> Selection | None:
        """The selection narrowed to a row; None where nothing lies below."""


@runtime_checkable
class Detailed(Protocol):
    """Rows of which more is shown beside them."""

    def details(self, row: int, form: Form, width: int) -> Content:
        """All that is known about a row, in so many cells."""


@runtime_checkable
class Proving(Protocol):
    """Rows that events prove."""

    def evidence(self, row: int) -> tuple[Sequence[int], str]:
        """Event rows to look at one after the other, and what they prove, safe to show."""


@runtime_checkable
class Leading(Protocol):
    """Rows that each lead to a view of their own."""

    def target(self, row: int) -> str:
        """Name of the view."""


@runtime_checkable
class Searching(Protocol):
    """Rows that know better than their cells where something is."""

    def search(self, needle: str) -> list[int]:
        """The rows in which it begins, ascending."""


_COLUMN_TONES = {
    "container": "name",
    "name": "name",
    "command": "name",
    "process": "name",
    "bytes_in": "read",
    "bps_in": "read",
    "bytes_out": "write",
    "bps_out": "write",
    "errors": "error",
    "lip": "network",
    "lport": "network",
    "rip": "network",
    "rport": "network",
    "peer": "network",
    "connection": "network",
    "cpu": "",
}
"""Tone of a column by its name; names that are not here follow from the kind."""


class ViewSource:
    """The rows of a view as a table draws them.

    Args:
        result: the view, evaluated and sorted.
        marked: True for the numbers of bookmarked events.
    """

    def __init__(self, result: ViewResult, marked: Callable[[int], bool]) -> None:
        self.result = result
        self.is_events = result.definition.lists_events
        self._marked = marked
        self._lead = 1 if self.is_events else 0
        self._tones = [_column_tone(column) for column in result.columns]
        self._names = {column.name: j for j, column in enumerate(result.columns)}
        gutter = [TableColumn("", width=1, sortable=False, help=_SIGNS)] * self._lead
        self.columns = (*gutter, *(table_column(column) for column in result.columns))

    def __len__(self) -> int:
        return len(self.result)

    @property
    def sorting(self) -> tuple[int, bool] | None:
        """The column sorted by, counted with the gutter."""
        if self.result.sorting is None:
            return None
        column, descending = self.result.sorting
        return column + self._lead, descending

    def view_column(self, column: int) -> int:
        """Index among the view's columns of a column of the table."""
        return column - self._lead

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``, decoded here and not before."""
        row = self._event_cells if self.is_events else self._group_cells
        return [row(i) for i in range(start, stop)]

    def key(self, row: int) -> Hashable:
        """What a row stands for."""
        return self.result.key(row)

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return self.result.find_key(key)

    def event_row(self, row: int) -> int:
        """The event of a row, or the first one behind it."""
        return self.result.event_row(row)

    def event_rows(self, row: int) -> Rows:
        """All events behind a row."""
        return self.result.event_rows(row)

    def drill(self, row: int) -> Selection | None:
        """The selection narrowed to a row."""
        return self.result.drill(row)

    def nearest_event(self, row: int) -> int:
        """In a list of events the one nearest to an event row, else the first row."""
        from hopscope.views.listing import EventResult  # noqa: PLC0415  other views do without

        return self.result.index_of_event(row) if isinstance(self.result, EventResult) else 0

    def _texts(self, i: int) -> list[str]:
        return [visible(self.result.text(i, j), LONGEST_CELL) for j in range(len(self._tones))]

    def _group_cells(self, i: int) -> tuple[Cell, ...]:
        return tuple(
            Cell(text, tone if text not in _NOTHING else "quiet")
            for text, tone in zip(self._texts(i), self._tones, strict=True)
        )

    def _sign(self, row: int, tone: str) -> Cell:
        store = self.result.store
        if self._marked(int(store.number[row])):
            return Cell("◆", "mark")
        if tone == "error":
            return Cell("!", "error")
        return Cell("~", "wait") if int(store.latency[row]) >= SLOW else Cell("")

    def _event_cells(self, i: int) -> tuple[Cell, ...]:
        store = self.result.store
        row = self.result.event_row(i)
        tone = event_tone(store, row)
        tones = list(self._tones)
        told = ("type", "direction", "info") if tone in ("error", "quiet", "wait") else ("type", "direction")
        for name in told:
            if name in self._names:
                tones[self._names[name]] = tone
        return (
            self._sign(row, tone),
            *(Cell(text, tone) for text, tone in zip(self._texts(i), tones, strict=True)),
        )


_SIGNS = "◆ a bookmark, ! a call that failed, ~ one that took a tenth of a second or longer"

SLOW = 100_000_000
"""ns in a call from which it is marked as slow."""

_CATEGORY_TONES = {
    "IO_READ": "read",
    "IO_WRITE": "write",
    "FILE": "file",
    "NET": "network",
    "IPC": "network",
    "PROCESS": "process",
    "USER": "process",
    "SIGNAL": "process",
    "WAIT": "wait",
    "SLEEP": "wait",
    "TIME": "wait",
    "SCHEDULER": "quiet",
    "MEMORY": "quiet",
    "INTERNAL": "quiet",
    "UNKNOWN": "quiet",
}
"""Tone of an event by its category in the event table; the ordinary colour for the others."""
_LAST_ERRNO = 4095
_NOT_YET = frozenset({11, 115})
"""EAGAIN and EINPROGRESS: the call did not fail, it was too early."""
_NOTHING = frozenset({"", "0", "0.00"})


def _column_tone(column: Column) -> str:
    tone = _COLUMN_TONES.get(column.name)
    if tone is not None:
        return tone
    return "quiet" if column.kind is Kind.TIME or column.name in ("tid", "number", "cpu", "latency") else ""


def table_column(column: Column) -> TableColumn:
    """A view's column as a table draws it."""
    right = column.align == "right"
    return TableColumn(column.title, right, column.width, column.rank, column.sortable, column.help)


def event_tone(store: Store, row: int) -> str:
    """The colour of an event: red where the call failed, else by what it does."""
    kind = store.event_type(row)
    result = int(store.result[row])
    if kind.is_exit and -_LAST_ERRNO <= result < 0:
        return "wait" if -result in _NOT_YET else "error"
    return _CATEGORY_TONES.get(kind.category, "")
