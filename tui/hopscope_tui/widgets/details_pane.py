"""The details of the chosen event, to scroll in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class DetailsPane(VerticalScroll):
    """One text; it begins at its top whenever another event is shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: Content | None = None

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(id="details-text")

    def show(self, text: Content | None) -> None:
        """Show a text; None shows nothing."""
        if text is None and self._shown is None:
            return
        self._shown = text
        self.query_one("#details-text", Static).update(text if text is not None else "")
        self.scroll_home(animate=False)

    @property
    def text_width(self) -> int:
        """Cells there are for a line."""
        return max(1, self.scrollable_content_region.width - 2)

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return self._shown.plain if self._shown is not None else ""
