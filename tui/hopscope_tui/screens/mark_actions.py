"""Bookmarks: set, list, jump from one to the next."""

from __future__ import annotations

from functools import partial

from textual import on

from hopscope.bookmarks import Bookmark
from hopscope.errors import UsageError
from hopscope.text import visible
from hopscope_tui.messages import BookmarksChanged
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.saved_list import SavedTexts
from hopscope_tui.screens.bookmark_panel import BookmarkPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.screens.saving_actions import SavingActions
from hopscope_tui.summaries import event_label


class MarkActions(SavingActions):
    """Actions around bookmarks."""

    @needs_rows
    def action_bookmark(self) -> None:
        """Bookmark the chosen event, or change its note."""
        row = self.event_row
        if row < 0:
            self.warn("there is no event here to bookmark")
            return
        number = int(self.store.number[row])
        earlier = self.capture.bookmarks.get(number)
        title = f"Note for event {number}" if earlier else f"Bookmark event {number}"
        hint = "a note if you like; Enter keeps, Esc does not"
        prompt = Prompt(title, earlier.note if earlier else "", hint=hint)
        self.lay_over(prompt, lambda note: self._keep(row, note))

    def _keep(self, row: int, note: str | None) -> None:
        if note is None:
            return
        store = self.store
        number, time, label = int(store.number[row]), int(store.time[row]), event_label(store, row)
        bookmarks = self.capture.bookmarks
        if bookmarks.get(number) is not None:
            self.jobs.keep(lambda: bookmarks.rename(number, note), f"note of event {number} changed")
        else:
            self.jobs.keep(lambda: bookmarks.add(number, note, time, label), f"event {number} is bookmarked")

    @on(BookmarksChanged)
    def _bookmarks_changed(self, event: BookmarksChanged) -> None:
        self.show_title()
        self.table.refresh_rows()
        self.say(event.text, "$tone-mark")
        self.tell_panel(BookmarkPanel, BookmarkPanel.refresh_list)

    @needs_rows
    def action_bookmarks(self) -> None:
        """The list of all bookmarks."""
        panel = BookmarkPanel(self.capture.bookmarks, self.jobs, self.store.epoch, self._save_bookmarks)
        self.lay_over(panel, self._jump_to)

    def _save_bookmarks(self) -> None:
        """Save the bookmarks to a file."""
        from hopscope.bookmarks.export import as_json  # noqa: PLC0415  only who saves needs it
        from hopscope.views.export import exported_listing  # noqa: PLC0415

        marks = self.capture.bookmarks.list()
        headings = [("EVENT", True), ("TIME", False), ("WHERE", False), ("NOTE", False)]
        objects = as_json(marks)
        texts = [
            [str(one["event"]), one["time"], visible(one["label"]), visible(one["note"])] for one in objects
        ]
        listing = SavedTexts(headings, texts, objects)
        self.save_list("Bookmarks", "bookmarks", partial(exported_listing, listing))

    def _jump_to(self, number: int | None) -> None:
        if number is None:
            return
        try:
            row = self.store.row_of(number)
        except UsageError as error:
            self.warn(str(error))
            return
        self.go_to_event(row, stay=True)

    @needs_rows
    def action_next_bookmark(self) -> None:
        """To the next bookmark behind the chosen event."""
        self._step_to(self.capture.bookmarks.next(self._number()), "behind")

    @needs_rows
    def action_previous_bookmark(self) -> None:
        """To the bookmark before the chosen event."""
        self._step_to(self.capture.bookmarks.previous(self._number()), "before")

    def _number(self) -> int:
        row = self.event_row
        return int(self.store.number[row]) if row >= 0 else -1

    def _step_to(self, bookmark: Bookmark | None, where: str) -> None:
        if bookmark is None:
            self.warn(f"there is no bookmark {where} this event; M lists all, m sets one")
        else:
            self._jump_to(bookmark.number)
            self.say(bookmark_text(bookmark), "$tone-mark")


def bookmark_text(bookmark: Bookmark) -> str:
    """A bookmark in one line."""
    return visible(f"◆ {bookmark.number} {bookmark.note or bookmark.label}")
