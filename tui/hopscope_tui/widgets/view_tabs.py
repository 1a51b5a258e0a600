"""The views as tabs."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from hopscope_tui.widgets.line import Line, Part

_SHORTEST = 4
_DIGITS = 8
"""Tabs that a digit leads to; another one leads to the list of all views."""


class ViewTabs(Line):
    """One tab a view, with the digit that leads to it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._titles: tuple[str, ...] = ()
        self._active = -1

    def show_tabs(self, titles: Sequence[str], active: int) -> None:
        """Show the titles; those behind the digits are of views that were chosen from the list of all.

        ``active`` is the index of the view that is open, -1 for none.
        """
        self._titles, self._active = tuple(titles), active
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Shorten the titles where they do not fit."""
        self._lay_out()

    def _lay_out(self) -> None:
        longest = max(map(len, self._titles), default=0)
        tail = " "
        if self._needed(longest, tail) > self.size.width:
            tail = ""
            while longest > _SHORTEST and self._needed(longest, tail) > self.size.width:
                longest -= 1
        parts = []
        for i, title in enumerate(self._titles):
            action = f"screen.show_view_number({i + 1})" if i < _DIGITS else "screen.pick_view"
            number = f" {i + 1} " if i < _DIGITS else " … "
            style = "bold $block-cursor-foreground on $block-cursor-background" if i == self._active else ""
            parts.append(Part(number, style or "$tone-quiet", action))
            parts.append(Part(f"{title[:longest]}{tail}", style, action))
        self.show(parts)

    def _needed(self, longest: int, tail: str) -> int:
        """Cells that all tabs take with titles of at most this length."""
        return sum(min(len(title), longest) + len(" 1 ") + len(tail) for title in self._titles)
