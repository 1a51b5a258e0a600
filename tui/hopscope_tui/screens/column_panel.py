"""Which columns of a view are shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from hopscope.views import Column
from hopscope_tui.keymap import bindings
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

_COLUMNS = (TableColumn("SHOWN", sortable=False), TableColumn("COLUMN", sortable=False))


class ColumnPanel(ListPanel):
    """Choose columns; ``names`` has them when the panel is closed with Enter.

    Args:
        columns: all that the view has here, in its own order.
        shown: names of those that are shown, in their order.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("columns")]

    def __init__(self, columns: Sequence[Column], shown: Sequence[str]) -> None:
        by_name = {column.name: column for column in columns}
        self._own = [column.name for column in columns]
        self._shown = [name for name in shown if name in by_name]
        self._order = [*self._shown, *(name for name in self._own if name not in self._shown)]
        self._columns = by_name
        super().__init__(
            "Columns",
            self._rows(),
            lambda row, _: Content(self._columns[self._order[row]].help),
            hint="Space shows or hides, Shift ↑ ↓ moves, u the view's own, Enter takes them",
            short=True,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that were chosen, in their order; empty for the view's own."""
        chosen = tuple(name for name in self._order if name in self._shown)
        return () if chosen == tuple(self._own) else chosen

    def _rows(self) -> ListedRows:
        return ListedRows(
            _COLUMNS,
            [
                (Cell("[x]" if name in self._shown else "[ ]"), Cell(self._columns[name].title, "name"))
                for name in self._order
            ],
        )

    def action_show_or_hide(self) -> None:
        """Show the column or hide it; one of them stays."""
        name = self._order[self.table.cursor_row]
        if name not in self._shown:
            self._shown.append(name)
        elif len(self._shown) > 1:
            self._shown.remove(name)
        else:
            self.say("one column has to stay")
            return
        self.show_rows(self._rows(), self.table.cursor_row)

    def action_move_column(self, step: int) -> None:
        """Move the column to the left or right."""
        at = self.table.cursor_row
        to = max(0, min(at + step, len(self._order) - 1))
        self._order.insert(to, self._order.pop(at))
        self.show_rows(self._rows(), to)

    def action_reset(self) -> None:
        """The columns of the view as it is declared."""
        self._order, self._shown = list(self._own), list(self._own)
        self.show_rows(self._rows())
