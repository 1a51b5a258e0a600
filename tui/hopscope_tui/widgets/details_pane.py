"""The details of the chosen event, to scroll in."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

_BESIDE = 2
"""Cells of a scrollbar and a blank."""
_USUAL = 59
"""Cells of a line in a window of 160 cells."""


class DetailsPane(VerticalScroll):
    """One text; it begins at its top whenever it is about another event."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Content | None = None
        self._key = -1
        self._wrapped = self._width = _USUAL
        self._widths: dict[Hashable, int] = {}

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(id="details-text")

    @dataclass
    class Resized(Message):
        """The text has another width to wrap in."""

    def on_resize(self, event: events.Resize) -> None:
        """Have the text wrapped again where it was for another width."""
        if self.content_region.width:
            self._width = self._widths[self._situation] = max(1, self.content_region.width - _BESIDE)
        if self._width != self._wrapped:
            self.post_message(self.Resized())

    def show(self, text: Content | None, key: int = -1) -> None:
        """Show a text; None shows nothing. Another key than before begins at the top."""
        if text is None and self._shown is None:
            return
        self._shown, self._wrapped = text, self.text_width
        self.query_one("#details-text", Static).update(text if text is not None else "")
        if key != self._key:
            self._key = key
            self.scroll_home(animate=False)

    @property
    def text_width(self) -> int:
        """Cells there are for a line; before it is laid out as many as there were last in this situation."""
        return self._widths.get(self._situation, self._width)

    @property
    def _situation(self) -> Hashable:
        """What the width follows from: the size of the terminal, and what is shown beside it."""
        around = self.parent.classes if isinstance(self.parent, Widget) else frozenset()
        return self.app.size, around

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return self._shown.plain if self._shown is not None else ""
