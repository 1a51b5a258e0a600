"""The bytes that events moved, one message after the other, as a conversation."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.protocols import summary
from hopscope.redaction import shown_bytes
from hopscope.text import visible
from hopscope.views.text import format_time
from hopscope_tui.byte_lines import hex_lines, is_binary, text_lines
from hopscope_tui.summaries import host_text
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

MOST_MESSAGES = 20_000
"""Messages that are shown; the last line says how many more there are."""

_COLUMNS = (
    TableColumn("NUM", right=True, sortable=False, help="Number of the event"),
    TableColumn("TIME", sortable=False, rank=1, help="Seconds since the first event"),
    TableColumn("PROCESS", sortable=False, help="Who read or wrote, and which thread of it"),
    TableColumn("DESCRIPTOR", sortable=False, rank=2, help="File, connection or pipe"),
    TableColumn("", sortable=False, help="◀ came in, ▶ went out"),
    TableColumn("BYTES", right=True, sortable=False, help="Bytes moved; the capture may hold fewer of them"),
    TableColumn("DATA", sortable=False, help="What was recorded of them"),
)
_READS = np.array([bool(event.flags & EventFlag.READS_FROM_FD) for event in EVENTS])
_WRITES = np.array([bool(event.flags & EventFlag.WRITES_TO_FD) for event in EVENTS])


_DESCRIPTOR = 3


@dataclass(frozen=True, slots=True)
class EchoLine:
    """One line of the conversation.

    Attributes:
        event: event row, -1 for a notice.
        first: True for the first line of a message, which says who and how much.
        text: without control characters.
    """

    event: int
    first: bool
    text: str


class EchoSource:
    """A conversation as rows of a table."""

    def __init__(self, store: Store, lines: list[EchoLine]) -> None:
        self.store = store
        self.lines = lines
        several = len({int(store.descriptor[line.event]) for line in lines if line.event >= 0}) > 1
        self._left_out = -1 if several else _DESCRIPTOR
        self.columns = tuple(column for i, column in enumerate(_COLUMNS) if i != self._left_out)
        self.sorting: tuple[int, bool] | None = None
        self._starts = {line.event: i for i, line in reversed(list(enumerate(lines)))}

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The lines ``[start, stop)``."""
        rows = [self._cells(line) for line in self.lines[start:stop]]
        return [tuple(cell for i, cell in enumerate(row) if i != self._left_out) for row in rows]

    def _cells(self, line: EchoLine) -> tuple[Cell, ...]:
        store, row = self.store, line.event
        if row < 0:
            return (*(Cell("") for _ in _COLUMNS[1:]), Cell(line.text, "quiet"))
        incoming = bool(_READS[store.code[row]])
        tone = "read" if incoming else "write"
        if not line.first:
            return (*(Cell("") for _ in _COLUMNS[1:]), Cell(line.text, tone))
        thread, descriptor = int(store.thread[row]), int(store.descriptor[row])
        process = f"{visible(store.threads.comm[thread])} {store.tid[row]}" if thread >= 0 else ""
        process = f"{process} {host_text(store, row)}".strip()
        name = visible(store.descriptors.name[descriptor]) if descriptor >= 0 else ""
        return (
            Cell(str(store.number[row]), "quiet"),
            Cell(format_time(int(store.time[row]), store.epoch), "quiet"),
            Cell(process, "name"),
            Cell(name, "network"),
            Cell("◀" if incoming else "▶", tone),
            Cell(str(store.size[row]), tone),
            Cell(line.text, tone),
        )

    def key(self, row: int) -> Hashable:
        """The event of a line."""
        return "event", self.lines[row].event

    def find_key(self, key: Hashable) -> int | None:
        """The first line of an event."""
        return self._starts.get(key[1]) if isinstance(key, tuple) and key[0] == "event" else None

    def event_row(self, row: int) -> int:
        """The event of a line, -1 for a notice."""
        return self.lines[row].event

    def event_rows(self, row: int) -> Rows:
        """The event of a line."""
        return np.array([event for event in (self.lines[row].event,) if event >= 0], dtype=np.int64)

    def drill(self, row: int) -> Selection | None:
        """Nothing lies below a message."""
        return None


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> EchoSource:
    """The conversation of the selection of a place."""
    rows = place.selection.rows(store)
    codes = store.code[rows]
    rows = rows[(store.size[rows] > 0) & (_READS[codes] | _WRITES[codes])]
    lines: list[EchoLine] = []
    for row in rows[:MOST_MESSAGES].tolist():
        watch.report(len(lines) / MOST_MESSAGES)
        lines += _message(store, row, form == "hex")
    if len(rows) > MOST_MESSAGES:
        rest = f"… {len(rows) - MOST_MESSAGES:,} more messages; drill down or filter to see them"
        lines.append(EchoLine(-1, True, rest))
    return EchoSource(store, lines)


def _message(store: Store, row: int, hexadecimal: bool) -> Iterator[EchoLine]:
    data = shown_bytes(store.payload(row) or b"")
    if not data:
        yield EchoLine(row, True, "(the capture does not hold these bytes)")
        return
    texts = hex_lines(data) if hexadecimal else text_lines(data)
    if is_binary(data) and (said := visible(summary(data))):
        texts.insert(0, f"[{said}]")
    for i, text in enumerate(texts):
        yield EchoLine(row, i == 0, text)
    missing = int(store.size[row]) - len(data)
    if missing > 0:
        yield EchoLine(row, False, f"… {missing:,} more bytes that the capture does not hold")
