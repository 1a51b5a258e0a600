"""The timeline: draw it, and narrow what is shown to a range that was brushed on it."""

from __future__ import annotations

from textual import on

from hopscope.store.store import Store
from hopscope.views import Selection
from hopscope.views.links import time_link
from hopscope_tui.messages import DensityFound
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.filter_actions import FilterActions
from hopscope_tui.widgets.timeline import Timeline

_Counted = tuple[Store, Selection, int, bool]
"""A capture, a selection of it, stretches of time, and True for the range alone."""
_KNOWN = 8
"""Selections whose events need not be counted again when one comes back to them."""


def _is_same(one: _Counted, other: _Counted) -> bool:
    return one[0] is other[0] and one[1] is other[1] and one[2:] == other[2:]


class TimeActions(FilterActions):
    """Actions around the timeline.

    Attributes:
        zoomed: True while it shows the range of time that is chosen, False for the whole capture.
    """

    zoomed = False
    _counted: _Counted | None = None
    _known: tuple[DensityFound, ...] = ()

    def draw_timeline(self) -> None:
        """Have the events of the selection counted by time; they are already for another view of the same."""
        if not self.timeline.size.width:
            return
        wanted = self.store, self.place.selection, self.timeline.stretches, self.zoomed
        if self._counted is None or not _is_same(wanted, self._counted):
            self._counted = wanted
            known = next((one for one in self._known if _is_same(one.of, wanted)), None)
            if known is None:
                self.jobs.density(*wanted)
            else:
                self.timeline.show(known.density, self.store.epoch)

    @on(Timeline.Resized)
    def _draw_again(self) -> None:
        self.draw_timeline()

    @on(DensityFound)
    def _show_density(self, event: DensityFound) -> None:
        others = (one for one in self._known if one.of[0] is self.store and not _is_same(one.of, event.of))
        self._known = (event, *others)[:_KNOWN]
        if self._counted is None or _is_same(event.of, self._counted):
            self.timeline.show(event.density, self.store.epoch)

    @needs_rows
    def action_brush(self) -> None:
        """Give the keys to the timeline, with the marker at the chosen event."""
        if self.timeline.has_focus:
            self._leave_timeline()
            return
        row = self.event_row if self.lists_events else -1
        self.timeline.start_at(int(self.store.time[row]) if row >= 0 else None)
        self.say("← → move, Space begins a range, Enter takes it, Esc gives it up", "$tone-quiet")

    @on(Timeline.Left)
    def _leave_timeline(self) -> None:
        self.table.focus()

    @on(Timeline.Brushed)
    def _take_brushed(self, event: Timeline.Brushed) -> None:
        self._take_range(event.begin, event.end, event.count)

    @needs_rows
    def _take_range(self, start: int, stop: int, count: int) -> None:
        if not count:
            self.warn("nothing happened in this range of time")
            return
        self.table.focus()
        self.add_link(time_link(start, stop, self.store.epoch))

    @needs_rows
    def action_zoom_timeline(self) -> None:
        """The timeline of the range that is chosen, or of the whole capture."""
        ranged = any(step.kind == "time" for step in self.place.selection.steps)
        if not self.zoomed and not ranged:
            self.warn("the timeline shows the whole capture already; I chooses a range of time")
            return
        self.zoomed = not self.zoomed
        self.say("timeline of the range" if self.zoomed else "timeline of the whole capture", "$tone-quiet")
        self.draw_timeline()
