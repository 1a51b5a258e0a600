"""The screen while a capture is being opened: how far it is, then the first rows."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from hopscope_tui.keymap import bindings
from hopscope_tui.messages import (
    CaptureGrew,
    CaptureOpened,
    FirstRowsReady,
    LoadProgressed,
    Noted,
    OpenFailed,
)
from hopscope_tui.opening import FirstView, Opening, sentence
from hopscope_tui.reading_text import reading_parts
from hopscope_tui.widgets.breadcrumb import Breadcrumb
from hopscope_tui.widgets.key_bar import KeyBar
from hopscope_tui.widgets.row_source import Cell, TableColumn
from hopscope_tui.widgets.timeline import Timeline
from hopscope_tui.widgets.title_bar import TitleBar
from hopscope_tui.widgets.view_tabs import ViewTabs
from hopscope_tui.widgets.virtual_table import VirtualTable

_PATIENCE = 0.1


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

    Attributes:
        typed: those keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("loading")]
    AUTO_FOCUS = ""

    title_bar = getters.query_one("#title", TitleBar)
    table = getters.query_one("#table", VirtualTable)

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening
        self._first: FirstView | None = None
        self._has_left = False
        self.typed: list[events.Key] = []

    def compose(self) -> ComposeResult:
        """As the main screen."""
        yield TitleBar(id="title")
        yield ViewTabs(id="tabs")
        yield Timeline(id="timeline", disabled=True)
        yield Breadcrumb(id="breadcrumb")
        with Container(id="body"):
            yield VirtualTable(id="table")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show what is known already, and begin to listen."""
        if self._opening.first is not None:
            self._show(self._opening.first)
        self._show_progress()
        threading.Thread(target=self._listen, name="listen", daemon=True).start()

    def on_unmount(self) -> None:
        """Listen no longer."""
        self._has_left = True

    def on_key(self, event: events.Key) -> None:
        """Keep a key for the main screen."""
        self.typed.append(event)

    def action_stop(self) -> None:
        """Leave; once there are rows, stop reading: one capture as soon as the main screen is there."""
        if self._first is None:
            self.app.exit()
        elif self._opening.request.is_timeline:
            self._opening.stop()
        else:
            self.typed.append(events.Key("escape", None))

    def _listen(self) -> None:
        """In a thread: say what the opening has come to, also after the main screen lies over this one."""
        opening, steps, said = self._opening, 0, 0
        first, opened = self._first, None
        while not self._has_left:
            before, steps = steps, opening.wait(steps, _PATIENCE)
            if steps == before:
                continue
            if opening.first is not None and opening.first is not first:
                first = opening.first
                self.post_message(FirstRowsReady(first))
            newest = opening.opened
            if newest is not None and newest is not opened:
                self.post_message(CaptureGrew(newest) if opened is not None else CaptureOpened(newest))
                opened = newest
            for note in opening.notes[said:]:
                said += 1
                self.post_message(Noted(note))
            if opening.error is not None:
                self.post_message(OpenFailed(sentence(opening.error)))
                return
            self.post_message(LoadProgressed())

    @on(LoadProgressed)
    def _show_progress(self) -> None:
        opening = self._opening
        reading = reading_parts(opening.progress, opening.state) if opening.progress.read else ()
        if self._first is None:
            self.title_bar.show_loading(opening.request.name, reading)
        else:
            self.title_bar.show_capture(self._first.title, reading)

    @on(FirstRowsReady)
    def _show_rows(self, event: FirstRowsReady) -> None:
        self._show(event.first)
        self._show_progress()

    def _show(self, first: FirstView) -> None:
        self._first = first
        self.query_one(ViewTabs).show_tabs(first.tabs, first.active)
        position = f"1/{first.count:,}" if first.count else "0"
        self.query_one(Breadcrumb).show_way(first.way, position)
        self.table.show(FirstRows(first), empty_text=first.empty_text)
        if self._opening.drawn is not None:
            self.call_after_refresh(self._opening.drawn.set)
