"""The command palette: every view, every action, every theme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.types import IgnoreReturnCallbackType

from hopscope.views import VIEWS
from hopscope_tui.keymap import all_keys, key_names


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    name: str
    help: str
    run: IgnoreReturnCallbackType


class HopscopeCommands(Provider):
    """Views, actions of the main screen with their keys, themes."""

    def _entries(self) -> Iterator[Entry]:
        run = self.screen.run_action
        for name, view in VIEWS.items():
            yield Entry(f"View: {view.title}", view.description, partial(run, f"screen.show_view('{name}')"))
        for key in all_keys():
            if key.command:
                action = key.action if key.action.startswith("app.") else f"screen.{key.action}"
                yield Entry(key.command, f"{key_names(key.keys)}   {key.help}", partial(run, action))
        for theme in self.app.available_themes:
            yield Entry(f"Theme: {theme}", "Change the colours", partial(setattr, self.app, "theme", theme))

    async def discover(self) -> Hits:
        """All of it, before anything is typed."""
        for entry in self._entries():
            yield DiscoveryHit(Content(entry.name), entry.run, entry.name, escape(entry.help))

    async def search(self, query: str) -> Hits:
        """What matches the text."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score = matcher.match(entry.name)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.name), entry.run, entry.name, escape(entry.help))
