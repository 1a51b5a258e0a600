"""The captures that are open, each in a tab of its own, and what becomes of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hopscope.progress import percent
from hopscope_tui.messages import (
    CaptureGrew,
    CaptureOpened,
    FirstRowsReady,
    LoadProgressed,
    Noted,
    OpenFailed,
)
from hopscope_tui.opening import Opening, State, sentence
from hopscope_tui.tab_names import distinct_names
from hopscope_tui.widgets.capture_tabs import CaptureTab

if TYPE_CHECKING:
    from textual.message import Message

    from hopscope_tui.opening import Opened
    from hopscope_tui.screens.loading import LoadingScreen
    from hopscope_tui.screens.main import MainScreen

_PATIENCE = 0.1

AT_ONCE = 2
"""Captures that are read at once, besides those that were looked at; each keeps two processors busy."""


class Tab:
    """One capture that is open.

    Args:
        opening: who reads it.
        mode: name of its stack of screens.

    Attributes:
        first: what there was of it at first, until the main screen has it.
        loading: the screen that is shown before there is anything; None until the tab was seen.
        main: the main screen; None until then.
        notes: what is to be said when the main screen is there.
    """

    def __init__(self, opening: Opening, mode: str) -> None:
        self.opening = opening
        self.mode = mode
        self.first: Opened | None = None
        self.loading: LoadingScreen | None = None
        self.main: MainScreen | None = None
        self.notes: list[str] = []
        self._has_begun = False
        self._has_left = False

    def begin(self, post: Callable[[Message], object]) -> None:
        """Begin to read, once, and from then on say what it has come to."""
        if not self._has_begun:
            self._has_begun = True
            self.opening.start()
            threading.Thread(target=self._listen, args=(post,), name="listen", daemon=True).start()

    @property
    def has_begun(self) -> bool:
        """True when reading has begun."""
        return self._has_begun

    @property
    def is_reading(self) -> bool:
        """True while reading keeps the machine busy."""
        return self._has_begun and not self.opening.is_done and self.opening.state is State.READING

    def leave(self) -> None:
        """Listen no longer."""
        self._has_left = True

    def _listen(self, post: Callable[[Message], object]) -> None:
        """In a thread: say what the opening has come to."""
        opening, steps, said = self.opening, 0, 0
        first, opened = None, None
        while not self._has_left:
            before, steps = steps, opening.wait(steps, _PATIENCE)
            if steps == before:
                continue
            if opening.first is not None and opening.first is not first:
                first = opening.first
                post(FirstRowsReady(opening, first))
            newest = opening.opened
            if newest is not None and newest is not opened:
                post(CaptureGrew(opening, newest) if opened is not None else CaptureOpened(opening, newest))
                opened = newest
            for note in opening.notes[said:]:
                said += 1
                post(Noted(opening, note))
            if opening.error is not None:
                post(OpenFailed(opening, sentence(opening.error)))
                return
            post(LoadProgressed(opening))

    def sign(self) -> tuple[str, str]:
        """How far it is, for the line of tabs, and the style of that."""
        opening = self.opening
        if not self._has_begun:
            return "waits", ""
        if opening.state is State.WHOLE:
            return "", ""
        if opening.state is State.WAITING:
            return "● live", "$text-success"
        share = opening.progress.share
        read = percent(share) if share is not None else "…"
        if opening.state is State.STOPPED:
            return f"stopped {read}", "$text-warning"
        if opening.state is State.BROKEN:
            return "broken", "$text-error"
        return read, ""


class Tabs:
    """All tabs, of which one is seen.

    Args:
        openings: captures to begin with, at least one.

    Attributes:
        seen: the one that is seen.
    """

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._tabs: list[Tab] = []
        self._made = 0
        for opening in openings:
            self.add(opening)
        self.seen = self._tabs[0]

    @property
    def were_several(self) -> bool:
        """True as soon as there is, or was, more than one."""
        return self._made > 1

    def __iter__(self) -> Iterator[Tab]:
        return iter(self._tabs)

    def __len__(self) -> int:
        return len(self._tabs)

    def add(self, opening: Opening) -> Tab:
        """A new tab behind the others."""
        self._made += 1
        tab = Tab(opening, f"capture-{self._made}")
        self._tabs.append(tab)
        return tab

    def remove(self, tab: Tab) -> None:
        """Take one away that is not seen."""
        self._tabs.remove(tab)

    def of(self, opening: Opening) -> Tab | None:
        """The tab of a capture; None when it was closed."""
        return next((tab for tab in self._tabs if tab.opening is opening), None)

    def at(self, index: int) -> Tab | None:
        """The tab with this index; None where there is none."""
        return self._tabs[index] if 0 <= index < len(self._tabs) else None

    def beside(self, tab: Tab, step: int) -> Tab:
        """The tab so many steps behind this one; the first follows the last."""
        return self._tabs[(self._tabs.index(tab) + step) % len(self._tabs)]

    def after_closing(self, tab: Tab) -> Tab:
        """The tab that is seen when this one is closed: the one behind it, of the last the one before."""
        index = self._tabs.index(tab)
        return self._tabs[index + 1 if index + 1 < len(self._tabs) else index - 1]

    def may_begin(self) -> list[Tab]:
        """Captures whose turn to be read has come."""
        free = AT_ONCE - sum(tab.is_reading for tab in self._tabs)
        return [tab for tab in self._tabs if not tab.has_begun][: max(free, 0)]

    def line(self) -> tuple[list[CaptureTab], int]:
        """What the line of tabs shows, and the index of the one that is seen."""
        names = distinct_names([tab.opening.request.path for tab in self._tabs])
        return [
            CaptureTab(name, *tab.sign()) for name, tab in zip(names, self._tabs, strict=True)
        ], self._tabs.index(self.seen)
