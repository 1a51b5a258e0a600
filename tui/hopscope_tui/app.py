"""The application: its captures as tabs, themes, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.command import Provider
from textual.widget import Widget

from hopscope_tui.keymap import bindings, changed_keys
from hopscope_tui.opening import Opening
from hopscope_tui.preferences import load_preferences
from hopscope_tui.tab_control import TabControl
from hopscope_tui.themes import DARK, THEMES
from hopscope_tui.tones import tone_variables
from hopscope_tui.widgets.key_bar import KeyBar


def _commands() -> type[Provider]:
    from hopscope_tui.commands import HopscopeCommands  # noqa: PLC0415  needs the views, which load late

    return HopscopeCommands


class HopscopeApp(TabControl):
    """Explores captures.

    Args:
        opening: the capture to begin with, being read already.
        more: captures in further tabs; each is read when its turn has come.

    Attributes:
        preferences: how a person wants it.
    """

    TITLE = "hopscope"
    CSS_PATH = [  # noqa: RUF012  an attribute of Textual's apps
        "styles/main.tcss",
        "styles/table.tcss",
        "styles/panels.tcss",
    ]
    COMMANDS: ClassVar = {_commands}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tabs")]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, opening: Opening, more: Sequence[Opening] = ()) -> None:
        super().__init__([opening, *more])
        for theme in THEMES:
            self.register_theme(theme)
        self.preferences = load_preferences(self.available_themes)
        self.theme = self.preferences.theme or DARK.name
        self.set_keymap(changed_keys())

    def get_css_variables(self) -> dict[str, str]:
        """The variables of the theme and one for each tone."""
        variables = super().get_css_variables()
        tones = tone_variables(variables, ansi=self.current_theme.ansi)
        self.theme_variables |= tones
        return {**variables, **tones}

    def pop_screen(self) -> AwaitComplete:
        """Close the topmost screen, and let go of what its widgets drew.

        ``StylesCache.get_inner_outer`` of Textual (seen in 8.2) remembers the caches of 1,024 widgets, closed
        ones too, with every line in them: some hundred thousand objects for each search for garbage to visit.
        """
        for widget in self.screen.walk_children(Widget, with_self=True):
            widget.refresh()
        return super().pop_screen()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves while what is seen is read or recorded, as everywhere; else it tells the key."""
        if self.seen.state.is_over:
            super().action_help_quit()
        else:
            self.exit()

    async def on_event(self, event: events.Event) -> None:
        """Take the message off the last line when a key is pressed, or the mouse above that line."""
        if isinstance(event, events.Key | events.MouseDown):
            for bar in self.screen.query(KeyBar):
                if isinstance(event, events.Key) or not bar.region.contains(event.x, event.y):
                    bar.fall_silent()
        await super().on_event(event)
