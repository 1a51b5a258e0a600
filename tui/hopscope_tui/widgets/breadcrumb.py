"""Where one is: the steps from the whole capture down to what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from hopscope_tui.widgets.line import Line, Part

_BETWEEN = " > "


class Breadcrumb(Line):
    """Steps that can be clicked to come back up, and the place in the list at the right.

    Where there is no room for all steps those in the middle are left out: the last ones say what is
    shown. A click on the sign in their place lists all.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._steps: tuple[str, ...] = ()
        self._position = ""

    def show_way(self, steps: Sequence[str], position: str) -> None:
        """Show the steps and, at the right, a position such as ``12/340``."""
        self._steps, self._position = tuple(steps), position
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out as many steps as do not fit."""
        self._lay_out()

    def _lay_out(self) -> None:
        steps = ("all", *self._steps)
        last = len(steps) - 1
        right = f" {self._position} "
        parts = [Part(" "), self._part(0, last)]
        first = self._first_shown(steps, self.size.width - cell_len(right))
        if first > 1:
            parts += [Part(_BETWEEN, "$tone-quiet"), Part("…", "$tone-quiet", "screen.chain")]
        for i in range(first, last + 1):
            parts += [Part(_BETWEEN, "$tone-quiet"), self._part(i, last)]
        self.show(parts, [Part(right, "$tone-quiet")])

    def _first_shown(self, steps: Sequence[str], room: int) -> int:
        """The first step behind ``all`` that is shown; the last one is, whatever its length."""
        cells = [cell_len(step) + len(_BETWEEN) for step in steps]
        first = 1
        while first < len(steps) - 1:
            left_out = len(_BETWEEN) + 1 if first > 1 else 0
            if 1 + cells[0] - len(_BETWEEN) + left_out + sum(cells[first:]) <= room:
                break
            first += 1
        return first

    def _part(self, i: int, last: int) -> Part:
        text = "all" if i == 0 else self._steps[i - 1]
        style = ("bold $tone-name" if i else "") if i == last else "$tone-quiet"
        return Part(text, style, "" if i == last else f"screen.climb({i})")
