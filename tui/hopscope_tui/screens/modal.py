"""What all panels over the main screen share."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Modal(ModalScreen[Result]):
    """A panel over the main screen; a click beside it closes it."""

    @property
    def is_open(self) -> bool:
        """False once it is being closed: what is under way to it then finds none of its widgets."""
        return self.display

    def on_click(self, event: events.Click) -> None:
        """Close on a click beside the panel."""
        if event.widget is self:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
