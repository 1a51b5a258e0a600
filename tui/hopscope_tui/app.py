"""The application: themes, the one screen, and the keys that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.widget import Widget

from hopscope_tui.garbage import search_from_now_on
from hopscope_tui.keymap import changed_keys
from hopscope_tui.messages import CaptureGrew, CaptureOpened, LoadProgressed, Noted, OpenFailed
from hopscope_tui.opening import Opening
from hopscope_tui.preferences import load_preferences
from hopscope_tui.screens.loading import LoadingScreen
from hopscope_tui.themes import DARK, THEMES
from hopscope_tui.tones import tone_variables
from hopscope_tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from hopscope_tui.screens.main import MainScreen


def _commands() -> type[Provider]:
    from hopscope_tui.commands import HopscopeCommands  # noqa: PLC0415  needs the views, which load late

    return HopscopeCommands


class HopscopeApp(App[None]):
    """Explores one capture.

    Args:
        opening: the capture, being read already.

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
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._main: MainScreen | None = None
        super().__init__()
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

    def get_default_screen(self) -> Screen[None]:
        """Begin with the loading screen."""
        return LoadingScreen(self._opening)

    @on(CaptureOpened)
    async def _explore(self, event: CaptureOpened) -> None:
        """Put the main screen over the loading screen, and the keys typed meanwhile into it."""
        from hopscope_tui.screens.main import MainScreen  # noqa: PLC0415  loaded with the index

        search_from_now_on()
        loading = self.screen
        self._main = MainScreen(self._opening, event.opened)
        await self.push_screen(self._main)
        if isinstance(loading, LoadingScreen):
            for key in loading.typed:
                self.post_message(key)

    @on(CaptureGrew)
    def _take_in(self, event: CaptureGrew) -> None:
        if self._main is not None:
            self._main.take_in(event.opened)

    @on(LoadProgressed)
    def _show_progress(self) -> None:
        if self._main is not None:
            self._main.show_progress()

    @on(Noted)
    def _say(self, event: Noted) -> None:
        if self._main is not None:
            self._main.note(event.text)

    @on(OpenFailed)
    def _give_up(self) -> None:
        self.exit(return_code=2)

    def pop_screen(self) -> AwaitComplete:
        """Close the topmost screen, and let go of what its widgets drew.

        ``StylesCache.get_inner_outer`` of Textual (seen in 8.2) remembers the caches of 1,024 widgets, closed
        ones too, with every line in them: some hundred thousand objects for each search for garbage to visit.
        """
        for widget in self.screen.walk_children(Widget, with_self=True):
            widget.refresh()
        return super().pop_screen()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves while a capture is being read or recorded, as everywhere; else it tells the key."""
        if self._opening.state.is_over:
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
