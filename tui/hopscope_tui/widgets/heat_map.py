"""A map of counts: lines of time, columns of latency, cells that are chosen with keys or the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hopscope_tui.keymap import bindings
from hopscope_tui.tones import TONE_CLASSES, tone_class

if TYPE_CHECKING:
    from hopscope.reports.heat import Heat

LABEL = 12
"""Cells of the time at the left of each line, and the blank behind it."""

_HEADER_LINES = 1
_TONES = ("", "quiet", "quiet", "network", "read", "write", "error")
"""Tone of each shade; the shades alone say everything."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Cells that are chosen.

    Attributes:
        top, bottom: first and last line.
        left, right: first and last column.
    """

    top: int
    bottom: int
    left: int
    right: int

    def has(self, line: int, column: int) -> bool:
        """True for a cell of it."""
        return self.top <= line <= self.bottom and self.left <= column <= self.right


class HeatMap(ScrollView, can_focus=True):
    """A :class:`Heat` under its scale. A cell, or a rectangle of them, is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("heat")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {*TONE_CLASSES}
    ALLOW_SELECT = False

    class Moved(Message):
        """Other cells are chosen."""

    class Opened(Message):
        """What is behind the chosen cells is wanted."""

    class Resized(Message):
        """There is room for a map of another size."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._heat: Heat | None = None
        self._shades: list[list[int]] = []
        self._labels: list[str] = []
        self._marks: list[tuple[int, str]] = []
        self._at = (0, 0)
        self._anchor: tuple[int, int] | None = None
        self._dragging = False

    def on_resize(self, event: events.Resize) -> None:
        """Say so."""
        self.post_message(self.Resized())

    def show(self, heat: Heat, labels: list[str], marks: list[tuple[int, str]]) -> None:
        """Show a map, with its busiest cell chosen.

        Args:
            heat: the counts.
            labels: of its lines.
            marks: columns with what is written above them, ascending.
        """
        from hopscope.spectrogram import levels  # noqa: PLC0415  loaded by who worked the map out

        self._heat = heat
        self._shades = levels(heat.counts, heat.busiest).tolist()
        self._labels, self._marks, self._anchor = labels, marks, None
        lines, columns = heat.counts.shape
        busiest = int(heat.counts.argmax()) if heat.counts.size else 0
        self._at = divmod(busiest, columns) if columns else (0, 0)
        self.virtual_size = Size(LABEL + columns, lines + _HEADER_LINES)
        self._moved()

    @property
    def columns_that_fit(self) -> int:
        """Columns that a map may have here."""
        return max(11, self.size.width - LABEL - 2)

    @property
    def chosen(self) -> Rectangle:
        """The chosen cells."""
        (line, column), (other_line, other_column) = self._at, self._anchor or self._at
        return Rectangle(
            min(line, other_line), max(line, other_line), min(column, other_column), max(column, other_column)
        )

    # --- choosing --------------------------------------------------------------------------------

    def action_move(self, lines: int, columns: int) -> None:
        """To another cell."""
        self._go(self._at[0] + lines, self._at[1] + columns)

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self.action_move(pages * max(1, self.size.height - _HEADER_LINES), 0)

    def action_edge(self, column: int) -> None:
        """To the left or right end of the line."""
        self._go(self._at[0], column if column >= 0 else len(self._shades[0]) - 1 if self._shades else 0)

    def action_extend(self, lines: int, columns: int) -> None:
        """To another cell, choosing those on the way."""
        if self._anchor is None:
            self._anchor = self._at
        self.action_move(lines, columns)

    def action_anchor(self) -> None:
        """Begin a rectangle at this cell, or give it up."""
        self._anchor = self._at if self._anchor is None else None
        self._moved()

    def action_open(self) -> None:
        """What is behind the chosen cells."""
        self.post_message(self.Opened())

    def _go(self, line: int, column: int) -> None:
        if not self._shades:
            return
        self._at = (
            max(0, min(line, len(self._shades) - 1)),
            max(0, min(column, len(self._shades[0]) - 1)),
        )
        self._moved()

    def _moved(self) -> None:
        line, top = self._at[0], self.scroll_offset.y
        rows = max(1, self.size.height - _HEADER_LINES)
        if not top <= line < top + rows:
            self.scroll_to(y=line if line < top else line - rows + 1, animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved())

    # --- mouse -----------------------------------------------------------------------------------

    def _cell_at(self, event: events.MouseEvent) -> tuple[int, int] | None:
        line, column = event.y - _HEADER_LINES + self.scroll_offset.y, event.x - LABEL
        inside = self._shades and 0 <= line < len(self._shades) and 0 <= column < len(self._shades[0])
        return (line, column) if inside and event.y >= _HEADER_LINES else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a rectangle where the mouse is pressed."""
        cell = self._cell_at(event)
        if cell is not None:
            self._anchor, self._dragging = None, True
            self.capture_mouse()
            self._go(*cell)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw it while the mouse is held."""
        cell = self._cell_at(event)
        if self._dragging and cell is not None and cell != self._at:
            self._anchor = self._anchor or self._at
            self._go(*cell)

    def on_mouse_up(self) -> None:
        """Its end."""
        self._dragging = False
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """A double click opens the cell."""
        if event.chain == 2 and self._cell_at(event) is not None:
            self.action_open()

    # --- drawing ---------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        if y < _HEADER_LINES:
            return Strip([Segment(self._ruler(), self.rich_style)]).crop_extend(0, width, self.rich_style)
        line = y - _HEADER_LINES + self.scroll_offset.y
        if line >= len(self._shades):
            return Strip.blank(width, self.rich_style)
        return Strip(self._line(line)).crop_extend(0, width, self.rich_style)

    def _ruler(self) -> str:
        from hopscope.spectrogram import ruler  # noqa: PLC0415  loaded by who worked the map out

        return " " * LABEL + ruler(len(self._shades[0]) if self._shades else 0, self._marks)

    def _line(self, line: int) -> list[Segment]:
        from hopscope.spectrogram import SHADES  # noqa: PLC0415  loaded by who worked the map out

        chosen, base = self.chosen, self.rich_style
        styles = [base + self._style(tone_class(tone)) if tone else base for tone in _TONES]
        segments = [Segment(f"{self._labels[line]:<{LABEL}}"[:LABEL], base)]
        for column, level in enumerate(self._shades[line]):
            if (line, column) == self._at:
                # Signs and not colours alone: the cell itself is drawn as such even where nothing is in it.
                segments.append(Segment(SHADES[level] if level else "□", styles[level] + Style(reverse=True)))
            elif chosen.has(line, column):
                sign = SHADES[level] if level else "·"
                segments.append(Segment(sign, styles[level] + Style(reverse=True)))
            else:
                segments.append(Segment(SHADES[level], styles[level]))
        return segments

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)
