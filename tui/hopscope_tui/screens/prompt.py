"""One question with one line for the answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from hopscope_tui.keymap import bindings
from hopscope_tui.screens.modal import Overlay


class Prompt(Overlay[str]):
    """Ask for a line of text. The result is the text, None after Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("prompt")]

    def __init__(
        self, title: str, text: str = "", *, hint: str = "", example: str = "", over: bool = False
    ) -> None:
        """Build the prompt.

        Args:
            title: on the frame.
            text: to begin with.
            hint: below the line.
            example: shown while the line is empty.
            over: True where typing takes the place of the text, False where it adds to it.
        """
        super().__init__()
        self._over = over
        self._title = title
        self._text = text
        self._hint = hint
        self._example = example

    def compose(self) -> ComposeResult:
        """The line and a hint under it."""
        with Vertical(id="prompt"):
            yield Input(self._text, placeholder=self._example, compact=True, select_on_focus=self._over)
            yield Static(Content.styled(self._hint, "$tone-quiet"), id="prompt-hint")

    def on_mount(self) -> None:
        """Set the title."""
        self.query_one("#prompt").border_title = Content(self._title)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)
