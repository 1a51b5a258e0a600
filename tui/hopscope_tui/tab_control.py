"""What the program does around its tabs: what comes from those who read, seeing, opening, closing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from textual import events, on

from hopscope.text import visible
from hopscope_tui.garbage import search_everything, search_from_now_on
from hopscope_tui.key_order import KeyOrder
from hopscope_tui.messages import (
    CaptureGrew,
    CaptureOpened,
    FirstRowsReady,
    LoadingLeft,
    LoadProgressed,
    Noted,
    OpenFailed,
)
from hopscope_tui.opening import Opening
from hopscope_tui.screens.loading import LoadingScreen
from hopscope_tui.tabs import Tab, Tabs
from hopscope_tui.widgets.capture_tabs import CaptureTabs
from hopscope_tui.widgets.key_bar import KeyBar

_UNTIL_GONE = 1.0
"""Seconds after which the screens of a closed tab are gone and nothing of it is at work any more."""


def _nothing() -> None:
    """No work."""


class TabControl(KeyOrder):
    """An app with a stack of screens for each capture.

    Only the stack that is seen is drawn; what is read for the others is taken in all the same.

    Args:
        openings: the captures to begin with; the first is read already.
    """

    DEFAULT_MODE = "capture-1"

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._captures = Tabs(openings)
        super().__init__()
        for tab in self._captures:
            self.add_mode(tab.mode, partial(self._loading_screen, tab))

    def _loading_screen(self, tab: Tab) -> LoadingScreen:
        def shown() -> None:
            tab.begin(self.post_message)
            self.call_later(self._arrive, tab)

        tab.loading = LoadingScreen(tab.opening, shown)
        return tab.loading

    def on_unmount(self) -> None:
        """Listen no longer."""
        for tab in self._captures:
            tab.leave()

    @property
    def openings(self) -> list[Opening]:
        """All captures that are open."""
        return [tab.opening for tab in self._captures]

    @property
    def seen(self) -> Opening:
        """The capture that is seen."""
        return self._captures.seen.opening

    # --- what comes from those who read ----------------------------------------------------------

    @on(FirstRowsReady)
    def _show_first_rows(self, event: FirstRowsReady) -> None:
        tab = self._captures.of(event.opening)
        if tab is not None and tab.loading is not None and tab.loading.is_there:
            tab.loading.show_rows(event.first)

    @on(CaptureOpened)
    async def _explore(self, event: CaptureOpened) -> None:
        search_from_now_on()
        tab = self._captures.of(event.opening)
        if tab is not None:
            tab.first = event.opened
            await self._arrive(tab)
            self._read_on()

    async def _arrive(self, tab: Tab) -> None:
        """Put the main screen over the loading screen of the tab that is seen, and the keys typed into it."""
        first, newest = tab.first, tab.opening.opened
        if tab is not self._captures.seen or self.screen is not tab.loading:
            return  # it comes when this one is seen again
        if tab.main is not None or first is None or newest is None:
            return
        from hopscope_tui.screens.main import MainScreen  # noqa: PLC0415  loaded with the index

        tab.first, tab.main = None, MainScreen(tab.opening, first, tab.mode)
        await self.push_screen(tab.main, mode=tab.mode)
        if newest is not first:
            tab.main.take_in(newest)
        for note in tab.notes:
            tab.main.note(note)
        if tab.loading is not None:
            for key in tab.loading.typed:
                self.post_message(events.Key(key.key, key.character))

    @on(CaptureGrew)
    def _take_in(self, event: CaptureGrew) -> None:
        tab = self._captures.of(event.opening)
        if tab is not None and tab.main is not None:
            tab.main.take_in(event.opened)

    @on(LoadProgressed)
    def _show_progress(self, event: LoadProgressed) -> None:
        tab = self._captures.of(event.opening)
        if tab is not None and tab is self._captures.seen:
            if tab.main is not None:
                tab.main.show_progress()
            elif tab.loading is not None and tab.loading.is_there:
                tab.loading.show_progress()
        self.show_tabs()
        self._read_on()

    def _read_on(self) -> None:
        """Begin to read further captures once there is something to look at."""
        if self._captures.seen.main is not None:
            for tab in self._captures.may_begin():
                tab.begin(self.post_message)

    @on(Noted)
    def _take_note(self, event: Noted) -> None:
        tab = self._captures.of(event.opening)
        if tab is not None and tab.main is not None:
            tab.main.note(event.text)
        elif tab is not None:
            tab.notes.append(event.text)

    @on(OpenFailed)
    async def _give_up(self, event: OpenFailed) -> None:
        tab = self._captures.of(event.opening)
        if tab is None:
            return
        if len(self._captures) == 1:
            self.exit(return_code=2)
            return
        await self._take_away(tab)
        self._say(f"{tab.opening.request.name} was closed: {visible(event.text)}", "$text-error")

    @on(LoadingLeft)
    async def _do_not_wait(self, event: LoadingLeft) -> None:
        tab = self._captures.of(event.opening)
        if len(self._captures) == 1:
            self.exit()
        elif tab is not None:
            await self._take_away(tab)

    # --- seeing one ------------------------------------------------------------------------------

    def show_tabs(self) -> None:
        """Write the line of tabs again."""
        if not self._captures.were_several:
            return
        tabs, seen = self._captures.line()
        with suppress(KeyError):  # before the first screen
            for screen in self.get_screen_stack(self._captures.seen.mode):
                for line in screen.query(CaptureTabs):
                    line.show_captures(tabs, seen)

    async def _see(self, tab: Tab) -> None:
        if tab is self._captures.seen or tab not in self._captures:
            return
        self._captures.seen = tab
        self.show_tabs()
        await self.switch_mode(tab.mode)
        await self._arrive(tab)
        if tab.main is not None:
            tab.main.show_progress()
            tab.main.use_masking()

    def _say(self, text: str, style: str) -> None:
        """Say something in the last line of the tab that is seen."""
        for screen in self.screen_stack[::-1]:
            for bar in screen.query(KeyBar):
                bar.say(text, style)
                return

    def action_see_tab(self, index: int) -> None:
        """See the tab with this index."""
        tab = self._captures.at(index)
        if tab is not None:
            self.call_later(self._see, tab)

    def action_next_tab(self, step: int) -> None:
        """See the tab so many steps behind, after the last one the first."""
        if len(self._captures) == 1:
            self._say("there is one capture only; Ctrl-T opens another in a tab of its own", "$text-warning")
        self.call_later(self._step, step)

    async def _step(self, step: int) -> None:
        await self._see(self._captures.beside(self._captures.seen, step))

    # --- opening and closing ---------------------------------------------------------------------

    def action_open_capture(self) -> None:
        """Ask for another capture and open it in a tab of its own."""
        from hopscope_tui.screens.open_panel import OpenPanel  # noqa: PLC0415  only who opens another

        self.push_screen(OpenPanel(self.seen.request.path), self._open)

    async def _open(self, opening: Opening | None) -> None:
        if opening is None:
            return
        tab = self._captures.add(opening)
        self.add_mode(tab.mode, partial(self._loading_screen, tab))
        await self._see(tab)

    def action_close_tab(self) -> None:
        """Close the tab that is seen; the last one is closed by leaving."""
        if len(self._captures) == 1:
            self._say("this is the only capture; q leaves", "$text-warning")
        else:
            self.call_later(self._take_away, self._captures.seen)

    async def _take_away(self, tab: Tab) -> None:
        if tab not in self._captures or len(self._captures) == 1:
            return
        if tab is self._captures.seen:
            await self._see(self._captures.after_closing(tab))
        self._captures.remove(tab)
        tab.leave()
        tab.opening.abandon()
        self.remove_mode(tab.mode)
        self.show_tabs()
        self._read_on()
        self.run_worker(_nothing, thread=True)  # a thread holds on to what it did last
        self.set_timer(_UNTIL_GONE, search_everything)
