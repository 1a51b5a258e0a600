"""What a process had open at a moment, as rows of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.content import Content

from hopscope.store.tables import NONE
from hopscope.text import visible
from hopscope.views import Selection, Step
from hopscope.views.keys import by_descriptor, by_process
from hopscope.views.member import Member
from hopscope.views.names import descriptor_label, process_label
from hopscope.views.text import format_time
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.own.time_subjects import OpenAt
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_COLUMNS = (
    TableColumn("FD", right=True, sortable=False, help="Number of the descriptor"),
    TableColumn("TYPE", sortable=False, help="What it is"),
    TableColumn(
        "OPENED", right=True, sortable=False, help="Event that opened it; blank for before the capture"
    ),
    TableColumn("OPEN FOR", right=True, sortable=False, rank=1, help="Seconds since then"),
    TableColumn("EVENTS", right=True, sortable=False, rank=2, help="Its events up to the moment"),
    TableColumn("NAME", sortable=False, help="Name that it had at the moment"),
)


class OpenSource:
    """The descriptors of a process at a moment.

    Args:
        store: the events.
        row: event row of the moment, of the process whose descriptors these are.
    """

    columns = _COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, store: Store, row: int) -> None:
        self.store = store
        self._row = row
        table = store.descriptors
        held = table.table == int(store.threads.table[store.thread[row]])
        held &= (table.first <= row) & (table.stop > row)
        states = np.flatnonzero(held)
        self._states = states[np.argsort(table.fd[states], kind="stable")].tolist()

    def __len__(self) -> int:
        return len(self._states)

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(place) for place in range(start, min(stop, len(self)))]

    def _cells(self, place: int) -> tuple[Cell, ...]:
        store, state = self.store, self._states[place]
        table = store.descriptors
        opened = int(table.opened[state])
        since = format_time(int(store.time[self._row]), int(store.time[opened])) if opened >= 0 else ""
        count = len(self.event_rows(place))
        return (
            Cell(str(table.fd[state])),
            Cell(table.kind[state], "quiet"),
            Cell(str(store.number[opened]) if opened >= 0 else "", "quiet"),
            Cell(since, "quiet"),
            Cell(f"{count:,}" if count else "", "" if count else "quiet"),
            Cell(visible(table.name[state]), "network" if table.l4[state] else "file"),
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        """The descriptors as plain data."""
        store, table = self.store, self.store.descriptors
        for place, state in enumerate(self._states):
            opened, closed = int(table.opened[state]), int(table.closed[state])
            yield {
                "moment": int(store.number[self._row]),
                "fd": int(table.fd[state]),
                "type": table.kind[state],
                "name": table.name[state],
                "protocol": table.l4[state] or None,
                "opened_event": int(store.number[opened]) if opened >= 0 else None,
                "opened": int(store.time[opened]) if opened >= 0 else None,
                "closed_event": int(store.number[closed]) if closed >= 0 else None,
                "events": len(self.event_rows(place)),
            }

    def key(self, row: int) -> Hashable:
        """The life of a descriptor, which stays while a capture is read."""
        return "open", str(self.store.descriptors.life[self._states[row]])

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key."""
        return next((row for row in range(len(self)) if self.key(row) == key), None)

    def event_row(self, row: int) -> int:
        """The last event of a descriptor up to the moment, -1 where it had none."""
        rows = self.event_rows(row)
        return int(rows[-1]) if len(rows) else NONE

    def event_rows(self, row: int) -> Rows:
        """The events of a descriptor up to the moment, ascending."""
        store = self.store
        found = store.rows_of_descriptor_life(int(store.descriptors.life[self._states[row]]))
        chosen: Rows = found[(found <= self._row) & ~store.hidden[found]]
        return chosen

    def target(self, row: int) -> str:
        """A descriptor leads to its events."""
        return "events"

    def drill(self, row: int) -> Selection | None:
        """The events of a descriptor, before the moment and after it."""
        store, state = self.store, self._states[row]
        thread = int(store.thread[self._row])
        process = Step(
            "process", process_label(store, thread), Member("process", int(by_process(store).codes[thread]))
        )
        code = int(by_descriptor(store).codes[state])
        own = Step("descriptor", descriptor_label(store, state), Member("descriptor", code))
        return Selection().push(process).push(own)

    def details(self, row: int, form: Form, width: int) -> Content:
        """A descriptor at the moment, with its last events before it."""
        store, state = self.store, self._states[row]
        table = store.descriptors
        opened, closed = int(table.opened[state]), int(table.closed[state])
        facts = [
            ("moment", f"event {store.number[self._row]}"),
            ("opened", f"event {store.number[opened]}" if opened >= 0 else "before the capture"),
            ("closed", f"event {store.number[closed]}" if closed >= 0 else ""),
            ("inode", str(table.ino[state] or "")),
            ("protocol", table.l4[state]),
        ]
        events = texts.events_text(store, self.event_rows(row)[::-1][: texts.MOST_EVENTS].tolist(), width)
        return texts.sections(
            [
                [hanging("", f"{table.fd[state]}  {visible(table.name[state])}", 1, width, style="bold")],
                texts.pairs(facts, width),
                [texts.title("Last events before the moment"), *events] if events else [],
            ]
        )


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> OpenSource:
    """The descriptors of the process of the place's moment."""
    subject = place.subject
    assert isinstance(subject, OpenAt)
    return OpenSource(store, subject.row)
