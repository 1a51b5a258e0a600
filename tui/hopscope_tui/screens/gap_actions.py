"""Where time went, and when nothing happened."""

from __future__ import annotations

import re

from hopscope.store.tables import NONE
from hopscope.views import Selection, TimeRange
from hopscope_tui.navigator import ECHO, Place
from hopscope_tui.own.places import BREAKDOWN, GAPS, OWN
from hopscope_tui.own.time_subjects import GapsOf, TimeOf
from hopscope_tui.place_texts import way
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.screens.trail_actions import TrailActions
from hopscope_tui.summaries import event_place_text

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s)?", re.ASCII)
_UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, None: 1_000_000_000}
_LONGEST = 1 << 62


class GapActions(TrailActions):
    """Actions that look at time rather than at events."""

    gap_length = "100ms"
    """The threshold that was asked for last."""

    @needs_rows
    def action_breakdown(self) -> None:
        """Where the time of the chosen row went: of its processes, of a span, in the range that is chosen."""
        place = self._time_place()
        if place is None:
            self.warn("no process is on this row")
        else:
            self.go(place)

    def _time_place(self) -> Place | None:
        here = self.place.at(self.position())
        if not self.has_row:
            return None
        event = self.event_row
        if self.trail is not None:
            return Place(BREAKDOWN, self.place.selection, here, subject=self._time_of_span())
        begin, stop = range_of(self.place.selection)
        if self.place.view in (EVENTS, ECHO) or self.place.view in OWN:
            process = int(self.store.process[event]) if event >= 0 else NONE
            if process == NONE:
                return None
            title = _within(event_place_text(self.store, event).partition(":")[0], begin, stop)
            subject = TimeOf(None, process, begin, stop, title)
            return Place(BREAKDOWN, self.place.selection, here, subject=subject)
        selection = self.rows.drill(self.table.cursor_row)
        if selection is None:
            return None
        title = _within(" > ".join(way(Place(EVENTS, selection))[-1:]), begin, stop)
        return Place(BREAKDOWN, selection, here, subject=TimeOf(None, None, begin, stop, title))

    def _time_of_span(self) -> TimeOf:
        """The time of the chosen row of a trail."""
        source, row = self.trail, self.table.cursor_row
        assert source is not None
        place = int(source.shown[row])
        trail = source.trail
        node = trail.nodes[place]
        lives = None
        if node.span != NONE:
            both = (int(trail.spans.thread[node.span]), int(trail.spans.answerer[node.span]))
            lives = tuple({one for one in both if one != NONE})
        return TimeOf(lives, node.process, trail.start(place), trail.stop(place), source.evidence(row)[1])

    @needs_rows
    def action_gaps(self) -> None:
        """Ask how long a gap is at least, and list those between the events one looks at."""
        hint = "between the events of the selection; 100ms, 1.5s, 20us"
        prompt = Prompt("Gaps longer than", self.gap_length, hint=hint, over=True)
        self.lay_over(prompt, self._list_gaps)

    def _list_gaps(self, text: str | None) -> None:
        if text is None or not text.strip():
            return
        found = _DURATION.fullmatch(text.strip())
        if found is None:
            self.warn(f"{text.strip()!r} is no duration such as 100ms, 1.5s or 20us")
            return
        self.gap_length = text.strip()
        here = self.place.at(self.position())
        subject = GapsOf(min(round(float(found[1]) * _UNITS[found[2]]), _LONGEST))
        self.go(Place(GAPS, self.place.selection, here, subject=subject))


def range_of(selection: Selection) -> tuple[int | None, int | None]:
    """The range of time that a selection leaves, ns since 1970; None where it has none."""
    ranges = [step.condition for step in selection.steps if isinstance(step.condition, TimeRange)]
    if not ranges:
        return None, None
    return max(one.start for one in ranges), min(one.stop for one in ranges)


def _within(title: str, begin: int | None, stop: int | None) -> str:
    return f"{title}, in the range of time" if begin is not None and stop is not None else title
