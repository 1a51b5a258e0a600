"""What can be copied of a row: its cells, and of an event its data and other forms of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hopscope.decode.render import line_fields, render_line
from hopscope.json_text import json_line
from hopscope.redaction import shown_bytes
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope_tui.byte_lines import hex_lines
from hopscope_tui.sources import PlaceSource

MOST = 64 * 1024
"""Characters that are copied; terminals refuse longer ones."""

_BYTES_A_LINE = 16


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing to copy.

    Attributes:
        name: what it is.
        text: safe to show and to paste into a terminal, save for the line ends of data.
    """

    name: str
    text: str


def row_text(source: PlaceSource, row: int) -> str:
    """The cells of a row apart by two blanks."""
    texts = [cell.text.strip() for cell in source.cells(row, row + 1)[0]]
    return "  ".join(text for text in texts if text)


def copies(store: Store, source: PlaceSource, row: int, column: int) -> Iterator[Copy]:
    """What of a row can be copied, the likeliest first.

    Args:
        store: the capture.
        source: the rows.
        row: the chosen one.
        column: the chosen cell, -1 without one.
    """
    cells = source.cells(row, row + 1)[0]
    if 0 <= column < len(cells):
        yield Copy(f"cell {source.columns[column].title}", cells[column].text.strip())
    yield Copy("row", row_text(source, row))
    named = [
        f"{title.title}: {cell.text.strip()}"
        for title, cell in zip(source.columns, cells, strict=True)
        if title.title and cell.text.strip()
    ]
    yield Copy("row, a line for each column", "\n".join(named))
    event = source.event_row(row)
    if event < 0 or source.drill(row) is not None:
        return
    yield Copy("event as sysdig prints it", visible(render_line(store, event), MOST))
    yield Copy("event as JSON", json_line(line_fields(store, event)))
    data = shown_bytes(store.payload(event) or b"", MOST)
    if data:
        yield Copy("data as text", _readable(data))
        yield Copy("data in hex", data.hex(" "))
        yield Copy("data as a hex dump", "\n".join(hex_lines(data, _BYTES_A_LINE)))


def _readable(data: bytes) -> str:
    """Data with its line ends and everything else that a terminal would act on visible."""
    text = data.decode("utf-8", "surrogateescape")
    return "\n".join(visible(line) for line in text.split("\n"))
