"""One line of the screen, made of parts that can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line.

    Attributes:
        text: without control characters.
        style: of Textual's content, for instance ``bold $primary``; empty for the widget's own.
        action: done by a click on the part; empty for none.
    """

    text: str
    style: str = ""
    action: str = ""


class Line(Widget):
    """A line with parts from the left and parts at the right edge, which have the precedence."""

    DEFAULT_CSS: ClassVar[str] = """
    Line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: tuple[Part, ...] = ()
        self._right: tuple[Part, ...] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Show these parts."""
        shown = (tuple(left), tuple(right))
        if shown != (self._left, self._right):
            self._left, self._right = shown
            self.refresh()

    @property
    def text(self) -> str:
        """All parts in one string, for tests and for the clipboard."""
        return "".join(part.text for part in (*self._left, *self._right))

    def render(self) -> Content:
        """Both sides in the width there is."""
        right = _content(self._right)
        room = max(0, self.size.width - right.cell_length)
        left = _content(self._left).truncate(room, ellipsis=True)
        return left + Content(" " * (room - left.cell_length)) + right

    async def on_click(self, event: events.Click) -> None:
        """Do what the clicked part is for."""
        part = self._part_at(event.x)
        if part is not None and part.action:
            event.stop()
            await self.run_action(part.action)

    def _part_at(self, x: int) -> Part | None:
        width = sum(cell_len(part.text) for part in self._right)
        parts, at = (self._left, 0) if x < self.size.width - width else (self._right, self.size.width - width)
        for part in parts:
            at += cell_len(part.text)
            if x < at:
                return part
        return None


def _content(parts: Sequence[Part]) -> Content:
    return Content.assemble(*((part.text, part.style) if part.style else part.text for part in parts))
