"""What the screen remembers of how a person wants it: colours, and that the keys are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import getters
from textual.theme import Theme

from hopscope.views import VIEWS
from hopscope.views.engine import available_columns
from hopscope_tui.navigator import Position
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.screens.column_panel import ColumnPanel
from hopscope_tui.sources import ViewSource
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
        self.look = replace(self.look, columns=self.preferences.columns)
        self.app.theme_changed_signal.subscribe(self, self._remember_theme)

    def forget_preferences(self) -> None:
        """Listen to colours no longer: the signal would hold the screen, and with it the capture."""
        self.app.theme_changed_signal.unsubscribe(self)

    def _remember_theme(self, theme: Theme) -> None:
        self.jobs.remember_screen("theme", lambda kept: replace(kept, theme=theme.name))

    def action_hide_hint(self) -> None:
        """Put the line for newcomers away, or show it again."""
        shown = not self.hint.display
        self.hint.teach()
        self.hint.display = shown
        self.jobs.remember_screen("taught", lambda kept: replace(kept, taught=not shown))

    # --- columns ---------------------------------------------------------------------------------

    @needs_rows
    def action_pick_columns(self) -> None:
        """Choose the columns of the view."""
        if not isinstance(self.source, ViewSource):
            self.warn("the columns of this list are what they are")
            return
        view, shown = self.place.view, [column.name for column in self.source.result.columns]
        panel = ColumnPanel(available_columns(self.store, VIEWS[view]), shown)

        def take(row: int | None) -> None:
            if row is not None and panel.names != tuple(shown):
                self._show_columns(view, panel.names, shown)

        self.lay_over(panel, take)

    def _show_columns(self, view: str, names: tuple[str, ...], before: list[str]) -> None:
        columns = {**self.look.columns, view: names}
        if not names:
            del columns[view]
        self.look = replace(self.look, columns=columns)
        self.jobs.remember_screen("columns", lambda kept: replace(kept, columns=columns))
        shown = names or tuple(column.name for column in available_columns(self.store, VIEWS[view]))
        sorting = [
            (shown.index(before[column]), descending)
            for column, descending in filter(None, (self.place.sorting, *self.place.then))
            if before[column] in shown
        ]
        position = Position(self.position().key)
        place = replace(
            self.place, sorting=sorting[0] if sorting else None, then=tuple(sorting[1:]), position=position
        )
        self.change(place)
