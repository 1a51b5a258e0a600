"""How lists of events are shown: forms of times, calls in one row or two, what happened around an event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hopscope.views import Selection, Step, TimeRange, selection_of_event
from hopscope.views.chosen import ChosenEvents
from hopscope.views.time_forms import FORMS, TimeForm, Times
from hopscope_tui.look import Look
from hopscope_tui.navigator import Place, Position, event_key
from hopscope_tui.own.places import OPEN
from hopscope_tui.own.time_subjects import OpenAt
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS
from hopscope_tui.screens.look_actions import LookActions

AROUND = 10_000_000
"""ns before and after an event that are shown first."""

WIDER = 10
"""So many times as much is shown when the key is pressed again."""


class ListActions(LookActions):
    """Actions on lists of events as a whole."""

    _around: tuple[Selection, int, int] | None = None  # what is shown, around which row, ns on both sides

    @needs_rows
    def action_time_form(self) -> None:
        """The next form of times."""
        times = self.look.times
        forms = [form for form in FORMS if form is not TimeForm.REFERENCE or times.reference_number >= 0]
        form = forms[(forms.index(times.form) + 1) % len(forms)]
        self._show_times(replace(times, form=form))

    @needs_rows
    def action_reference_time(self) -> None:
        """Times since the chosen event; on that event again, since the first one."""
        row = self._event_of_list()
        if row < 0:
            return
        number = int(self.store.number[row])
        if self.look.times.form is TimeForm.REFERENCE and self.look.times.reference_number == number:
            self._show_times(Times())
        else:
            self._show_times(Times(TimeForm.REFERENCE, int(self.store.time[row]), number))

    def _show_times(self, times: Times) -> None:
        counted = times.form.value
        if times.form is TimeForm.REFERENCE:
            counted = f"since event {times.reference_number}"
        self._look_otherwise(replace(self.look, times=times), f"times: {counted}")

    @needs_rows
    def action_join_calls(self) -> None:
        """Enter and exit of a call in one row, or in two."""
        joined = not self.look.joined
        words = "one row a call, with its latency" if joined else "a row for each enter and exit"
        self._look_otherwise(replace(self.look, joined=joined), words)

    def _look_otherwise(self, look: Look, words: str) -> None:
        self.look = look
        self.say(words if self.lists_events else f"{words} (in lists of events)", "$tone-quiet")
        if self.lists_events:
            self.change(replace(self.place, position=Position(self.position().key)))

    @needs_rows
    def action_around(self) -> None:
        """All events some milliseconds around the chosen one; again for ten times as many."""
        row, width = self._event_of_list(), AROUND
        parent: Place | None = self.place.at(self.position())
        if row < 0:
            return
        if self._around is not None and self._around[0] is self.place.selection:
            _, row, width = self._around
            width, parent = width * WIDER, self.place.parent
        moment = int(self.store.time[row])
        words = f"{width // 1_000_000:,} ms around {int(self.store.number[row])}"
        step = Step("time", words, TimeRange(moment - width, moment + width + 1))
        selection = Selection().push(step)
        self._around = selection, row, width
        self.go(Place(EVENTS, selection, parent, position=Position(event_key(row))))
        self.say(f"{words}; W again for ten times as much, Backspace goes back", "$tone-quiet")

    @needs_rows
    def action_open_descriptors(self) -> None:
        """What the process of the chosen event had open at that moment."""
        row = self._event_of_list()
        if row < 0:
            return
        if int(self.store.thread[row]) < 0:
            self.warn("no process belongs to this event")
            return
        selection = selection_of_event(self.store, row)
        while selection.steps and selection.steps[-1].kind == "descriptor":
            selection = selection.pop()
        moment = f"open at {int(self.store.number[row])}"
        selection = selection.push(Step("moment", moment, ChosenEvents(np.array([row], np.int64))))
        self.go(Place(OPEN, selection, self.place.at(self.position()), subject=OpenAt(row)))

    def _event_of_list(self) -> int:
        """The chosen event, or the first one of the chosen row; -1, with a word, where there is none."""
        row = self.event_row
        if row < 0:
            self.warn("no event is chosen")
        return row
