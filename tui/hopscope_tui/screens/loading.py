"""The screen while a capture is being opened: how far it is, then the first rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from hopscope_tui.keymap import bindings, of_scope
from hopscope_tui.messages import LoadingLeft
from hopscope_tui.opening import FirstView, Opening
from hopscope_tui.reading_text import reading_parts
from hopscope_tui.widgets.breadcrumb import Breadcrumb
from hopscope_tui.widgets.capture_tabs import CaptureTabs
from hopscope_tui.widgets.key_bar import KeyBar
from hopscope_tui.widgets.row_source import Cell, TableColumn
from hopscope_tui.widgets.timeline import Timeline
from hopscope_tui.widgets.title_bar import TitleBar
from hopscope_tui.widgets.view_tabs import ViewTabs
from hopscope_tui.widgets.virtual_table import VirtualTable


class FirstRows:
    """The first rows of the first view; the rest is blank until the index is there."""

    def __init__(self, first: FirstView) -> None:
        self._first = first
        self._blank = (Cell(""),) * len(first.columns)
        self.columns: tuple[TableColumn, ...] = first.columns
        self.sorting = first.sorting

    def __len__(self) -> int:
        return self._first.count

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        rows = list(self._first.rows[start:stop])
        return rows + [self._blank] * (stop - start - len(rows))


class LoadingScreen(Screen[None]):
    """Looks like the main screen, and needs nothing that takes long to load.

    Keys that are typed here are kept for the main screen.

    Args:
        opening: who reads the capture.
        shown: called whenever the screen is there and nothing lies over it.

    Attributes:
        is_there: True once it can show something.
        typed: those keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("loading")]
    AUTO_FOCUS = ""

    title_bar = getters.query_one("#title", TitleBar)
    table = getters.query_one("#table", VirtualTable)

    def __init__(self, opening: Opening, shown: Callable[[], None]) -> None:
        super().__init__()
        self._opening = opening
        self._shown = shown
        self.is_there = False
        self._first: FirstView | None = None
        self.typed: list[events.Key] = []

    def compose(self) -> ComposeResult:
        """As the main screen."""
        yield CaptureTabs(id="captures")
        yield TitleBar(id="title")
        yield ViewTabs(id="tabs")
        yield Timeline(id="timeline", disabled=True)
        yield Breadcrumb(id="breadcrumb")
        with Container(id="body"):
            yield VirtualTable(id="table")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show what is known already."""
        self.is_there = True
        if self._opening.first is not None:
            self.show_rows(self._opening.first)
        else:
            self.show_progress()

    def on_screen_resume(self) -> None:
        """Say that the main screen may come."""
        self._shown()

    def on_key(self, event: events.Key) -> None:
        """Keep a key for the main screen, unless it is one of the tabs'."""
        if not any(event.key in key.keys or event.character in key.keys for key in of_scope("tabs")):
            self.typed.append(event)

    def action_stop(self) -> None:
        """Leave; once there are rows, stop reading: one capture as soon as the main screen is there."""
        if self._first is None:
            self.post_message(LoadingLeft(self._opening))
        elif self._opening.request.is_timeline:
            self._opening.stop()

    def show_progress(self) -> None:
        """Say how far reading is."""
        opening = self._opening
        reading = reading_parts(opening.progress, opening.state) if opening.progress.read else ()
        if self._first is None:
            self.title_bar.show_loading(opening.request.name, reading)
        else:
            self.title_bar.show_capture(self._first.title, reading)

    def show_rows(self, first: FirstView) -> None:
        """Show the first rows."""
        self._first = first
        self.query_one(ViewTabs).show_tabs(first.tabs, first.active)
        position = f"1/{first.count:,}" if first.count else "0"
        self.query_one(Breadcrumb).show_way(first.way, position)
        self.table.show(FirstRows(first), empty_text=first.empty_text)
        if self._opening.drawn is not None:
            self.call_after_refresh(self._opening.drawn.set)
        self.show_progress()
