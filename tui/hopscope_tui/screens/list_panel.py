"""A panel with a list to choose from and notes about the chosen row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from hopscope_tui.keymap import bindings
from hopscope_tui.screens.modal import Modal
from hopscope_tui.screens.one_frame import Result
from hopscope_tui.widgets.notes_pane import NotesPane
from hopscope_tui.widgets.row_source import RowSource
from hopscope_tui.widgets.virtual_table import VirtualTable


class Panel(Modal[Result]):
    """A panel without a line to type in: Escape and ``q`` close it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panel")]
    AUTO_FOCUS = "*"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  an attribute of Textual's screens

    def action_choose(self) -> None:
        """Enter; panels without a choice close."""
        self.dismiss(None)


class ListPanel(Panel[int]):
    """Choose one row; the result is its index, None when nothing was chosen."""

    table = getters.query_one("#panel-table", VirtualTable)
    notes = getters.query_one("#panel-side", NotesPane)

    def __init__(
        self,
        title: str,
        source: RowSource,
        note: Callable[[int, int], Content],
        *,
        row: int = 0,
        empty_text: str = "",
        hint: str = "Enter chooses, Esc closes",
        short: bool = False,
    ) -> None:
        """Build the panel.

        Args:
            title: on the frame.
            source: the rows to choose from.
            note: the notes about a row, in so many cells.
            row: the row that is chosen at first.
            empty_text: what to say where there is no row.
            hint: the keys, below the list.
            short: True where rows are short and notes long.
        """
        super().__init__()
        self._title = title
        self._source = source
        self._note = note
        self._row = row
        self._empty_text = empty_text
        self._hint = hint
        self._short = short

    def compose(self) -> ComposeResult:
        """The list on the left, notes on the right."""
        with Vertical(id="panel", classes=f"list-panel {'-short-rows' if self._short else ''}"):
            with Horizontal(id="panel-body"):
                yield VirtualTable(id="panel-table")
                yield NotesPane(id="panel-side")
            yield Static(Content.styled(self._hint, "$tone-quiet"), id="panel-hint")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#panel").border_title = Content(self._title)
        self.show_rows(self._source, self._row)

    def show_rows(self, source: RowSource, row: int = 0) -> None:
        """Show other rows, for instance after one was deleted."""
        self._source = source
        self.table.show(source, row, empty_text=self._empty_text)
        if not len(source):
            self.notes.show(None)

    def say(self, text: str) -> None:
        """Say something in the place of the keys."""
        self.query_one("#panel-hint", Static).update(Content(text))

    @on(VirtualTable.CursorMoved)
    def _row_chosen(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        if self.is_open and len(self._source):
            self.notes.show(partial(self._note, self.table.cursor_row))

    @on(VirtualTable.RowOpened)
    def action_choose(self) -> None:
        """Take the chosen row."""
        if len(self._source):
            self.dismiss(self.table.cursor_row)
