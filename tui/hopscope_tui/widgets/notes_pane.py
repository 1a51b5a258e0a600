"""A text to scroll in that is wrapped for the width there is."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

Wrapped = Callable[[int], Content]
"""A text in so many cells."""


class NotesPane(VerticalScroll):
    """One text; it begins at its top whenever there is another."""

    def __init__(self, *, id: str, can_focus: bool = False) -> None:
        super().__init__(id=id, can_focus=can_focus)
        self._text: Wrapped | None = None
        self._width = 0

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(classes="notes")

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the text anew; before the first time nobody knows how wide it will be."""
        width = self.scrollable_content_region.width - self.query_one(Static).gutter.width
        if width != self._width:
            self._width = width
            self._write()

    def show(self, text: Wrapped | None) -> None:
        """Show a text; None shows nothing."""
        self._text = text
        self._write()
        self.scroll_home(animate=False)

    def _write(self) -> None:
        if self._width > 0:
            self.query_one(Static).update(self._text(self._width) if self._text is not None else "")
