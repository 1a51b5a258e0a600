"""The bytes that events moved, one message after the other, as a conversation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.protocols import summary
from hopscope.redaction import shown_bytes
from hopscope.text import visible
from hopscope.views.text import format_time
from hopscope_tui.summaries import host_text
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection

MOST_MESSAGES = 20_000
"""Messages that are shown; the last line says how many more there are."""
HEX_BYTES = 16

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


_NEVER_IN_TEXT = bytes({*range(9), *range(14, 27), *range(28, 32)})
"""Control characters other than tabs, line ends and the escape that begins a colour."""
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


def echo_source(
    store: Store, selection: Selection, hexadecimal: bool, cancelled: Callable[[], bool]
) -> EchoSource:
    """The conversation of a selection.

    Args:
        store: the capture.
        selection: whose events.
        hexadecimal: True for bytes in hex, False for lines of text.
        cancelled: asked now and then; when it says True the rest is left out.
    """
    rows = selection.rows(store)
    codes = store.code[rows]
    rows = rows[(store.size[rows] > 0) & (_READS[codes] | _WRITES[codes])]
    lines: list[EchoLine] = []
    for row in rows[:MOST_MESSAGES].tolist():
        if cancelled():
            break
        lines += _message(store, row, hexadecimal)
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


def is_binary(data: bytes) -> bool:
    """True for bytes that no text has; a character cut off at the end is no such thing."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:
            return True
    return any(byte in data for byte in _NEVER_IN_TEXT)


def text_lines(data: bytes) -> list[str]:
    """Bytes as lines of text, what cannot be printed as escapes; binary ones on one line."""
    if is_binary(data):
        return [visible(data.decode("ascii", "backslashreplace"))]
    lines = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [visible(line) for line in lines]


def hex_lines(data: bytes, a_line: int = HEX_BYTES) -> list[str]:
    """Bytes in hex, so many a line, with their offset and the printable ones as text."""
    return [
        f"{at:06x}  {_hex_pairs(part, a_line):<{3 * a_line + 1}}  {_printable(part)}"
        for at, part in ((at, data[at : at + a_line]) for at in range(0, len(data), a_line))
    ]


def _hex_pairs(part: bytes, a_line: int) -> str:
    half = a_line // 2
    return f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"


def _printable(part: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
