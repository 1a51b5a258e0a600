"""A panel with text to read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hopscope_tui.screens.list_panel import Panel


class TextPanel(Panel[None]):
    """A scrolled text under a title."""

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical(id="panel", classes="text-panel"), VerticalScroll(id="panel-scroll"):
            yield Static(self._text, id="panel-text")

    def on_mount(self) -> None:
        """Set the title."""
        self.query_one("#panel").border_title = Content(self._title)
