"""One connection with both sides joined, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hopscope.conversation import messages_of
from hopscope.protocols import summary
from hopscope.redaction import shown_bytes
from hopscope.text import visible
from hopscope.trail.follow import BACK, MOST_STRETCHES, THERE, Followed, Stretch, follow
from hopscope.views.text import format_time
from hopscope_tui.byte_lines import is_binary
from hopscope_tui.own.blocks import Block, BlockSource, bounded, byte_block, missing_line, notice
from hopscope_tui.own.echo import part_lines
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_COLUMNS = (
    TableColumn("NUM", right=True, sortable=False, rank=1, help="Number of the event"),
    TableColumn("TIME", sortable=False, rank=2, help="Seconds since the first event"),
    TableColumn("FROM", sortable=False, rank=3, help="Which end said it"),
    TableColumn("", sortable=False, help="▶ from client to server, ◀ back; ∗ only the other end recorded it"),
    TableColumn("AT", right=True, sortable=False, rank=4, help="Offset of the first byte that way"),
    TableColumn("BYTES", right=True, sortable=False, help="Bytes that lie together"),
    TableColumn("DATA", sortable=False, help="What was said; gaps are bytes that nobody recorded"),
)


@dataclass(frozen=True, slots=True)
class Connection:
    """Which connection is followed.

    Attributes:
        row: an event of it.
    """

    row: int


class FollowSource(BlockSource):
    """A connection as rows of a table.

    Attributes:
        followed: what was said.
    """

    def __init__(self, store: Store, followed: Followed, blocks: list[Block], heads: dict[int, Stretch]):
        self.followed = followed
        self._heads = heads
        super().__init__(store, blocks, self._head_of, _COLUMNS, "stream")

    def _head_of(self, block: Block) -> list[Cell]:
        one = self._heads.get(id(block))
        if one is None or block.event < 0:
            return [Cell("") for _ in _COLUMNS[1:]]
        store, row = self.store, one.row
        tone = "write" if one.way == THERE else "read"
        sign = "▶" if one.way == THERE else "◀"
        return [
            Cell(str(store.number[row]), "quiet"),
            Cell(format_time(int(store.time[row]), store.epoch), "quiet"),
            Cell(visible(self.followed.names[one.way]), "name"),
            Cell(f"{sign}∗" if one.other_end else sign, tone),
            Cell(f"{one.start:,}", "quiet"),
            Cell(f"{one.size:,}", tone),
        ]


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> FollowSource:
    """The connection that the place is about."""
    assert isinstance(place.subject, Connection)
    watch.report(0.0)
    followed = follow(store, place.subject.row)
    heads: dict[int, Stretch] = {}
    made = _decoded(store, followed, watch) if form == "decoded" else None
    made = made if made is not None else _bytes(followed, form, watch)
    pairs = list(made)
    blocks = bounded(block for block, _ in pairs)
    heads.update({id(block): one for block, one in pairs if one is not None})
    return FollowSource(store, followed, blocks, heads)


Made = Iterator[tuple[Block, Stretch | None]]


def _bytes(followed: Followed, form: Form, watch: Watch) -> Made:
    runs = {THERE: 0, BACK: 1}
    for count, one in enumerate(followed.stretches):
        watch.report(count / len(followed.stretches))
        if one.data is None:
            runs[one.way] += 2  # what lies on both sides of a gap does not belong together
            yield Block(one.row, one.way == BACK, b"", [missing_line(one.size)]), one
            continue
        data = shown_bytes(one.data)
        said = summary(data) if is_binary(data) else ""
        run = -1 if followed.datagrams else runs[one.way]
        yield byte_block(one.row, one.way == BACK, data, form, said, run), one
    if followed.left_out:
        yield notice(f"… it goes on; {MOST_STRETCHES:,} calls each way are shown"), None


def _decoded(store: Store, followed: Followed, watch: Watch) -> Made | None:
    """The messages of the connection as their decoder reads them; None where it knows none."""
    messages = messages_of(store, watch.report)
    of_event = {one.row: one for one in reversed(followed.stretches)}
    wanted = sorted({message for row in of_event for message in messages.of_row(row)})
    if not wanted:
        return None

    def make() -> Made:
        for count, message in enumerate(wanted):
            watch.report(count / len(wanted))
            row, size = messages.row(message), int(messages.stop[message] - messages.start[message])
            near = of_event.get(row)
            if near is None:
                continue
            lines = part_lines(messages.parts(message))
            if not messages.pieces(message) or not lines:
                lines = [missing_line(size)]
            one = Stretch(near.way, int(messages.start[message]), size, b"", row)
            yield Block(row, near.way == BACK, b"", lines), one

    return make()
