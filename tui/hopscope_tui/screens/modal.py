"""What all that lies over the main screen shares."""

from __future__ import annotations

from rich.console import RenderableType
from textual import events
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.visual import Visual

from hopscope_tui.screens.one_frame import OneFrame, Result
from hopscope_tui.widgets.dimmed import Dimmed

_FIRST_SIGHT = 1 / 60
"""Seconds in which widgets take their sizes and say what they show."""


class Overlay(OneFrame[Result], ModalScreen[Result]):
    """A screen over the main one, first drawn when all of it has its place.

    Textual (8.2) draws a screen as soon as it is there, and again when its widgets know their sizes. As what
    shines through is drawn anew each time, too, opening a panel would take twice as long.
    """

    is_in_place = False
    """True from when it is drawn."""

    @property
    def is_open(self) -> bool:
        """False once it is being closed: what is under way to it then finds none of its widgets."""
        return self.display

    def render(self) -> RenderableType | Visual:  # type: ignore[override]
        """What shines through, or the background."""
        found = super().render()
        return Dimmed(found) if isinstance(found, BackgroundScreen) else found

    def on_mount(self) -> None:
        """Draw it in a moment."""
        self.set_timer(_FIRST_SIGHT, self._draw)

    def _draw(self) -> None:
        self.is_in_place = True
        self.refresh()

    def _compositor_refresh(self) -> None:
        if self.is_in_place:
            super()._compositor_refresh()


class Modal(Overlay[Result]):
    """A panel over the main screen; a click beside it closes it."""

    def on_click(self, event: events.Click) -> None:
        """Close on a click beside the panel."""
        if event.widget is self:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
