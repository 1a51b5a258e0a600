"""When the events of the selection happened, as bars over time; ranges are brushed on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hopscope.bars import spark
from hopscope_tui.keymap import bindings

if TYPE_CHECKING:
    from hopscope.views.density import Density

_LEFT = 1
"""Blank cells before the first bar."""
_NOTE_CELLS = 28
"""Cells for the text at the right, where there is room."""
_ROOMY = 76
"""Cells from which on there is."""
_PAGE = 10


class Timeline(Widget, can_focus=True):
    """One bar a stretch of time, and below them, while it has the focus, the marker and the range.

    The range begins at the anchor and ends at the marker; without an anchor it is the marker's stretch.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("timeline")]
    DEFAULT_CSS: ClassVar[str] = """
    Timeline { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: clip; }
    Timeline:focus { height: 2; }
    """
    ALLOW_SELECT = False

    @dataclass
    class Brushed(Message):
        """A range was chosen: ``[begin, end)`` in ns since 1970, with so many events in it."""

        begin: int
        end: int
        count: int

    @dataclass
    class Resized(Message):
        """There is room for another number of bars."""

        stretches: int

    class Left(Message):
        """Escape was pressed without a range."""

    def __init__(self, *, id: str | None = None, disabled: bool = False) -> None:
        super().__init__(id=id, disabled=disabled)
        self._density: Density | None = None
        self._epoch = 0
        self._anchor: int | None = None
        self._marker = 0
        self._is_dragged = False

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def stretches(self) -> int:
        """Bars there is room for."""
        return max(1, self.size.width - _LEFT - self._note_cells)

    @property
    def _note_cells(self) -> int:
        return _NOTE_CELLS if self.size.width >= _ROOMY else 0

    def on_resize(self, event: events.Resize) -> None:
        """Ask for as many bars as there is room for."""
        if self._density is None or len(self._density.counts) != self.stretches:
            self.post_message(self.Resized(self.stretches))

    def show(self, density: Density, epoch: int) -> None:
        """Show how many events there were when; times are written from ``epoch`` on, in ns since 1970."""
        old, self._density, self._epoch = self._density, density, epoch
        if old is not None and (old.start, old.stop, len(old.counts)) != (
            density.start, density.stop, len(density.counts)
        ):  # fmt: skip
            self._anchor = None
            self._marker = density.stretch(old.edge(self._marker))
        self.refresh()

    @property
    def range_cells(self) -> tuple[int, int]:
        """First and last stretch of the range."""
        anchor = self._marker if self._anchor is None else self._anchor
        return min(anchor, self._marker), max(anchor, self._marker)

    @property
    def text(self) -> str:
        """What is drawn, for tests."""
        return self.render().plain

    def render(self) -> Content:
        """The bars with a note, and below them the range."""
        density = self._density
        if density is None:
            return Content(" " * self.size.width)
        bars = spark(density.counts.tolist())
        first, last = self.range_cells
        parts: list[str | tuple[str, str]] = [" " * _LEFT]
        if self.has_focus:
            parts += [
                (bars[:first], "$tone-network"),
                (bars[first : last + 1], "bold $tone-mark on $block-cursor-background"),
                (bars[last + 1 :], "$tone-network"),
            ]
        else:
            parts.append((bars, "$tone-network"))
        lines = [Content.assemble(*parts, (self._note(density), "$tone-quiet"))]
        if self.has_focus:
            lines.append(self._range_line(density, first, last))
        return Content("\n").join(lines)

    def _note(self, density: Density) -> str:
        """The time that the bars stand for, and how many events the highest one."""
        peak = int(density.counts.max(initial=0))
        said = f" {_range_text(density, 0, len(density.counts), self._epoch)}  peak {peak:,}"
        return said[: self._note_cells]

    def _range_line(self, density: Density, first: int, last: int) -> Content:
        drawn = "▲" if self._anchor is None else "║" if first == last else f"╚{'═' * (last - first - 1)}╝"
        count = int(density.counts[first : last + 1].sum())
        said = f"{_range_text(density, first, last + 1, self._epoch)}, {count:,} events"
        before = _LEFT + first
        left, right = before - 2, self.size.width - before - len(drawn) - 3
        if len(said) <= right or right >= left:
            line = f"{' ' * before}{drawn}  {_cut(said, right)}"
        else:
            line = f"{_cut(said, left).rjust(left)}  {drawn}"
        return Content.styled(line, "bold $tone-mark")

    # --- brushing with keys ----------------------------------------------------------------------

    def start_at(self, time: int | None) -> None:
        """Take the keys, with the marker at a moment (ns since 1970) or where it was."""
        if time is not None and self._density is not None:
            self._marker, self._anchor = self._density.stretch(time), None
        self.focus()
        self.refresh(layout=True)

    def _move(self, marker: int) -> None:
        count = len(self._density.counts) if self._density is not None else 1
        self._marker = max(0, min(count - 1, marker))
        self.refresh()

    def action_move(self, stretches: int) -> None:
        """Move the marker, and with it the end of the range."""
        self._move(self._marker + stretches)

    def action_extend(self, stretches: int) -> None:
        """Begin a range here if there is none, and move its end."""
        if self._anchor is None:
            self._anchor = self._marker
        self._move(self._marker + stretches)

    def action_page(self, pages: int) -> None:
        """Move the marker by many bars."""
        self._move(self._marker + pages * _PAGE)

    def action_first(self) -> None:
        """Move the marker to the beginning."""
        self._move(0)

    def action_last(self) -> None:
        """Move the marker to the end."""
        self._move(self.stretches)

    def action_anchor(self) -> None:
        """Begin a range at the marker."""
        self._anchor = self._marker
        self.refresh()

    def action_apply(self) -> None:
        """Take the range."""
        density = self._density
        if density is None:
            return
        first, last = self.range_cells
        count = int(density.counts[first : last + 1].sum())
        self._anchor = None
        self.refresh()
        self.post_message(self.Brushed(density.edge(first), density.edge(last + 1), count))

    def action_clear(self) -> None:
        """Give up the range; without one, give the keys back to the list."""
        if self._anchor is None:
            self.post_message(self.Left())
        self._anchor = None
        self.refresh()

    # --- brushing with the mouse -----------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the marker and the beginning of a range here."""
        self.capture_mouse()
        self._is_dragged = True
        self._move(event.x - _LEFT)
        self._anchor = self._marker

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the range out."""
        if self._is_dragged:
            self._move(event.x - _LEFT)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Take the range; a click without a movement only puts the marker."""
        if not self._is_dragged:
            return
        self._is_dragged = False
        self.release_mouse()
        if self._anchor == self._marker:
            self._anchor = None
            self.refresh()
        else:
            self.action_apply()

    def on_focus(self) -> None:
        """Show the line with the range."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Give up the range."""
        self._anchor = None
        self.refresh(layout=True)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(0, room - 1)]}…"


def _range_text(density: Density, first: int, stop: int, epoch: int) -> str:
    from hopscope.views.links import range_text  # noqa: PLC0415  not needed before there are bars

    return range_text(density.edge(first), density.edge(stop), epoch)
