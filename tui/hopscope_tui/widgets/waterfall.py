"""A trail as bars on a common axis of time beside the tree of its spans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message

from hopscope.views.text import format_duration
from hopscope_tui.keymap import bindings
from hopscope_tui.own.trail_state import (
    BAR,
    COLUMNS,
    DURATION,
    NOTHING,
    NUMBER,
    PROCESS,
    READY,
    SIGNS,
    SPAN,
    TIMED_OUT,
    WAITING,
    WHERE,
    WORK,
)
from hopscope_tui.tones import tone_class
from hopscope_tui.widgets.column_layout import GAP, ColumnLayout
from hopscope_tui.widgets.row_source import Cell, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from hopscope_tui.own.trail import TrailSource

_GLYPHS = {WORK: "█", READY: "▒", WAITING: "─", TIMED_OUT: "╌", NOTHING: "░"}
_PLAIN = "▄"
"""A bar of which is not known yet what was done."""
_SHORT = "▎"
"""A bar that is shorter than half a cell."""

_ARROW = " -> "
_ZOOM = 2.0
_PAN = 0.25
_NARROWEST_WINDOW = 1_000
"""ns that a window has at least."""
_MARGIN = 0.05
_TICK_CELLS = 12

_WIDTHS = {PROCESS: 18, WHERE: 20, NUMBER: 8, SIGNS: 3, DURATION: 9}
_COMFORTABLE = 110
"""Cells from which on names of processes have all their room."""
_NARROW_PROCESS = 12
_LEAVING = ((NUMBER, 56), (WHERE, 48), (DURATION, 30), (PROCESS, 24))
"""Columns in the order in which they leave, each where the tree has less than so many cells."""
_LEAST_SPAN = 24
_LEAST_BAR = 18
_BAR_SHARE = 0.42


class Waterfall(VirtualTable):
    """Rows of a :class:`TrailSource`: the tree, who it was, and a bar from its beginning to its end."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("trail")]

    @dataclass
    class BarsWanted(Message):
        """Rows came into sight of which is not known what was done meanwhile."""

        table: Waterfall
        places: list[int]

        @property
        def control(self) -> Waterfall:
            """The table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Only what is in sight counts."""
            return isinstance(message, Waterfall.BarsWanted)

    @dataclass
    class Zoomed(Message):
        """Another stretch of time is shown."""

        table: Waterfall

        @property
        def control(self) -> Waterfall:
            """The table."""
            return self.table

    @property
    def trail(self) -> TrailSource | None:
        """What is shown, None before there is anything."""
        return cast("TrailSource", self._source) if self._source.columns is COLUMNS else None

    # --- layout ----------------------------------------------------------------------------------

    def _lay_out(self, width: int) -> ColumnLayout:
        return lay_out_trail(width) if self.trail else ColumnLayout((), (), width)

    def bar_cells(self) -> tuple[int, int]:
        """First cell and width of the bars."""
        begin, end = self._layout.places.get(BAR, (0, 1))
        return begin, max(1, end - begin)

    # --- drawing ---------------------------------------------------------------------------------

    def ask_for_bars(self) -> None:
        """Have worked out what is not known of the rows in sight."""
        trail = self.trail
        if trail is not None:
            top = self.top_row
            places = trail.unknown(top, top + self.page_rows)
            if places:
                self.post_message(self.BarsWanted(self, places))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are in sight."""
        super().watch_scroll_y(old_value, new_value)
        self.ask_for_bars()

    def on_resize(self, event: events.Resize) -> None:
        """More rows are in sight, perhaps; the table itself shares out the width."""
        self.call_after_refresh(self.ask_for_bars)

    def cell_segments(self, row: int, column: int, cell: Cell, width: int, style: Style) -> list[Segment]:
        """A bar in the last column."""
        if column == SPAN:
            return super().cell_segments(
                row, column, replace(cell, text=shortened(cell.text, width)), width, style
            )
        if column != BAR or self.trail is None:
            return super().cell_segments(row, column, cell, width, style)
        text, tones = draw_bar(self.trail, row, width)
        segments = []
        for glyphs, tone in _runs(text, tones):
            shade = style + self._style(tone_class(tone)) if tone and not style.reverse else style
            segments.append(Segment(glyphs, shade))
        return segments

    def header_segments(self, column: int, title: TableColumn, width: int, style: Style) -> list[Segment]:
        """The axis over the bars."""
        if column != BAR or self.trail is None:
            return super().header_segments(column, title, width, style)
        return [Segment(draw_axis(self.trail, width), style)]

    # --- folding ---------------------------------------------------------------------------------

    def action_fold(self, folded: bool) -> None:
        """Hide or show what the row caused; where that is so already, to its cause or to what it caused."""
        trail, row = self.trail, self.cursor_row
        if trail is None or not len(trail):
            return
        if trail.fold(row, folded):
            self._show_again(row)
        elif folded and trail.parent_row(row) >= 0:
            self.cursor_row = trail.parent_row(row)
        elif not folded and trail.has_below(row):
            self.cursor_row = row + 1

    def action_fold_all(self, folded: bool) -> None:
        """Hide all but the roots and what they caused, or show everything."""
        trail = self.trail
        if trail is not None and len(trail):
            place = int(trail.shown[self.cursor_row])
            trail.fold_all(folded)
            self._show_again(trail.row_of_place(place))

    def _show_again(self, row: int) -> None:
        self._forget()
        self._measure()
        self.cursor_row = row
        self.refresh()
        self.ask_for_bars()
        self.post_message(self.CursorMoved(self, self.cursor_row))

    # --- zoom and pan ----------------------------------------------------------------------------

    def action_zoom(self, step: int) -> None:
        """Show half or twice as much time around the chosen row."""
        trail = self.trail
        if trail is None or not len(trail):
            return
        first, last = trail.window
        start, stop = trail.span_of_time(self.cursor_row)
        seen = max(start, first), min(stop, last)
        middle = sum(seen) / 2 if seen[0] < seen[1] else (start + stop) / 2
        self.zoom_around(middle, 1 / _ZOOM if step > 0 else _ZOOM)

    def zoom_around(self, moment: float, factor: float) -> None:
        """Show so many times as much time; a moment stays where it is."""
        trail = self.trail
        if trail is None:
            return
        first, last = trail.window
        length = max((last - first) * factor, _NARROWEST_WINDOW)
        left = (moment - first) / (last - first) if first <= moment <= last else 0.5
        if not first <= moment <= last and factor > 1:
            moment = (first + last) / 2
        self._show_window(moment - length * left, moment + length * (1 - left))

    def action_zoom_row(self) -> None:
        """Show the time of the chosen row."""
        trail = self.trail
        if trail is not None and len(trail):
            start, stop = trail.span_of_time(self.cursor_row)
            margin = max((stop - start) * _MARGIN, _NARROWEST_WINDOW / 2)
            self._show_window(start - margin, stop + margin)

    def action_zoom_out(self) -> None:
        """Show all of the time."""
        trail = self.trail
        if trail is not None:
            self._show_window(0, trail.length)

    def action_pan(self, step: int) -> None:
        """Show earlier or later time."""
        trail = self.trail
        if trail is not None:
            first, last = trail.window
            move = (last - first) * _PAN * step
            move = max(move, -first) if step < 0 else min(move, trail.length - last)
            self._show_window(first + move, last + move)

    def _show_window(self, first: float, last: float) -> None:
        trail = self.trail
        assert trail is not None
        start, stop = max(round(first), 0), min(round(last), trail.length)
        whole = start <= 0 and stop >= trail.length
        trail.state.window = None if whole or stop <= start else (start, stop)
        self._strips.clear()
        self.refresh()
        self.post_message(self.Zoomed(self))

    # --- mouse -----------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Fold by a click on the sign, else choose the row."""
        trail, row = self.trail, event.y - 1 + self.scroll_offset.y
        if trail is not None and event.y >= 1 and row < len(trail):
            sign = self._layout.places[SPAN][0] + trail.fold_sign_at(row)
            if event.x in (sign, sign + 1) and trail.has_below(row):
                self.cursor_row = row
                self.action_fold(not trail.is_folded(row))
                event.prevent_default()
                return
            begin, width = self.bar_cells()
            if begin <= event.x < begin + width:
                self.cursor_row = row
                event.prevent_default()
                if event.chain == 2:
                    self.post_message(self.RowOpened(self, row))

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, 1 / _ZOOM)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, _ZOOM)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        """Zoom by the wheel over the bars with Ctrl or Shift; without, it scrolls as everywhere."""
        begin, width = self.bar_cells()
        trail = self.trail
        if trail is None or not (event.ctrl or event.shift) or not begin <= event.x < begin + width:
            return
        first, last = trail.window
        self.zoom_around(first + (last - first) * (event.x - begin + 0.5) / width, factor)
        event.stop()
        event.prevent_default()


