"""Moving about: search, and going to an event by its number or time."""

from __future__ import annotations

from textual import on

from hopscope_tui.messages import SearchProgressed, TextFound
from hopscope_tui.moments import row_of_moment
from hopscope_tui.navigator import Place, Position, event_key
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS, MainBase
from hopscope_tui.screens.prompt import Prompt


class MoveActions(MainBase):
    """Actions that choose another row."""

    needle = ""

    # --- search ----------------------------------------------------------------------------------

    @needs_rows
    def action_search(self) -> None:
        """Ask for a text and go to the first row that has it."""
        hint = "Enter finds; then n for the next, N for the previous"
        prompt = Prompt("Search in this view", self.needle, hint=hint, over=True)
        self.lay_over(prompt, self._begin_search)

    def _begin_search(self, text: str | None) -> None:
        if text is None:
            return
        self.needle = text
        self.table.highlight(text)
        if text:
            self._search(self.table.cursor_row, 1)

    @needs_rows
    def action_search_next(self) -> None:
        """The next row that has the text."""
        self._search_again(1)

    @needs_rows
    def action_search_previous(self) -> None:
        """The row before that has the text."""
        self._search_again(-1)

    def _search_again(self, step: int) -> None:
        if not self.needle:
            self.warn("nothing was searched for yet; Ctrl-F begins")
            return
        self.table.highlight(self.needle)
        self._search(self.table.cursor_row + step, step)

    def _search(self, start: int, step: int) -> None:
        self.say(f"searching for {self.needle} …", "$tone-quiet")
        self.jobs.find(self.rows, self.needle, start, step)

    @on(SearchProgressed)
    def _show_progress(self, event: SearchProgressed) -> None:
        if event.share:
            self.say(f"searching for {self.needle} … {event.share:.0%}, Esc stops", "$tone-quiet")

    @on(TextFound)
    def _found(self, event: TextFound) -> None:
        if event.row is None:
            self.warn(f"{self.needle} is nowhere in this view")
            return
        self.table.go_to(event.row)
        self.say("went round the end" if event.wrapped else "", "$tone-quiet")

    # --- an event by number or time --------------------------------------------------------------

    @needs_rows
    def action_go_to(self) -> None:
        """Ask for an event's number or a time and go there."""
        hint = "an event's number, seconds since the first event (1.25), or a time of day (12:34:56.789)"
        self.lay_over(Prompt("Go to", hint=hint, example="10049"), self._go_to_moment)

    def _go_to_moment(self, text: str | None) -> None:
        if not text or not text.strip():
            return
        row, problem = row_of_moment(self.store, text.strip())
        if problem:
            self.warn(problem)
        if row < 0:
            return
        if self.belongs_here(row):
            self._go_within(row)
        else:
            self.go_to_event(row)

    def _go_within(self, row: int) -> None:
        """Choose an event in the list of events of the same selection."""
        if self.lists_events:
            self.go_to_event(row, stay=True)
        else:
            here = self.place.at(self.position())
            self.go(Place(EVENTS, self.place.selection, here, position=Position(event_key(row))))
