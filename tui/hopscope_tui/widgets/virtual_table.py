"""A table that draws millions of rows, because only the rows on the screen exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hopscope_tui.keymap import bindings
from hopscope_tui.tones import TONE_CLASSES, tone_class
from hopscope_tui.widgets.cell_text import fit, joined, places, stretches
from hopscope_tui.widgets.column_layout import GAP, ColumnLayout, lay_out, natural_widths
from hopscope_tui.widgets.first_sight import PAGE, FirstSight, page_cells
from hopscope_tui.widgets.row_source import Cell, NoRows, RowSource, TableColumn

NO_COLUMN = -1
_HEADER_LINES = 1
_SIDEWAYS = 8
"""Cells scrolled at once."""

_CELL_MARK = Style(bold=True)
_GAP = " " * GAP


class VirtualTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a :class:`RowSource` under a fixed header, with one row chosen.

    The header is the first line of the scrolled area, so row ``r`` lies in virtual line ``r + 1``.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *TONE_CLASSES,
        "virtual-table--header",
        "virtual-table--sorted",
        "virtual-table--cursor",
        "virtual-table--found",
        "virtual-table--empty",
    }
    ALLOW_SELECT = False

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """Cells of all rows. As both scrollbars are always there, nothing is laid out anew when it changes."""
    cursor_row = reactive(0, repaint=False)
    """Row that is chosen, 0 where there is none."""
    cursor_column = reactive(NO_COLUMN, repaint=False)
    """Column of the source whose cell is chosen in that row, NO_COLUMN for the whole row."""

    @dataclass
    class CursorMoved(Message):
        """Another row was chosen, or the same row of another source."""

        table: VirtualTable
        row: int

        @property
        def control(self) -> VirtualTable:
            """The table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Only the last one counts."""
            return isinstance(message, VirtualTable.CursorMoved)

    @dataclass
    class RowOpened(Message):
        """A row was double-clicked."""

        table: VirtualTable
        row: int

        @property
        def control(self) -> VirtualTable:
            """The table."""
            return self.table

    @dataclass
    class HeaderClicked(Message):
        """The header of a column that can be sorted was clicked."""

        table: VirtualTable
        column: int

        @property
        def control(self) -> VirtualTable:
            """The table."""
            return self.table

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._source: RowSource = NoRows()
        self._laid_out: ColumnLayout | None = None
        self._room = 0
        self._natural: Sequence[int] = ()
        self._empty_text = ""
        self._needle = ""
        self._pages: LRUCache[int, list[tuple[Cell, ...]]] = LRUCache(256)
        self._strips: LRUCache[tuple[int, int | None, int, int], Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def source(self) -> RowSource:
        """The rows that are shown."""
        return self._source

    def show(
        self,
        source: RowSource,
        cursor: int = 0,
        top: int | None = None,
        empty_text: str = "",
        sight: FirstSight | None = None,
    ) -> None:
        """Show another source.

        Args:
            source: the rows.
            cursor: row to choose.
            top: first row on the screen; None puts the chosen row in sight.
            empty_text: what to say where there are no rows.
            sight: what is known of it already.
        """
        titles = [column.title for column in self._source.columns]
        self._source = source
        self._empty_text = empty_text
        self._natural = natural_widths(source) if sight is None else sight.natural
        self._laid_out = None
        self._forget()
        if sight is not None:
            for page, cells in sight.pages.items():
                self._pages[page] = cells
        self._measure()
        if [column.title for column in source.columns] != titles:
            self.set_reactive(VirtualTable.cursor_column, NO_COLUMN)
        cursor = self.validate_cursor_row(cursor)
        self.set_reactive(VirtualTable.cursor_row, cursor)
        self._scroll(0, top if top is not None else 0)
        if top is None:
            self._reveal(cursor, centre=True)
        self.refresh()
        self.post_message(self.CursorMoved(self, cursor))

    def refresh_rows(self) -> None:
        """Ask the source again for what is on the screen, for instance after a bookmark was set."""
        self._forget()
        self.refresh()

    def highlight(self, needle: str) -> None:
        """Mark a text wherever it is on the screen, in any case; empty for none."""
        self._needle = needle.casefold()
        self._strips.clear()
        self.refresh()

    @property
    def highlighted(self) -> str:
        """The text that is marked, empty for none."""
        return self._needle

    @property
    def is_marked(self) -> bool:
        """True while a text is marked or a single cell is chosen."""
        return bool(self._needle) or self.cursor_column != NO_COLUMN

    @property
    def top_row(self) -> int:
        """First row on the screen."""
        return self.scroll_offset.y

    @property
    def page_rows(self) -> int:
        """Rows that fit the screen."""
        return max(1, self.size.height - _HEADER_LINES)

    def notify_style_update(self) -> None:
        """Colours changed: nothing drawn before is right any more."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()
        self.refresh()

    def _forget(self) -> None:
        self._pages.clear()
        self._strips.clear()

    @property
    def _layout(self) -> ColumnLayout:
        """The columns in the width there is; a line may be drawn before :meth:`on_resize` is called."""
        width = self.size.width
        if self._laid_out is None or self._room != width:
            self._laid_out, self._room = self._lay_out(width), width
        return self._laid_out

    def _lay_out(self, width: int) -> ColumnLayout:
        return lay_out(self._source, width, self._natural)

    def _measure(self) -> None:
        self.virtual_size = Size(self._layout.width, len(self._source) + _HEADER_LINES)

    def watch_virtual_size(self, size: Size) -> None:
        """Have the scrollbars show it."""
        self._scroll_update(size)

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        """Take another size, with columns for it: the scrollbars, too, are drawn right after this."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if changed:
            self._measure()
        return changed

    def on_resize(self, event: events.Resize) -> None:
        """Keep the chosen row in sight."""
        self._reveal(self.cursor_row)

    # --- moving ----------------------------------------------------------------------------------

    def validate_cursor_row(self, row: int) -> int:
        """Keep the chosen row inside the table."""
        return max(0, min(row, len(self._source) - 1))

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Redraw both rows and keep the new one in sight."""
        self.refresh_line(old + _HEADER_LINES)
        self.refresh_line(new + _HEADER_LINES)
        self._reveal(new)
        self.post_message(self.CursorMoved(self, new))

    def _reveal(self, row: int, *, centre: bool = False) -> None:
        top = self.scroll_offset.y
        if top <= row < top + self.page_rows:
            return
        nearest = row if row < top else row - self.page_rows + 1
        self._scroll(y=max(0, row - self.page_rows // 2 if centre else nearest))

    def _scroll(self, x: int | None = None, y: int | None = None) -> None:
        """Scroll at once, also before the scrollbars that a new source needs have been laid out."""
        self.scroll_to(x, y, animate=False, force=True)

    def go_to(self, row: int) -> None:
        """Choose a row; where it is out of sight, bring it to the middle of the screen."""
        row = self.validate_cursor_row(row)
        self._reveal(row, centre=True)
        self.cursor_row = row

    def action_cursor_up(self) -> None:
        """Choose the row above."""
        self.cursor_row -= 1

    def action_cursor_down(self) -> None:
        """Choose the row below."""
        self.cursor_row += 1

    def action_page_up(self) -> None:
        """Choose the row one page above."""
        self._scroll_rows(-self.page_rows)

    def action_page_down(self) -> None:
        """Choose the row one page below."""
        self._scroll_rows(self.page_rows)

    def action_half_up(self) -> None:
        """Choose the row half a page above."""
        self._scroll_rows(-(self.page_rows // 2))

    def action_half_down(self) -> None:
        """Choose the row half a page below."""
        self._scroll_rows(self.page_rows // 2)

    def _scroll_rows(self, rows: int) -> None:
        """Move page and chosen row together, so that the row stays where the eye is."""
        self._scroll(y=self.scroll_offset.y + rows)
        self.cursor_row += rows

    def action_first(self) -> None:
        """Choose the first row."""
        self.cursor_row = 0

    def action_last(self) -> None:
        """Choose the last row."""
        self.cursor_row = len(self._source) - 1

    def watch_cursor_column(self) -> None:
        """Redraw the chosen row."""
        self.refresh_line(self.cursor_row + _HEADER_LINES)

    def action_column(self, step: int) -> None:
        """Choose the cell to the right or left; scroll while there is more of the present one to see."""
        cells, at = self._layout.places, self.cursor_column
        order = [i for i in self._layout.shown if self._source.columns[i].title]
        if not order or not len(self._source):
            return
        left = self.scroll_offset.x
        right = left + self.size.width
        if at in cells:
            begin, end = cells[at]
            if (step > 0 and end > right) or (step < 0 and begin < left):
                self._scroll(x=left + step * _SIDEWAYS)
                return
            position = order.index(at) + step
        else:
            in_sight = [i for i, column in enumerate(order) if cells[column][1] > left]
            position = in_sight[0] if step > 0 and in_sight else -1
        if not 0 <= position < len(order):
            self.cursor_column = NO_COLUMN if position < 0 else self.cursor_column
            self._scroll(x=left + step * _SIDEWAYS)
            return
        self.cursor_column = order[position]
        begin, end = cells[self.cursor_column]
        if begin < left or end > right:
            self._scroll(
                x=max(
                    0,
                    begin - 1
                    if end - begin >= self.size.width or begin < left
                    else end + 1 - self.size.width,
                )
            )

    def on_click(self, event: events.Click) -> None:
        """Choose the clicked row, open it on a double click, or sort by the clicked header."""
        if event.y < _HEADER_LINES:
            column = self._layout.column_at(event.x + self.scroll_offset.x)
            if column is not None and self._source.columns[column].sortable:
                self.post_message(self.HeaderClicked(self, column))
            return
        row = event.y - _HEADER_LINES + self.scroll_offset.y
        if row < len(self._source):
            self.cursor_row = row
            column = self._layout.column_at(event.x + self.scroll_offset.x)
            if column is not None and self._source.columns[column].title:
                self.cursor_column = column
            if event.chain == 2:
                self.post_message(self.RowOpened(self, row))

    # --- drawing ---------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.size.width
        if y < _HEADER_LINES:
            return self._header(scroll_x, width)
        row = scroll_y + y - _HEADER_LINES
        if row >= len(self._source):
            return self._blank(y, width)
        chosen = row == self.cursor_row
        key = (row, self.cursor_column if chosen else None, scroll_x, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._row(row, chosen).crop_extend(scroll_x, scroll_x + width, self._row_style(chosen))
            self._strips[key] = strip
        return strip

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.get_component_rich_style(name, partial=True)
        return style

    @property
    def _base(self) -> Style:
        """The style of an ordinary row; to work it out the whole way up to the screen is walked."""
        style = self._styles.get("")
        if style is None:
            style = self._styles[""] = self.rich_style
        return style

    def _row_style(self, chosen: bool) -> Style:
        if not chosen:
            return self._base
        if self.app.current_theme.ansi:  # the terminal's own colours: nobody knows what is readable on what
            return self._base + Style(reverse=True)
        return self._base + self._style("virtual-table--cursor")

    def _header(self, scroll_x: int, width: int) -> Strip:
        header = self._base + self._style("virtual-table--header")
        segments = [Segment(" ", header)]
        sorting = self._source.sorting
        for i, cells in zip(self._layout.shown, self._layout.widths, strict=True):
            column, style = self._source.columns[i], header
            if sorting is not None and sorting[0] == i:
                column = replace(column, title=f"{column.title} {'▼' if sorting[1] else '▲'}")
                style = header + self._style("virtual-table--sorted")
            segments.extend(self.header_segments(i, column, cells, style))
            segments.append(Segment(" " * GAP, header))
        strip = Strip(segments).crop_extend(scroll_x, scroll_x + width, header)
        more = header + self._style("virtual-table--sorted")
        if scroll_x > 0:
            strip = Strip.join([Strip([Segment("‹", more)]), strip.crop(1, width)])
        if scroll_x + width < self._layout.width:
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("›", more)])])
        return strip

    def _blank(self, y: int, width: int) -> Strip:
        style = self._base
        lines = self._empty_text.splitlines()
        first = max(2, (self.size.height - len(lines)) // 3)
        if len(self._source) == 0 and 0 <= y - first < len(lines):
            text = lines[y - first]
            pad = " " * max(1, (width - len(text)) // 2)
            return Strip([Segment(pad + text, style + self._style("virtual-table--empty"))]).crop_extend(
                0, width, style
            )
        return Strip.blank(width, style)

    def _cells(self, row: int) -> tuple[Cell, ...]:
        page = row // PAGE
        cells = self._pages.get(page)
        if cells is None:
            cells = self._pages[page] = page_cells(self._source, page)
        return cells[row - page * PAGE]

    def _row(self, row: int, chosen: bool) -> Strip:
        base = self._row_style(chosen)
        # A sign, too: the chosen row is not to be told by its colour alone.
        segments = [Segment("▸" if chosen else " ", base)]
        cells = self._cells(row)
        for i, width in zip(self._layout.shown, self._layout.widths, strict=True):
            is_cell = chosen and i == self.cursor_column
            if is_cell:
                # Signs and not a colour alone: the blanks on both sides of the cell have room for them.
                segments[-1] = Segment(f"{segments[-1].text[:-1]}[", base + _CELL_MARK)
            cell = cells[i]
            style = base + self._style(tone_class(cell.tone)) if cell.tone and not base.reverse else base
            segments.extend(self.cell_segments(row, i, cell, width, style))
            if is_cell:
                segments.append(Segment("]".ljust(GAP), base + _CELL_MARK))
            else:
                # In the colour of the cell, of which blanks show nothing: fewer segments are drawn sooner.
                segments.append(Segment(_GAP, style if segments[-1].style is style else base))
        return Strip(joined(segments))

    def cell_segments(self, row: int, column: int, cell: Cell, width: int, style: Style) -> list[Segment]:
        """One cell in so many cells of the terminal."""
        text = fit(cell.text, width, self._source.columns[column].right)
        if cell.found and self._needle:
            return stretches(text, cell.found, style, style + self._style("virtual-table--found"))
        if self._needle and self._needle in text.casefold():
            return places(text, self._needle, style, style + self._style("virtual-table--found"))
        return [Segment(text, style)]

    def header_segments(self, column: int, title: TableColumn, width: int, style: Style) -> list[Segment]:
        """The title of a column in so many cells."""
        return [Segment(fit(title.title, width, title.right), style)]

    def refresh_line(self, y: int) -> None:
        """Draw one virtual line again; the header does not move with the rest."""
        self.refresh(Region(0, y - self.scroll_offset.y, max(1, self.size.width), 1))