def lay_out_trail(room: int) -> ColumnLayout:
    """Widths of the columns in so many cells; some leave where tree and bars need the room."""
    widths = dict(_WIDTHS)
    if room < _COMFORTABLE:
        widths[PROCESS] = _NARROW_PROCESS
    shown = [SPAN, PROCESS, WHERE, NUMBER, SIGNS, DURATION, BAR]
    for leaving, wanted in _LEAVING:
        if _shared(room, shown, widths)[0] >= wanted:
            break
        shown.remove(leaving)
    widths[SPAN], widths[BAR] = _shared(room, shown, widths)
    sizes = tuple(widths[column] for column in shown)
    return ColumnLayout(tuple(shown), sizes, max(room, sum(sizes) + GAP * (len(shown) - 1) + 2))


def _shared(room: int, shown: list[int], widths: dict[int, int]) -> tuple[int, int]:
    """Cells of the tree and of the bars beside the other columns."""
    fixed = sum(widths.get(column, 0) for column in shown) + GAP * (len(shown) - 1) + 2
    bar = max(_LEAST_BAR, int((room - fixed) * _BAR_SHARE))
    return max(_LEAST_SPAN, room - fixed - bar), bar


def shortened(text: str, width: int) -> str:
    """A title in so many cells, cut before what came of the request rather than behind."""
    asked, arrow, answer = text.rpartition(_ARROW)
    if cell_len(text) <= width or not arrow:
        return text
    answer = answer if cell_len(answer) <= width // 2 else f"{set_cell_size(answer, width // 2 - 1)}…"
    room = width - cell_len(answer) - len(_ARROW) - 1
    return f"{set_cell_size(asked, max(room, 1)).rstrip()}…{_ARROW}{answer}"


