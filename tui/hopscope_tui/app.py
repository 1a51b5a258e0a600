"""The application: themes, the one screen, and the keys that work everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from hopscope_tui.commands import HopscopeCommands
from hopscope_tui.opening import Opening
from hopscope_tui.screens.main import MainScreen
from hopscope_tui.themes import DARK, THEMES
from hopscope_tui.tones import tone_variables


class HopscopeApp(App[None]):
    """Explores one capture.

    Args:
        opening: the capture, being read already.
    """

    TITLE = "hopscope"
    CSS_PATH = [  # noqa: RUF012  an attribute of Textual's apps
        "styles/main.tcss",
        "styles/table.tcss",
        "styles/panels.tcss",
    ]
    COMMANDS: ClassVar = {HopscopeCommands}
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_css_variables(self) -> dict[str, str]:
        """The variables of the theme and one for each tone."""
        variables = super().get_css_variables()
        tones = tone_variables(variables)
        self.theme_variables |= tones
        return {**variables, **tones}

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the only one; panels lie over it."""
        return MainScreen(self._opening)

    async def on_event(self, event: events.Event) -> None:
        """Take the message off the last line when a key is pressed."""
        if isinstance(event, events.Key) and isinstance(self.screen, MainScreen):
            self.screen.key_bar.fall_silent()
        await super().on_event(event)
