"""Recorded bytes as rows of a table, one block a message, and the search in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, AnyStr

import numpy as np

from hopscope.text import visible
from hopscope_tui.byte_lines import Shown, shown_lines
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection

MOST_LINES = 200_000
"""Lines of all blocks; the last one says that there are more."""

COLUMNS = (
    TableColumn("NUM", right=True, sortable=False, rank=1, help="Number of the event"),
    TableColumn("TIME", sortable=False, rank=2, help="Seconds since the first event"),
    TableColumn("PROCESS", sortable=False, rank=3, help="Who read or wrote, and which thread of it"),
    TableColumn("DESCRIPTOR", sortable=False, rank=4, help="File, connection or pipe"),
    TableColumn("", sortable=False, help="◀ came in, ▶ went out"),
    TableColumn("BYTES", right=True, sortable=False, help="Bytes moved; the capture may hold fewer of them"),
    TableColumn("DATA", sortable=False, help="What was recorded of them"),
)
DESCRIPTOR = 3


@dataclass(slots=True)
class Block:
    """What one call moved, or one message.

    Attributes:
        event: event row, -1 for a notice.
        incoming: True for what is drawn as come in.
        data: its bytes as they may be shown; empty where none were recorded.
        lines: of the form in which they are shown.
        tone: of the lines, empty for that of the direction.
        run: blocks of the same run that follow each other are searched as if they were one; -1 for none.
    """

    event: int
    incoming: bool
    data: bytes
    lines: list[Shown]
    tone: str = ""
    run: int = -1


Head = Callable[[Block], Sequence[Cell]]
"""The cells of a block before its data, one for each column but the last."""


@dataclass(slots=True)
class _Found:
    """Where a text that was searched for is."""

    needle: str = ""
    rows: list[int] = field(default_factory=list)
    marks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


class BlockSource:
    """Blocks of lines as rows of a table.

    Args:
        store: the capture.
        blocks: in their order.
        head: the cells before the data.
        columns: of the table.
        title: for files that the text is saved to.
    """

    sorting: tuple[int, bool] | None = None

    def __init__(
        self, store: Store, blocks: list[Block], head: Head, columns: Sequence[TableColumn], title: str = ""
    ) -> None:
        self.store = store
        self.blocks = blocks
        self.columns = tuple(columns)
        self.title = title
        self._head = head
        self._starts = [0]
        for block in blocks:
            self._starts.append(self._starts[-1] + len(block.lines))
        self._of_event = {block.event: self._starts[i] for i, block in reversed(list(enumerate(blocks)))}
        self._found = _Found()

    def __len__(self) -> int:
        return self._starts[-1]

    def _place(self, row: int) -> tuple[int, int]:
        """Block of a row, and which of its lines it is."""
        block = bisect_right(self._starts, row) - 1
        return block, row - self._starts[block]

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(row) for row in range(start, stop)]

    def _cells(self, row: int) -> tuple[Cell, ...]:
        number, line = self._place(row)
        block = self.blocks[number]
        tone = block.tone or ("read" if block.incoming else "write")
        found = tuple(self._found.marks.get(row, ()))
        last = Cell(block.lines[line].text, block.lines[line].tone or tone, found)
        if line:
            return (*(Cell("") for _ in self.columns[1:]), last)
        return (*self._head(block), last)

    def key(self, row: int) -> Hashable:
        """The event of a line."""
        return "event", self.event_row(row)

    def find_key(self, key: Hashable) -> int | None:
        """The first line of an event."""
        return self._of_event.get(key[1]) if isinstance(key, tuple) and key[0] == "event" else None

    def event_row(self, row: int) -> int:
        """The event of a line, -1 for a notice."""
        return self.blocks[self._place(row)[0]].event

    def event_rows(self, row: int) -> Rows:
        """The event of a line."""
        return np.array([event for event in (self.event_row(row),) if event >= 0], dtype=np.int64)

    def drill(self, row: int) -> Selection | None:
        """Nothing lies below a message."""
        return None

    def text(self) -> Iterator[str]:
        """All of it as lines of a file."""
        for block in self.blocks:
            head = "  ".join(cell.text for cell in self._head(block) if cell.text.strip())
            if head:
                yield head
            yield from (f"    {line.text}" for line in block.lines)

    # --- search ----------------------------------------------------------------------------------

    def search(self, needle: str) -> list[int]:
        """The rows in which a text begins, ascending; what was found stands out from then on.

        Args:
            needle: a text, found in any case and across the ends of lines and blocks of the same run; or
                ``0x`` and bytes in hex.
        """
        if needle != self._found.needle:
            self._found = _Found(needle)
            self._search_bytes(needle)
            self._search_lines(needle)
            self._found.rows = sorted(set(self._found.rows))
        return self._found.rows

    def _search_bytes(self, needle: str) -> None:
        wanted = _bytes_of(needle)
        for run in self._runs():
            data = b"".join(block.data for _, block in run).lower()
            ends = np.cumsum([len(block.data) for _, block in run]).tolist()
            for at in _places(data, wanted):
                self._mark(run, ends, at, at + len(wanted))

    def _runs(self) -> Iterator[list[tuple[int, Block]]]:
        """Blocks that are searched together."""
        runs: dict[int, list[tuple[int, Block]]] = {}
        for number, block in enumerate(self.blocks):
            if block.run < 0:
                yield [(number, block)]
            else:
                runs.setdefault(block.run, []).append((number, block))
        yield from runs.values()

    def _mark(self, run: list[tuple[int, Block]], ends: list[int], start: int, stop: int) -> None:
        """Mark the bytes ``[start, stop)`` of a run wherever they are shown."""
        for i in range(bisect_right(ends, start), len(run)):
            number, block = run[i]
            base = ends[i] - len(block.data)
            if base >= stop:
                return
            if base <= start:
                begins = [line for line, shown in enumerate(block.lines) if shown.start <= start - base]
                self._found.rows.append(self._starts[number] + begins[-1])
            for line, shown in enumerate(block.lines):
                marks = shown.columns(max(start - base, 0), stop - base)
                if marks:
                    self._found.marks.setdefault(self._starts[number] + line, []).extend(marks)

    def _search_lines(self, needle: str) -> None:
        """Find a text in lines that are no bytes as they were recorded."""
        folded = needle.casefold()
        for number, block in enumerate(self.blocks):
            for line, shown in enumerate(block.lines):
                if shown.stop > shown.start or folded not in shown.text.casefold():
                    continue
                row = self._starts[number] + line
                places = _places(shown.text.casefold(), folded)
                self._found.marks.setdefault(row, []).extend((at, at + len(folded)) for at in places)
                self._found.rows.append(row)


def _bytes_of(needle: str) -> bytes:
    """The bytes that are searched for, letters in lower case."""
    if needle[:2].lower() == "0x":
        digits = needle[2:].replace(" ", "")
        try:
            return bytes.fromhex(digits).lower()
        except ValueError:
            pass
    return needle.encode("utf-8", "surrogateescape").lower()


def _places(data: AnyStr, wanted: AnyStr) -> list[int]:
    """Where a text begins; places do not overlap."""
    places, at = list[int](), data.find(wanted)
    while at >= 0 and wanted:
        places.append(at)
        at = data.find(wanted, at + len(wanted))
    return places


def notice(text: str) -> Block:
    """A line that is about no event."""
    return Block(-1, False, b"", [Shown(text, tone="quiet")], "quiet")


def missing_line(size: int) -> Shown:
    """What is said where bytes are missing."""
    return Shown(f"… {size:,} bytes that the capture does not hold", tone="error")


def byte_block(event: int, incoming: bool, data: bytes, form: str, said: str = "", run: int = -1) -> Block:
    """A block of bytes, with what they are, where that is known, in its first line."""
    lines = shown_lines(data, form == "hex")
    if said:
        lines.insert(0, Shown(f"[{visible(said)}]"))
    return Block(event, incoming, data, lines, run=run)


def bounded(blocks: Iterable[Block]) -> list[Block]:
    """As many blocks as fit, and a word about those that do not."""
    out, count = list[Block](), 0
    for block in blocks:
        count += len(block.lines)
        if count > MOST_LINES:
            return [*out, notice("… there is more; a filter or a range of time leaves less")]
        out.append(block)
    return out