def draw_bar(trail: TrailSource, row: int, width: int) -> tuple[str, list[str]]:
    """The bar of a row in so many cells, and the tone of each."""
    first, last = trail.window
    start, stop = trail.span_of_time(row)
    scale = width / (last - first)
    begin, end = (start - first) * scale, (stop - first) * scale
    left, right = int(np.floor(begin)), int(np.ceil(end))
    if right <= 0 and end <= 0 and stop < first:
        return "‹".ljust(width), ["quiet"] * width
    if left >= width and start > last:
        return "›".rjust(width), ["quiet"] * width
    left = min(max(left, 0), width - 1)
    right = min(max(right, left + 1), width)
    tone = trail.tone(row)
    glyphs, tones = [" "] * width, [""] * width
    if end - begin < 0.5:
        glyphs[left], tones[left] = _SHORT, tone
        return "".join(glyphs), tones
    known = trail.meanwhile(row)
    if known is None:
        glyphs[left:right] = _PLAIN * (right - left)
        tones[left:right] = [tone] * (right - left)
        return "".join(glyphs), tones
    bounds = first + np.arange(left, right + 1) / scale
    for cell, sort in enumerate(known.cells(bounds).tolist(), left):
        glyphs[cell] = _GLYPHS[sort]
        tones[cell] = tone if sort in (WORK, TIMED_OUT) else "wait"
    return "".join(glyphs), tones


def draw_axis(trail: TrailSource, width: int) -> str:
    """Times since the beginning of the trail, in so many cells."""
    first, last = trail.window
    ticks = max(1, width // _TICK_CELLS)
    text = ""
    for tick in range(ticks):
        at = tick * width // ticks
        moment = first + (last - first) * at // width
        label = f"╷{format_duration(moment)}" if moment else "╷0"
        text = text.ljust(at)[:at] + label
    return text[:width].ljust(width)


def _runs(text: str, tones: list[str]) -> list[tuple[str, str]]:
    """Glyphs of the same tone together."""
    runs: list[tuple[str, str]] = []
    for glyph, tone in zip(text, tones, strict=True):
        if runs and runs[-1][1] == tone:
            runs[-1] = runs[-1][0] + glyph, tone
        else:
            runs.append((glyph, tone))
    return runs
