"""The bytes that events moved, one message after the other, as a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.protocols import parts, summary
from hopscope.protocols.part import folded
from hopscope.redaction import shown_bytes
from hopscope.text import visible
from hopscope.views.text import format_time
from hopscope_tui.byte_lines import Shown, is_binary
from hopscope_tui.own.blocks import (
    COLUMNS,
    DESCRIPTOR,
    Block,
    BlockSource,
    bounded,
    byte_block,
    missing_line,
    notice,
)
from hopscope_tui.summaries import host_text
from hopscope_tui.widgets.row_source import Cell

if TYPE_CHECKING:
    from hopscope.protocols import Part
    from hopscope.store.store import Rows, Store
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

MOST_MESSAGES = 20_000
"""Messages that are shown; the last line says how many more there are."""
UNFOLDED = 2
"""Levels of an outline that are shown."""

_READS = np.array([bool(event.flags & EventFlag.READS_FROM_FD) for event in EVENTS])
_WRITES = np.array([bool(event.flags & EventFlag.WRITES_TO_FD) for event in EVENTS])


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> BlockSource:
    """The conversation of the selection of a place."""
    rows = place.selection.rows(store)
    codes = store.code[rows]
    rows = rows[(store.size[rows] > 0) & (_READS[codes] | _WRITES[codes])]
    several = len(np.unique(store.descriptor[rows])) > 1
    columns = [column for i, column in enumerate(COLUMNS) if several or i != DESCRIPTOR]

    def head(block: Block) -> list[Cell]:
        cells = event_head(store, block)
        return cells if several else [cell for i, cell in enumerate(cells) if i != DESCRIPTOR]

    blocks = bounded(_blocks(store, rows, form, watch))
    return BlockSource(store, blocks, head, columns, "echo")


def _blocks(store: Store, rows: Rows, form: Form, watch: Watch) -> Iterator[Block]:
    for count, row in enumerate(rows[:MOST_MESSAGES].tolist()):
        watch.report(count / min(len(rows), MOST_MESSAGES))
        yield _block(store, row, form)
    if len(rows) > MOST_MESSAGES:
        yield notice(f"… {len(rows) - MOST_MESSAGES:,} more messages; drill down or filter to see them")


def _block(store: Store, row: int, form: Form) -> Block:
    data = shown_bytes(store.payload(row) or b"")
    incoming = bool(_READS[store.code[row]])
    if not data:
        return Block(row, incoming, b"", [Shown("(the capture does not hold these bytes)")])
    found = parts(data) if form == "decoded" else []
    if found:
        block = Block(row, incoming, b"", part_lines(found))
    else:
        block = byte_block(row, incoming, data, form, summary(data) if is_binary(data) else "")
    missing = int(store.size[row]) - len(data)
    if missing > 0:
        block.lines.append(missing_line(missing))
    return block


def part_lines(found: list[Part]) -> list[Shown]:
    """What a decoder says, one line each: titles, and below them what they stand for."""
    lines = []
    for part in found:
        lines.append(Shown(visible(part.title), tone="network"))
        shown = folded(part.lines, UNFOLDED)
        lines += [Shown(f"  {'  ' * one.depth}{visible(one.text)}") for one in shown]
    return lines


def event_head(store: Store, block: Block) -> list[Cell]:
    """Who moved a block, when, on what and how much of it."""
    row = block.event
    if row < 0:
        return [Cell("") for _ in COLUMNS[1:]]
    tone = "read" if block.incoming else "write"
    thread, descriptor = int(store.thread[row]), int(store.descriptor[row])
    process = f"{visible(store.threads.comm[thread])} {store.tid[row]}" if thread >= 0 else ""
    process = f"{process} {host_text(store, row)}".strip()
    name = visible(store.descriptors.name[descriptor]) if descriptor >= 0 else ""
    return [
        Cell(str(store.number[row]), "quiet"),
        Cell(format_time(int(store.time[row]), store.epoch), "quiet"),
        Cell(process, "name"),
        Cell(name, "network"),
        Cell("◀" if block.incoming else "▶", tone),
        Cell(str(store.size[row]), tone),
    ]
