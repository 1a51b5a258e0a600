"""What a file held: put together in the background and shown in a panel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hopscope_tui.messages import FileRead
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.screens.list_panel import Panel
from hopscope_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from hopscope_tui.file_rows import FileRows


class FileActions(MainBase):
    """The action that shows what the file of a row held."""

    @needs_rows
    def action_read_file(self) -> None:
        """Who read and wrote the file of the chosen row, and its contents."""
        if not self.has_row:
            self.warn("there is no row to look into")
            return
        self.say("putting the file together …", "$tone-quiet")
        self.jobs.read_file(self.store, partial(self.rows.event_rows, self.table.cursor_row))

    @on(FileRead)
    def _show_file(self, event: FileRead) -> None:
        if event.rows is None:
            self.warn("nothing on this row is about a file")
            return
        self.say("")
        self.lay_over(FilePanel(event.rows), self._go_to_use)

    def _go_to_use(self, row: int | None) -> None:
        if row is not None:
            self.go_to_event(row)


class FilePanel(Panel[int]):
    """A file; the result is the event row of the use on which Enter was pressed."""

    table = getters.query_one("#panel-table", VirtualTable)

    def __init__(self, rows: FileRows) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """The lines, and the keys below them."""
        with Vertical(id="panel", classes="list-panel"):
            yield VirtualTable(id="panel-table")
            hint = "Enter on a use goes to its event, Esc closes"
            yield Static(Content.styled(hint, "$tone-quiet"), id="panel-hint")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#panel").border_title = Content(self._rows.title)
        self.table.show(self._rows)

    @on(VirtualTable.RowOpened)
    def action_choose(self) -> None:
        """Go to the event of a use; other lines lead nowhere."""
        row = self._rows.uses[self.table.cursor_row] if len(self._rows) else -1
        if row >= 0:
            self.dismiss(row)
