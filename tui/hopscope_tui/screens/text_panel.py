"""A panel with text to read."""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hopscope_tui.screens.list_panel import Panel


class TextPanel(Panel[None]):
    """A scrolled text under a title.

    Args:
        title: on the frame.
        text: the text in so many cells.
    """

    def __init__(self, title: str, text: Callable[[int], Content]) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical(id="panel", classes="text-panel"), VerticalScroll(id="panel-scroll"):
            yield Static(id="panel-text")

    def on_mount(self) -> None:
        """Set the title."""
        self.query_one("#panel").border_title = Content(self._title)

    @on(events.Resize)
    def _wrap(self) -> None:
        """Wrap the text in the width there is."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        if not self.is_open:
            return
        width = self.query_one("#panel-scroll", VerticalScroll).scrollable_content_region.width
        self.query_one("#panel-text", Static).update(self._text(max(1, width - 2)))
