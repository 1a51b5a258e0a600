"""The list of bookmarks: jump, change a note, delete, bring back."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from hopscope.bookmarks import Bookmark, Bookmarks
from hopscope.text import visible
from hopscope.views.text import format_time
from hopscope_tui.jobs import Jobs
from hopscope_tui.keymap import bindings
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

_COLUMNS = (
    TableColumn("EVENT", right=True, sortable=False),
    TableColumn("TIME", sortable=False, rank=1),
    TableColumn("WHERE", sortable=False),
    TableColumn("NOTE", sortable=False),
)


class BookmarkPanel(ListPanel):
    """All bookmarks of the capture; the result is the number of the event to jump to."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("marks")]

    def __init__(self, bookmarks: Bookmarks, jobs: Jobs, epoch: int, export: Callable[[], None]) -> None:
        self._bookmarks = bookmarks
        self._jobs = jobs
        self._epoch = epoch
        self._export = export
        self._listed: tuple[Bookmark, ...] = ()
        super().__init__(
            "Bookmarks",
            self._rows(),
            self._notes_of,
            empty_text="no bookmarks yet\nm sets one on the chosen event",
            hint="Enter jumps, r changes the note, d deletes, u brings back, E saves, Esc closes",
        )

    def _rows(self) -> ListedRows:
        self._listed = self._bookmarks.list()
        return ListedRows(_COLUMNS, [self._cells(one) for one in self._listed])

    def _cells(self, bookmark: Bookmark) -> tuple[Cell, ...]:
        return (
            Cell(str(bookmark.number), "quiet"),
            Cell(format_time(bookmark.time_ns, self._epoch), "quiet"),
            Cell(visible(bookmark.label), "name"),
            Cell(visible(bookmark.note), "mark"),
        )

    def _notes_of(self, row: int, width: int) -> Content:
        bookmark = self._listed[row]
        lines = [
            Content.styled(f"event {bookmark.number}", "bold"),
            Content(visible(bookmark.label)),
            Content(),
            Content.styled(
                visible(bookmark.note) or "no note", "$tone-mark" if bookmark.note else "$tone-quiet"
            ),
        ]
        return Content("\n").join(lines)

    def refresh_list(self) -> None:
        """Show the bookmarks as they are, with the same row chosen."""
        self.show_rows(self._rows(), self.table.cursor_row)

    def action_choose(self) -> None:
        """Jump to the chosen bookmark."""
        if self._listed:
            self.dismiss(self._listed[self.table.cursor_row].number)

    def action_rename(self) -> None:
        """Change the note of the chosen bookmark."""
        if self._listed:
            bookmark = self._listed[self.table.cursor_row]
            prompt = Prompt(f"Note for event {bookmark.number}", bookmark.note)
            self.app.push_screen(prompt, lambda note: self._rename(bookmark.number, note))

    def _rename(self, number: int, note: str | None) -> None:
        if note is not None:
            self._jobs.keep(lambda: self._bookmarks.rename(number, note), f"note of event {number} changed")

    def action_delete(self) -> None:
        """Delete the chosen bookmark."""
        if self._listed:
            number = self._listed[self.table.cursor_row].number
            self._jobs.keep(lambda: self._bookmarks.remove(number), f"bookmark of event {number} deleted")

    def action_export(self) -> None:
        """Save the list to a file."""
        self._export()

    def action_undo(self) -> None:
        """Bring back the bookmark that was deleted last."""
        self._jobs.keep(self._bookmarks.undo, "bookmark is back")
