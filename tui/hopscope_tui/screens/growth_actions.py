"""A capture that is still being read while it is looked at: taking in more, stopping, following."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from hopscope.attached import detach
from hopscope.store.store import Store
from hopscope.views.carrying import carry_key
from hopscope_tui.messages import ViewGrew
from hopscope_tui.navigator import ECHO
from hopscope_tui.opening import Opened, State
from hopscope_tui.reading_text import reading_parts
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.widgets.line import Part

WORTH_WARMING = 150_000
"""Events from which a person would notice the first look at a view or a trail."""


class GrowthActions(MainBase):
    """Actions around a capture that grows.

    Attributes:
        follows_end: the last event is chosen again whenever more have come.
    """

    follows_end = False
    _newer: Opened | None = None
    _is_growing = False
    _growing_to: Opened | None = None
    _warmed: Store | None = None

    # --- more of the capture ---------------------------------------------------------------------

    @property
    def is_there(self) -> bool:
        """True between the first rows and the end of the screen."""
        return self.source is not None and self.query_one_optional("#title") is not None

    def show_progress(self) -> None:
        """Say in the title how far reading is."""
        if self.is_there:
            self.show_title()

    def note(self, text: str) -> None:
        """Say what the person should know about reading."""
        if self.is_there:
            self.warn(text)

    def take_in(self, opened: Opened) -> None:
        """Take in what there is of the capture now; the rows that are shown follow when it suits."""
        if not self.is_there:
            self._newer = opened
        elif opened.store is self.capture.store:
            self.capture = replace(opened, first=None)
            self.show_title()
            self.ask_for_session()
        else:
            self._newer = opened
            self.show_title()
            self.grow()

    def grow(self) -> None:
        """Work out the rows one looks at anew, if more is there and nothing else is being worked out."""
        newer = self._newer
        if newer is None:
            if self.capture.state.is_over:
                self.opening.settled.set()
            self._warm()
        if newer is None or self._is_growing or self.is_busy or not self.is_there:
            return
        self._newer, self._growing_to = None, newer
        self._is_growing = True
        self.navigator.remember(self.position())
        self.jobs.grow(newer, self.store, self.navigator, self.maker_of(newer), self.look)

    def _warm(self) -> None:
        """Work out beforehand what views of a large capture need, once all of it is there."""
        if self.capture.state.is_over and self._warmed is not self.store and len(self.store) >= WORTH_WARMING:
            self._warmed = self.store
            self.jobs.warm(self.store)

    @on(ViewGrew)
    def _grown(self, event: ViewGrew) -> None:
        self._is_growing = False
        if self.is_busy or event.start is not self.place:  # one has gone elsewhere meanwhile
            self._newer = self._newer or event.opened
        else:
            self._replace_rows(event)
        self.grow()

    def _replace_rows(self, event: ViewGrew) -> None:
        row, top = self._row_again(event)
        before = self.store
        self.capture = replace(event.opened, first=None)
        self.maker = self.maker_of(event.opened)
        self.navigator = event.navigator
        self.show_title()
        self.show_rows(self.place, event.source, row, top, event.sight)
        detach(before)
        self.ask_for_session()

    def _row_again(self, event: ViewGrew) -> tuple[int, int | None]:
        """The chosen row among the new ones, and the first row on the screen, so that nothing jumps."""
        source, table = event.source, self.table
        if self.follows_end:
            return max(len(source) - 1, 0), None
        chosen, top = table.cursor_row, table.top_row
        if chosen == 0 and top == 0:
            return 0, 0
        key = self.position().key
        same = key == event.start.position.key
        now = event.navigator.place.position.key if same else carry_key(key, self.store, event.opened.store)
        found = source.find_key(now)
        row = found if found is not None else min(chosen, max(len(source) - 1, 0))
        if top == 0 and row < table.page_rows:
            return row, 0
        return row, max(0, row - (chosen - top))

    def not_grown(self) -> None:
        """The rows could not be worked out anew; those of the next place are tried with what is there."""
        self._is_growing = False
        self._newer = self._newer or self._growing_to

    # --- the title -------------------------------------------------------------------------------

    def reading(self) -> list[Part]:
        """How far it is, or what is going on."""
        return reading_parts(self.opening.progress, self.opening.state, at_end=self.follows_end)

    # --- what the person wants -------------------------------------------------------------------

    def stop_reading(self) -> bool:
        """Read no further and keep what is there. False where nothing is being read."""
        if self.opening.state not in (State.READING, State.WAITING):
            return False
        self.opening.stop()
        self.say("stopped; what was read is here, r reads on", "$tone-quiet")
        return True

    def action_go_on(self) -> None:
        """Read on after it was stopped."""
        state = self.opening.state
        if state is State.STOPPED:
            self.opening.go_on()
            self.say("reading on", "$tone-quiet")
        elif state is State.BROKEN:
            self.warn("the process that read the capture has ended; open the capture again")
        else:
            self.say("all of it is here" if state.is_over else "it is being read; Esc stops", "$tone-quiet")

    @needs_rows
    def action_follow_end(self) -> None:
        """Choose the last event whenever more have come, or no longer do."""
        if self.opening.state.is_over:
            self.say("nothing more comes: all of the capture is here", "$tone-quiet")
        elif not self.lists_events and self.place.view != ECHO:
            self.warn("new events are followed in a list of events; d goes to the events of the row")
        else:
            self.follow_end(not self.follows_end)
            self.say("following new events" if self.follows_end else "staying here", "$tone-quiet")

    def follow_end(self, follows: bool) -> None:
        """Follow new events or stay where one is."""
        self.follows_end = follows
        if follows:
            self.table.action_last()
        self.show_title()

    def row_was_chosen(self) -> None:
        """Whoever leaves the last row no longer wants to be taken to it."""
        if self.follows_end and self.table.cursor_row < len(self.table.source) - 1:
            self.follow_end(False)
