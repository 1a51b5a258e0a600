"""What the screen remembers of how a person wants it: colours, and that the keys are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import getters
from textual.theme import Theme

from hopscope_tui.screens.base import MainBase
from hopscope_tui.widgets.hint import Hint

if TYPE_CHECKING:
    from hopscope_tui.app import HopscopeApp
    from hopscope_tui.preferences import Preferences


class PreferenceActions(MainBase):
    """Actions around preferences."""

    hint = getters.query_one("#hint", Hint)

    @property
    def preferences(self) -> Preferences:
        """As they were when the program began."""
        return cast("HopscopeApp", self.app).preferences

    def use_preferences(self) -> None:
        """Teach newcomers, say what cannot be used, and remember colours that are chosen from now on."""
        if not self.preferences.taught:
            self.hint.teach()
            self.hint.display = True
        for problem in self.preferences.problems:
            self.warn(problem)
        self.app.theme_changed_signal.subscribe(self, self._remember_theme)

    def _remember_theme(self, theme: Theme) -> None:
        self.jobs.remember_screen("theme", lambda kept: replace(kept, theme=theme.name))

    def action_hide_hint(self) -> None:
        """Put the line for newcomers away, or show it again."""
        shown = not self.hint.display
        self.hint.teach()
        self.hint.display = shown
        self.jobs.remember_screen("taught", lambda kept: replace(kept, taught=not shown))
