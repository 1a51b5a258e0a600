"""The screen as a person uses it: keys go in, what is on the screen comes out.

Nothing here reaches into the program to make something happen; it only waits until everything that
a key set in motion has come to rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerState

from hopscope_tui.app import HopscopeApp
from hopscope_tui.messages import JobFailed
from hopscope_tui.opening import Opening
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.main import MainScreen
from hopscope_tui.screens.modal import Overlay
from hopscope_tui.widgets.virtual_table import VirtualTable

SIZE = (140, 40)
_RUNNING = (WorkerState.PENDING, WorkerState.RUNNING)
_QUIET = 4
"""Looks in a row at which nothing is going on until all is taken to be at rest."""
_PATIENCE = 30.0
_CHARACTERS = {"space": " ", "slash": "/", "enter": "\r", "tab": "\t"}


class Driver:
    """A running program and its keyboard."""

    def __init__(self, app: HopscopeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    # --- keys ------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys, each after everything before has come to rest."""
        for key in keys:
            self.send(key)
            await self.settle()
            self._check_table()

    def _check_table(self) -> None:
        """Whatever was done, the chosen row of the main list can be seen."""
        table = self.main.table
        if len(table.source) and table.display:
            assert table.top_row <= table.cursor_row < table.top_row + table.page_rows, (
                f"row {table.cursor_row} is chosen, rows from {table.top_row} on are shown"
            )

    async def type(self, text: str) -> None:
        """Type a text without waiting between the keys."""
        self.send(*text)
        await self.settle()

    def send(self, *keys: str) -> None:
        """Type keys as fast as a terminal delivers them."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, _CHARACTERS.get(name, key if len(key) == 1 else None)))

    async def find(self, text: str) -> None:
        """Search in the view."""
        await self.press("ctrl+f")
        field = self.app.screen.focused
        assert field is not None
        await self.press("end", "ctrl+u")
        await self.type(text)
        await self.press("enter")

    async def choose(self, text: str) -> None:
        """Go down from the first row until a row shows this text."""
        await self.press("home")
        rows = range(len(self.table.source))
        row = next((row for row in rows if text in self.row_text(row)), None)
        assert row is not None, f"no row shows {text!r}:\n{self.screen_text}"
        if row:
            self.send(*["down"] * row)
            await self.settle()
            self._check_table()
        assert text in self.row

    async def go_to(self, moment: str) -> None:
        """Go to an event by number or time."""
        await self.press("colon")
        await self.type(moment)
        await self.press("enter")

    async def hop(self, key: str) -> None:
        """Hop with one key; where candidates are listed, take the first."""
        await self.press(key)
        if isinstance(self.app.screen, ListPanel):
            await self.press("enter")

    async def settle(self) -> None:
        """Wait until no worker runs and nothing is to be drawn."""
        quiet, began = 0, monotonic()
        while quiet < _QUIET:
            await self.pilot.pause(0.002)
            busy = [worker for worker in self.app.workers if worker.state in _RUNNING]
            quiet = 0 if busy or not self._is_at_rest else quiet + 1
            assert monotonic() - began < _PATIENCE, f"still at work: {busy}"
        await self.pilot.pause(0.004)

    async def read_all(self) -> None:
        """Wait until the whole capture is on the screen."""
        began = monotonic()
        while not self.main.capture.state.is_over:
            await self.pilot.pause(0.05)
            assert monotonic() - began < _PATIENCE, "the capture is still being read"
        await self.settle()

    @property
    def _is_at_rest(self) -> bool:
        """Nothing is being worked out, no timer will change what is drawn, no new size is to be used."""
        screens = [screen for screen in self.app.screen_stack if isinstance(screen, MainScreen)]
        if not screens or self.app.is_taking_keys or screens[0].is_busy or screens[0].awaits_details:
            return False
        if self.app._resize_timer is not None or self.app._resize_event is not None or self.app._batch_count:
            return False
        return not any(self._is_to_be_drawn(screen) for screen in self.app.screen_stack if screen.is_current)

    @staticmethod
    def _is_to_be_drawn(screen: Screen[Any]) -> bool:
        """What Textual draws at the next sixtieth of a second."""
        return screen._update_timer._active.is_set() or (
            isinstance(screen, Overlay) and not screen.is_in_place
        )

    # --- what is on the screen -------------------------------------------------------------------

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        screens = [screen for screen in self.app.screen_stack if isinstance(screen, MainScreen)]
        assert screens, "the capture is not open"
        return screens[0]

    @property
    def table(self) -> VirtualTable:
        """The list of the topmost screen."""
        screen = self.app.screen
        return screen.table if isinstance(screen, MainScreen) else screen.query_one(VirtualTable)

    @property
    def row(self) -> str:
        """The chosen row, cells apart by two blanks."""
        return self.row_text(self.table.cursor_row) if len(self.table.source) else ""

    def row_text(self, row: int) -> str:
        """Any row of the list in the same form."""
        cells = self.table.source.cells(row, row + 1)[0]
        return "  ".join(cell.text.strip() for cell in cells if cell.text.strip())

    @property
    def event(self) -> int:
        """Number of the chosen event."""
        main = self.main
        assert main.has_row, "no row is chosen"
        assert main.place.view in ("events", "echo"), f"{main.place.view} is no list of events"
        return int(main.store.number[main.event_row])

    @property
    def view(self) -> str:
        """Name of the view."""
        return self.main.place.view

    @property
    def crumbs(self) -> str:
        """The breadcrumb."""
        return self.main.breadcrumb.text.strip()

    @property
    def message(self) -> str:
        """What is said in the last line."""
        return self.main.key_bar.message

    @property
    def panel(self) -> ListPanel:
        """The list that lies over the main screen."""
        screen = self.app.screen
        assert isinstance(screen, ListPanel), f"{screen} is no list"
        return screen

    @property
    def lines(self) -> list[str]:
        """The screen as lines of text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def screen_text(self) -> str:
        """The screen as one text."""
        return "\n".join(line.rstrip() for line in self.lines)

    def widget(self, selector: str) -> Widget:
        """A widget of the topmost screen."""
        return self.app.screen.query_one(selector)


@asynccontextmanager
async def running(
    opening: Opening, size: tuple[int, int] = SIZE, more: Sequence[Opening] = ()
) -> AsyncIterator[Driver]:
    """The program on a capture, with its first view filled. A job that fails fails the test.

    Args:
        opening: the capture.
        size: of the terminal.
        more: captures in further tabs.
    """
    failures: list[str] = []

    def listen(message: object) -> None:
        if isinstance(message, JobFailed):
            failures.append(message.text)

    app = HopscopeApp(opening.start(), more)
    async with app.run_test(size=size, message_hook=listen) as pilot:
        driver = Driver(app, pilot)
        await driver.settle()
        yield driver
    assert not failures, failures
