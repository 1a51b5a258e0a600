"""A panel with text to read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from hopscope_tui.screens.list_panel import Panel
from hopscope_tui.widgets.notes_pane import NotesPane, Wrapped


class TextPanel(Panel[None]):
    """A scrolled text under a title.

    Args:
        title: on the frame.
        text: the text in so many cells.
    """

    def __init__(self, title: str, text: Wrapped) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The text."""
        with Vertical(id="panel", classes="text-panel"):
            yield NotesPane(id="panel-scroll", can_focus=True)

    def on_mount(self) -> None:
        """Set the title and the text."""
        self.query_one("#panel").border_title = Content(self._title)
        self.query_one(NotesPane).show(self._text)
