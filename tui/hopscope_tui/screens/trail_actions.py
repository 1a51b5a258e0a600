"""The trail of a row: where it leads, how it is drawn, what else may have caused a span."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from hopscope.store.tables import NONE
from hopscope.text import visible
from hopscope.views.text import format_duration
from hopscope_tui.hanging import hanging
from hopscope_tui.messages import BarsWorkedOut
from hopscope_tui.navigator import ECHO, Place, Position, event_key
from hopscope_tui.own.places import OWN, TRAIL
from hopscope_tui.own.trail_state import TrailOf
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS, MainBase
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.summaries import event_label
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable
from hopscope_tui.widgets.waterfall import Waterfall

if TYPE_CHECKING:
    from hopscope.spans import Link
    from hopscope_tui.own.trail import TrailSource

_OF_PROCESSES = ("process", "thread")
"""Keys of the views whose rows are processes."""

MOST_MARKED = 1_000
"""Rows of a trail that are bookmarked at once."""


class TrailActions(MainBase):
    """Actions around trails."""

    @property
    def trail(self) -> TrailSource | None:
        """The trail that is shown, None elsewhere."""
        return self.waterfall.trail if self.place.view == TRAIL else None

    # --- going there -----------------------------------------------------------------------------

    @needs_rows
    def action_trail(self) -> None:
        """The trail that the chosen row belongs to; on a trail all that the row's process did."""
        if not self.has_row:
            self.warn("there is no row to look into")
            return
        place = self._trail_place()
        if place is None:
            self.warn("nothing happened on this row")
        else:
            self.go(place)

    def _trail_place(self) -> Place | None:
        row, event = self.table.cursor_row, self.event_row
        here = self.place.at(self.position())
        if event < 0:
            return None
        if self.trail is not None:
            subject = TrailOf(event, whole=True)
            return Place(
                TRAIL, self.place.selection, here, position=Position(event_key(event)), subject=subject
            )
        if self.place.view in (EVENTS, ECHO) or self.place.view in OWN:
            around = self.selection_around(event).selection
            return Place(TRAIL, around, here, position=Position(event_key(event)), subject=TrailOf(event))
        selection = self.rows.drill(row)
        if selection is None:
            return None
        whole = selection.steps[-1].kind in _OF_PROCESSES
        return Place(TRAIL, selection, here, subject=TrailOf(event if whole else NONE, whole=whole))

    def show_bars(self, place: Place) -> None:
        """Give the list's room to the bars, or back."""
        on_trail = place.view == TRAIL
        if self.body.has_class("-trail") != on_trail:
            self.body.set_class(on_trail, "-trail")
            if self.focused is None or isinstance(self.focused, VirtualTable):
                self.call_after_refresh(self._focus_rows)

    def _focus_rows(self) -> None:
        self.table.focus()

    @on(Waterfall.BarsWanted)
    def _want_bars(self, event: Waterfall.BarsWanted) -> None:
        if self.trail is not None:
            self.jobs.work_out_bars(self.trail, event.places)

    @on(BarsWorkedOut)
    def _bars_worked_out(self) -> None:
        self.waterfall.refresh_rows()
        if self.trail is not None:
            self.show_details()

    def show_details(self) -> None:
        """Write the details of the chosen row."""
        raise NotImplementedError

    @on(Waterfall.Zoomed)
    def _zoomed(self) -> None:
        trail = self.trail
        if trail is not None:
            first, last = trail.window
            since = format_duration(first) if first else "the beginning"
            self.say(f"{format_duration(last - first)} from {since} on; 0 shows all of it", "$tone-quiet")

    # --- a span ----------------------------------------------------------------------------------

    @needs_rows
    def action_last_event(self) -> None:
        """To the last event of the chosen span."""
        if self.trail is not None and self.has_row:
            self.go_to_event(self.trail.last_event(self.table.cursor_row))

    @needs_rows
    def action_mark_trail(self) -> None:
        """Ask for a note and bookmark the first event of every row."""
        trail = self.trail
        if trail is None or not self.has_row:
            return
        count = min(len(trail.trail), MOST_MARKED)
        words = (
            f"the {count:,} rows of this trail" if count == len(trail.trail) else f"the first {count:,} rows"
        )
        prompt = Prompt(f"Bookmark {words}", hint="a note for all of them; Enter keeps, Esc does not")
        self.lay_over(prompt, partial(self._mark, trail, count))

    def _mark(self, source: TrailSource, count: int, note: str | None) -> None:
        if note is None:
            return
        store, bookmarks, trail = self.store, self.capture.bookmarks, source.trail

        def keep() -> None:
            from hopscope.spans import title  # noqa: PLC0415  loaded with the trail

            marks = []
            for place in range(count):
                row = trail.first(place)
                words = f"{note}: {title(trail, place)}" if note.strip() else title(trail, place)
                marks.append((int(store.number[row]), words, int(store.time[row]), event_label(store, row)))
            bookmarks.add_all(marks)

        self.jobs.keep(keep, f"{count:,} rows of the trail are bookmarked")

    # --- other causes ----------------------------------------------------------------------------

    @needs_rows
    def action_other_causes(self) -> None:
        """List what else may have caused the chosen span; another choice hangs it there."""
        trail = self.trail
        if trail is None or not self.has_row:
            return
        node = trail.trail.nodes[trail.shown[self.table.cursor_row]]
        links = trail.trail.links
        found = links.candidates(node.span) if node.span != NONE else []
        if not found:
            self.warn("nothing else may have caused this row")
            return
        causes: list[Link | None] = [*found, None]
        rows = [self._cause_cells(trail, one) for one in causes]
        columns = (
            TableColumn("SCORE", right=True, sortable=False),
            TableColumn("EVENT", right=True, sortable=False),
            TableColumn("REQUEST", sortable=False),
        )
        now = links.cause(node.span)
        chosen = next((i for i, one in enumerate(causes) if (one.cause if one else NONE) == now), 0)

        def take(row: int | None) -> None:
            if row is not None and row != chosen:
                one = causes[row]
                self._hang(trail, node.span, one.cause if one is not None else NONE)

        panel = ListPanel(
            "What may have caused it", ListedRows(columns, rows), partial(_evidence, causes),
            row=chosen, hint="Enter hangs the row below it, Esc leaves it where it is",
        )  # fmt: skip
        self.lay_over(panel, take)

    def _cause_cells(self, source: TrailSource, link: Link | None) -> tuple[Cell, ...]:
        from hopscope.spans.words import span_title  # noqa: PLC0415  loaded with the trail

        if link is None:
            return Cell(""), Cell(""), Cell("nothing that was received", "quiet")
        number = self.store.number[source.trail.spans.first[link.cause]]
        return (
            Cell(f"{link.score:.2f}"),
            Cell(str(number), "quiet"),
            Cell(visible(span_title(source.trail, link.cause)), "name"),
        )

    def _hang(self, source: TrailSource, span: int, cause: int) -> None:
        """Draw the tree again with another cause for a span."""
        from hopscope_tui.own.trail import span_key  # noqa: PLC0415  loaded with the trail

        spans = source.trail.spans
        source.state.chosen[span_key(spans, span)] = span_key(spans, cause) if cause != NONE else None
        place = replace(self.place, position=Position(self.position().key))
        self.change(place)


def _evidence(causes: list[Link | None], row: int, width: int) -> Content:
    link = causes[row]
    if link is None:
        return hanging("•", "the process sent it by itself", 2, width)
    return Content("\n").join([hanging("•", visible(words), 2, width) for words in link.evidence])
