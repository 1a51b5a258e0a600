"""Hops: to the peer, to the effect, to the cause, to the twin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from textual import on
from textual.content import Content

from hopscope.protocols import summary
from hopscope.redaction import shown_bytes
from hopscope.store.store import Rows, Store
from hopscope.text import visible
from hopscope.views.text import format_time
from hopscope_tui.hanging import hanging
from hopscope_tui.messages import HopsFound
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.sources import PlaceSource, event_tone
from hopscope_tui.summaries import event_place_text, event_summary
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

if TYPE_CHECKING:
    from hopscope.trail import Candidate

_TRIED_ROWS = 200
"""Events of a row that are tried, from the first one on, until one has a candidate."""
_CLEAR_LEAD = 0.05
"""A first candidate with so much more score than the second is gone to at once."""
_MISSING = {
    "peer": "no peer of",
    "effect": "nothing in its process follows from",
    "cause": "nothing in its process led to",
}


class HopActions(MainBase):
    """Actions that go to related events."""

    @needs_rows
    def action_hop(self, kind: str) -> None:
        """Look for the ``peer``, ``effect`` or ``cause`` of the chosen event.

        For a row that stands for many events it is the first event that has one.
        """
        if self.has_row:
            self.say(f"looking for the {kind} …", "$tone-quiet")
            self.hopping_from = self.place
            self.jobs.hops(self.store, partial(_origins, self.store, self.rows, self.table.cursor_row), kind)
        else:
            self.warn("there is no event here to hop from")

    @on(HopsFound)
    def _hops_found(self, event: HopsFound) -> None:
        if self.hopping_from is None:
            return
        self.hopping_from = None
        self._hop(event)
        self.catch_up()

    def _hop(self, event: HopsFound) -> None:
        """Go to the best candidate where it is clearly the best, else let one be chosen."""
        if event.origin < 0:
            self.warn("nothing happened on this row")
            return
        if not event.candidates:
            what = f"event {self.store.number[event.origin]}" if self.lists_events else "this row"
            because = f": {visible(event.absence)}" if event.absence else ""
            self.warn(f"{_MISSING[event.kind]} {what}{because}")
            return
        self.last_hop = event
        best, *others = event.candidates
        if not others or best.score - others[0].score >= _CLEAR_LEAD:
            self._land(event, 0)
        else:
            self._offer(event)

    @needs_rows
    def action_other_candidates(self) -> None:
        """List the candidates of the last hop."""
        if self.last_hop is None:
            self.warn("there was no hop yet; p, f and c hop")
        else:
            self._offer(self.last_hop)

    def _offer(self, hop: HopsFound) -> None:
        self.say("")
        self.waiting_actions.clear()
        columns = (
            TableColumn("SCORE", right=True, sortable=False),
            TableColumn("EVENT", right=True, sortable=False),
            TableColumn("TIME", sortable=False, rank=1),
            TableColumn("PROCESS", sortable=False),
            TableColumn("CALL", sortable=False),
            TableColumn("MESSAGE", sortable=False),
        )
        source = ListedRows(columns, [self._candidate_cells(one) for one in hop.candidates])
        title = f"{hop.kind.capitalize()} of event {self.store.number[hop.origin]}"
        panel = ListPanel(
            title,
            source,
            lambda row, width: self._evidence(hop.candidates[row], width),
            hint="Enter hops, Esc stays; the best supported comes first",
        )
        self.lay_over(panel, lambda row: self._land(hop, row) if row is not None else None)

    def _candidate_cells(self, candidate: Candidate) -> tuple[Cell, ...]:
        store, row = self.store, candidate.row
        kind = store.event_type(row)
        return (
            Cell(f"{candidate.score:.2f}"),
            Cell(str(candidate.number), "quiet"),
            Cell(format_time(int(store.time[row]), store.epoch), "quiet"),
            Cell(event_place_text(store, row), "name"),
            Cell(f"{kind.direction} {kind.name}", event_tone(store, row)),
            Cell(visible(summary(shown_bytes(store.payload(row) or b"")))),
        )

    def _evidence(self, candidate: Candidate, width: int) -> Content:
        lines = [hanging("•", visible(words), 2, width) for words in candidate.evidence]
        said = visible(summary(shown_bytes(self.store.payload(candidate.row) or b"")))
        event = Content.styled(event_summary(self.store, candidate.row), "$tone-quiet")
        message = [Content.styled(said, "$text-accent"), Content()] if said else []
        return Content("\n").join([*lines, Content(), *message, event])

    def _land(self, hop: HopsFound, index: int) -> None:
        candidate = hop.candidates[index]
        self.go_to_event(candidate.row)
        words = visible(candidate.evidence[0]) if candidate.evidence else ""
        others = len(hop.candidates) - 1
        more = f"  (a: {others} other candidate{'s' if others > 1 else ''})" if others else ""
        origin = self.store.number[hop.origin]
        self.say(f"{hop.kind} of {origin}: {words}{more}", "$text-success")

    @needs_rows
    def action_twin(self) -> None:
        """To the exit of an enter event or the other way round."""
        row = self.event_row
        twin = int(self.store.twin[row]) if row >= 0 else -1
        if not self.lists_events or twin < 0:
            self.warn("there is no twin here" if twin < 0 else "twins are those of events; d goes to them")
        else:
            self.go_to_event(twin, stay=True)


def _origins(store: Store, source: PlaceSource, row: int) -> Rows:
    """Event rows to try, in this order: those of a row, or an event and its twin."""
    rows = source.event_rows(row)
    if len(rows) != 1:
        return rows[:_TRIED_ROWS]
    twin = int(store.twin[rows[0]])
    return np.append(rows, twin) if twin >= 0 else rows
