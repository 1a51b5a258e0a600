"""What a capture is and what is missing in it, to be read and to be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.binding import BindingType

from hopscope_tui.capture_facts import capture_facts
from hopscope_tui.keymap import bindings
from hopscope_tui.screens.text_panel import TextPanel


class CapturePanel(TextPanel):
    """The facts about a capture.

    Args:
        facts: by name.
        export: saves them to a file.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("about")]

    def __init__(self, facts: Mapping[str, object], export: Callable[[], None]) -> None:
        super().__init__("The capture", lambda width: capture_facts(facts, width))
        self._export = export

    def action_export(self) -> None:
        """Save them to a file."""
        self._export()
