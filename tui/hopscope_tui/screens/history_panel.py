"""The filters typed before, narrowed by what is typed above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from hopscope.redaction import shown
from hopscope.text import visible
from hopscope_tui.keymap import bindings
from hopscope_tui.screens.modal import Modal
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from hopscope_tui.jobs import Jobs

_COLUMNS = (TableColumn("FILTER", sortable=False),)


class HistoryPanel(Modal[str]):
    """Choose a filter typed before, the last one first; the result is its text.

    Args:
        text: what to look for at first.
        jobs: the workers, which forget a line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]
    AUTO_FOCUS = "Input"

    def __init__(self, text: str, jobs: Jobs) -> None:
        super().__init__()
        self._text = text
        self._jobs = jobs
        self._lines: tuple[str, ...] = ()
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """What to look for, what was found, the keys."""
        with Vertical(id="panel", classes="list-panel"):
            yield Input(self._text, placeholder="words that the filter has", compact=True)
            yield VirtualTable(id="history-table")
            hint = "Enter takes the filter, Ctrl-T forgets it, Esc closes"
            yield Static(Content.styled(hint, "$tone-quiet"), id="panel-hint")

    def on_mount(self) -> None:
        """Set the title."""
        self.query_one("#panel").border_title = Content("Filters typed before")
        self.query_one(VirtualTable).can_focus = False
        self._search()

    def take_lines(self, lines: tuple[str, ...]) -> None:
        """Show lines, the oldest first."""
        self._lines = lines
        self._search()

    @on(Input.Changed)
    def _search(self) -> None:
        """Show the lines that have all the words, in any case."""
        words = self.query_one(Input).value.casefold().split()
        self._found = [
            line for line in reversed(self._lines) if all(word in line.casefold() for word in words)
        ]
        rows = [(Cell(visible(shown(line)), "name"),) for line in self._found]
        empty = "no filter typed before has these words" if self._lines else "no filter was typed yet"
        table = self.query_one(VirtualTable)
        table.show(ListedRows(_COLUMNS, rows), table.cursor_row, empty_text=empty)

    @on(VirtualTable.CursorMoved)
    def _stay(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()

    def action_move(self, rows: int) -> None:
        """Choose a row further up or down."""
        self.query_one(VirtualTable).cursor_row += rows

    @on(Input.Submitted)
    @on(VirtualTable.RowOpened)
    def action_choose(self) -> None:
        """Take the chosen line."""
        if self._found:
            self.dismiss(self._found[self.query_one(VirtualTable).cursor_row])

    def action_forget(self) -> None:
        """Forget the chosen line."""
        if self._found:
            self._jobs.forget(self._found[self.query_one(VirtualTable).cursor_row])
