"""What was asked and answered, and what was logged, as rows of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.conversation import Messages, messages_of
from hopscope.conversation.exchange import descriptor_of, exchange_object, halves, owner_of
from hopscope.conversation.messages import KINDS, PROTOCOLS
from hopscope.conversation.transfers import RECEIVE
from hopscope.protocols import DECODERS
from hopscope.protocols.message import REQUEST
from hopscope.store.tables import NONE
from hopscope.text import visible
from hopscope.views.chosen import events_selection
from hopscope.views.text import format_duration, format_time
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.own.message_text import message_text
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.conversation.streams import Indexes
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_COLUMNS = (
    TableColumn("TIME", sortable=False, rank=3, help="Seconds since the first event"),
    TableColumn("PROCESS", sortable=False, rank=1, help="Who asked, or was asked"),
    TableColumn("WHERE", sortable=False, rank=4, help="Pod or container of the process"),
    TableColumn("PROTOCOL", sortable=False, rank=5, help="What they spoke"),
    TableColumn("", sortable=False, help="◀ was received and answered, ▶ was sent"),
    TableColumn(
        "LATENCY", right=True, sortable=False, help="From the request's to the response's first byte"
    ),
    TableColumn("NUM", right=True, sortable=False, rank=6, help="Number of the event that began it"),
    TableColumn("", sortable=False),
    TableColumn(
        "MESSAGE",
        sortable=False,
        help="What was asked, and what came of it: ✗ failed, ? nobody answered, ↻ asked again",
    ),
)
_LABEL = 60


class MessagesSource:
    """Exchanges as rows of a table."""

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, messages: Messages, chosen: Indexes) -> None:
        self.messages = messages
        self.store = messages.store
        self.chosen = chosen

    def __len__(self) -> int:
        return len(self.chosen)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(one) for one in self.chosen[start:stop].tolist()]

    def _cells(self, message: int) -> tuple[Cell, ...]:
        messages, store = self.messages, self.store
        owner = owner_of(messages, message)
        row = messages.row(message)
        latency = int(messages.latency[message])
        incoming = messages.direction[message] == RECEIVE
        tone = "read" if incoming else "write"
        sign, said = self._sign(message)
        return (
            Cell(format_time(int(store.time[row]), store.epoch), "quiet"),
            Cell(texts.who_text(owner), "name"),
            Cell(texts.where_text(owner), "name"),
            Cell(PROTOCOLS[messages.protocol[message]], "quiet"),
            Cell("◀" if incoming else "▶", tone),
            Cell(format_duration(latency) if latency >= 0 else ""),
            Cell(str(store.number[row]), "quiet"),
            Cell(sign, said),
            Cell(visible(messages.sentence(message)), said or tone),
        )

    def _sign(self, message: int) -> tuple[str, str]:
        """What stands out about an exchange: a sign and its tone."""
        messages = self.messages
        partner = int(messages.partner[message])
        if messages.failed[partner if partner != NONE else message]:
            return "✗", "error"
        if partner == NONE and KINDS[messages.kind[message]] == REQUEST:
            return "?", "error"
        return ("↻", "process") if messages.repeats[message] != NONE else ("", "")

    def objects(self) -> Iterator[dict[str, Any]]:
        """The exchanges as plain data."""
        return (exchange_object(self.messages, one) for one in self.chosen.tolist())

    def key(self, row: int) -> Hashable:
        """Where the bytes of a message begin."""
        messages, one = self.messages, int(self.chosen[row])
        return "message", messages.row(one), int(messages.start[one]), int(messages.direction[one])

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        if not isinstance(key, tuple) or key[0] != "message":
            return None
        first = self.messages.streams.transfers.row[self.messages.first[self.chosen]]
        near = np.flatnonzero(first == key[1]).tolist()
        return next((row for row in near if self.key(row) == key), None)

    def evidence(self, row: int) -> tuple[tuple[int, ...], str]:
        """The first events of request and response, and what was said."""
        message = int(self.chosen[row])
        rows = [self.messages.row(one) for one in halves(self.messages, message) if one != NONE]
        return tuple(rows), visible(self.messages.sentence(message))

    def event_row(self, row: int) -> int:
        """The event that began it."""
        return self.messages.row(int(self.chosen[row]))

    def event_rows(self, row: int) -> Rows:
        """All events that moved bytes of request and response."""
        both = halves(self.messages, int(self.chosen[row]))
        return np.unique(np.concatenate([self.messages.rows(one) for one in both if one != NONE]))

    def drill(self, row: int) -> Selection | None:
        """The events of request and response."""
        label = self.messages.sentence(int(self.chosen[row]))
        return events_selection(
            "message", label if len(label) <= _LABEL else f"{label[:_LABEL]}…", self.event_rows(row)
        )

    def details(self, row: int, form: Form, width: int) -> Content:
        """Request and response in full."""
        messages, store, message = self.messages, self.store, int(self.chosen[row])
        owner, latency, repeats = (
            owner_of(messages, message),
            int(messages.latency[message]),
            int(messages.repeats[message]),
        )
        again = f"event {store.number[messages.row(repeats)]}" if repeats != NONE else ""
        facts = [
            ("protocol", DECODERS[messages.protocol[message]].TITLE),
            ("process", f"{texts.who_text(owner)} {texts.where_text(owner)}".strip()),
            ("on", visible(descriptor_of(messages, message))),
            ("latency", format_duration(latency) if latency >= 0 else ""),
            ("asks again", again),
        ]
        both = [one for one in halves(messages, message) if one != NONE]
        return texts.sections(
            [
                [hanging("", visible(messages.sentence(message)), 1, width, style="")],
                texts.pairs(facts, width),
                *(message_text(messages, one, form, width) for one in both),
            ]
        )


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> MessagesSource:
    """The exchanges that events of the place's selection took part in."""
    messages = messages_of(store, watch.report)
    mask = place.selection.mask(store) if place.selection else None
    return MessagesSource(messages, messages.exchanges(mask))
