"""The captures that are open beside each other, as tabs; nothing where there is only one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual import events

from hopscope_tui.tab_names import shortened, without_common_ending
from hopscope_tui.widgets.line import Line, Part

if TYPE_CHECKING:
    from hopscope_tui.tab_control import TabControl

_SHORTEST = 10
"""Cells of a name below which tabs are left out rather than shortened."""

_SEEN = "bold $block-cursor-foreground on $block-cursor-background"
_QUIET = "$tone-quiet"


@dataclass(frozen=True, slots=True)
class CaptureTab:
    """What a tab says.

    Attributes:
        name: of the capture, without control characters.
        sign: how far reading is, or what is the matter with it; empty where all of it is there.
        tone: style of the sign.
    """

    name: str
    sign: str = ""
    tone: str = ""


class CaptureTabs(Line):
    """One tab a capture. A click shows it; the cross closes the one that is seen, the plus opens another."""

    DEFAULT_CSS = "CaptureTabs { display: none; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[CaptureTab, ...] = ()
        self._names: list[str] = []
        self._seen = 0

    def on_mount(self) -> None:
        """Ask for the tabs there are."""
        cast("TabControl", self.app).show_tabs()

    def show_captures(self, tabs: Sequence[CaptureTab], seen: int) -> None:
        """Show these tabs; ``seen`` is the index of the one whose screen this is."""
        if (tuple(tabs), seen) != (self._tabs, self._seen):
            self._tabs, self._seen = tuple(tabs), seen
            self.display = len(tabs) > 1
            self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Shorten the names where they do not fit."""
        self._lay_out()

    def _lay_out(self) -> None:
        right = [Part(" + ", _QUIET, "app.open_capture")]
        room = self.size.width - cell_len(right[0].text)
        first, last, longest = self._fitting(room)
        parts = []
        if first:
            parts.append(Part(f"‹{first} ", _QUIET, f"app.see_tab({first - 1})"))
        for index in range(first, last):
            parts += self._parts(index, longest)
        if last < len(self._tabs):
            parts.append(Part(f" {len(self._tabs) - last}›", _QUIET, f"app.see_tab({last})"))
        self.show(parts, right)

    def _parts(self, index: int, longest: int) -> list[Part]:
        tab, seen, action = self._tabs[index], index == self._seen, f"app.see_tab({index})"
        style = _SEEN if seen else ""
        parts = [Part(f"{'▸' if seen else ' '}{shortened(self._names[index], longest)} ", style, action)]
        if tab.sign:
            parts.append(Part(f"{tab.sign} ", style or tab.tone or _QUIET, action))
        parts.append(Part("× ", style, "app.close_tab") if seen else Part("│", _QUIET))
        return parts

    def _fitting(self, room: int) -> tuple[int, int, int]:
        """First and behind the last tab that fit, the one that is seen among them, and cells of a name."""
        self._names = [tab.name for tab in self._tabs]
        count = len(self._names)
        shown, longest = range(count), max(map(cell_len, self._names), default=0)
        if self._needed(shown, longest) > room:
            self._names = without_common_ending(self._names)
            longest = max(map(cell_len, self._names), default=0)
        while longest > _SHORTEST and self._needed(shown, longest) > room:
            longest -= 1
        if self._needed(shown, longest) <= room:
            return 0, count, longest
        first, last = self._seen, self._seen + 1
        room -= len("‹99 ") + len(" 99›")
        while last < count or first:
            wider = range(first, last + 1) if last < count else range(first - 1, last)
            if self._needed(wider, longest) > room:
                break
            first, last = wider.start, wider.stop
        return first, last, longest

    def _needed(self, shown: range, longest: int) -> int:
        """Cells that these tabs take with names of at most this length."""
        return sum(cell_len(part.text) for index in shown for part in self._parts(index, longest))
