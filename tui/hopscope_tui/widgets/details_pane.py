"""The details of the chosen event, to scroll in."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class DetailsPane(VerticalScroll):
    """One text; it begins at its top whenever it is about another event."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Content | None = None
        self._key = -1

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(id="details-text")

    @dataclass
    class Resized(Message):
        """The text has another width to wrap in."""

    def on_resize(self, event: events.Resize) -> None:
        """Have the text wrapped again."""
        self.post_message(self.Resized())

    def show(self, text: Content | None, key: int = -1) -> None:
        """Show a text; None shows nothing. Another key than before begins at the top."""
        if text is None and self._shown is None:
            return
        self._shown = text
        self.query_one("#details-text", Static).update(text if text is not None else "")
        if key != self._key:
            self._key = key
            self.scroll_home(animate=False)

    @property
    def text_width(self) -> int:
        """Cells there are for a line: as many with a scrollbar, which is there one drawing after its text."""
        return max(1, self.content_region.width - 2)

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return self._shown.plain if self._shown is not None else ""
