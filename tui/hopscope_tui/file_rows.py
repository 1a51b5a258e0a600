"""What a file held as rows of a table; made in a worker, since all of it is made safe to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hopscope.text import visible
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn

if TYPE_CHECKING:
    from hopscope.views.file_lines import FileLine

LONGEST_LINE = 132
"""Cells after which a line of the contents goes on in the next row."""

_TONES = {"use": "network", "gap": "error", "text": ""}
"""Tone of a line by its kind."""


class FileRows(ListedRows):
    """The lines about a file; long ones take several rows.

    Attributes:
        title: which file it is.
        uses: event row to which each row leads, -1.
    """

    def __init__(self, lines: Sequence[FileLine]) -> None:
        column = TableColumn("", sortable=False, help="Who used the file, and its contents")
        rows: list[tuple[Cell, ...]] = []
        self.title = visible(lines[0].text)
        self.uses: list[int] = []
        for line in lines[1:]:
            text = visible(line.text.expandtabs(8))
            for at in range(0, max(1, len(text)), LONGEST_LINE):
                rows.append((Cell(text[at : at + LONGEST_LINE], _TONES[line.kind]),))
                self.uses.append(line.row)
        super().__init__((column,), rows)
