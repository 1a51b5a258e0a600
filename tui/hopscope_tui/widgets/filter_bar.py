"""The line in which a filter is typed: judged, completed and counted at every key."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from hopscope.redaction import shown
from hopscope.text import visible
from hopscope_tui.hanging import hanging
from hopscope_tui.keymap import bindings
from hopscope_tui.widgets.typed_before import TypedBefore

if TYPE_CHECKING:
    from hopscope.errors import FilterError
    from hopscope.filters import Completion

_OFFERED = 6
_MOST_OFFERS = 64
_PROMPT_CELLS = 8
_AGE_STEP = 1.0
"""Seconds between two looks at how old the count is."""


class FilterBar(Vertical):
    """An input for a sysdig filter. Enter applies, Escape leaves, Tab completes.

    Completions lie below the line and filters typed before lie above it, so Down chooses the next
    completion, and Up the one before or, from the first one, the filter typed last.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("filter")]

    @dataclass
    class Applied(Message):
        """Enter was pressed on a filter that can be understood; empty for no filter."""

        text: str

    @dataclass
    class Typed(Message):
        """The text changed, or the cursor in it was put there at first."""

        text: str
        cursor: int

    @dataclass
    class HistoryWanted(Message):
        """The list of filters typed before is asked for; ``text`` is what is typed already."""

        text: str

    class Left(Message):
        """Escape was pressed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._offers: list[Completion] = []
        self._chosen = 0
        self._error: FilterError | None = None
        self._before = TypedBefore()
        self._count: tuple[str, int, int, float] | None = None
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """A prompt, the input, the count, and a line for what is wrong or could be meant."""
        with Horizontal(id="filter-line"):
            yield Static("Filter", id="filter-prompt")
            yield Input(id="filter-input", compact=True, select_on_focus=False)
            yield Static(id="filter-count")
        yield Static(id="filter-notes")

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    def open(self, text: str, title: str = "Filter") -> None:
        """Show the line with a text to change and a word of at most six letters before it."""
        self.display = True
        self._before, self._count = TypedBefore(), None
        self.query_one("#filter-prompt", Static).update(title)
        self.query_one("#filter-count", Static).update("")
        self.put(text)
        # At once: what focus() leaves for later would let the next keys run as those of the screen.
        self.screen.set_focus(self._field)
        if self._clock is None:
            self._clock = self.set_interval(_AGE_STEP, self._show_count)
        self._clock.resume()
        self._typed()

    def put(self, text: str) -> None:
        """Put a text in the place of what is typed."""
        self._field.value = text
        self._field.cursor_position = len(text)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Have the text judged, completed and counted elsewhere."""
        field = self._field
        self._before.typed(field.value)
        self._show_count()
        self.post_message(self.Typed(field.value, field.cursor_position))

    # --- completions and faults ------------------------------------------------------------------

    def offer(self, text: str, offers: list[Completion], error: FilterError | None) -> None:
        """Show what could come next; where nothing could, what is wrong."""
        field = self._field
        if text != field.value:
            return
        # The line shows what is taken over as it is, so what would be masked is not offered.
        open_ones = [offer for offer in offers if shown(offer.text) == offer.text]
        self._offers, self._chosen = open_ones[:_MOST_OFFERS], 0
        # A word that can still become right is no mistake yet; one further left is.
        begun = [offer.start for offer in self._offers if offer.stop == len(text)]
        is_unfinished = error is not None and bool(begun) and error.position >= min(begun)
        self._error = None if is_unfinished else error
        field.set_class(bool(text.strip()) and error is None, "-right")
        field.set_class(self._error is not None, "-wrong")
        self._note()

    def _note(self, said: str = "") -> None:
        notes = self.query_one("#filter-notes", Static)
        lines = fault_lines(self._error, self._caret_cell, self.size.width) if self._error else []
        if self._offers:
            lines.append(self._offer_line())
        if said:
            lines.append(Content.styled(" " * _PROMPT_CELLS + said, "$tone-quiet"))
        notes.update(Content("\n").join(lines))
        notes.display = bool(lines)

    @property
    def _caret_cell(self) -> int:
        """The cell of the screen below the character at which the mistake was seen."""
        assert self._error is not None
        field = self._field
        before = cell_len(field.value[: self._error.position]) - field.scroll_offset.x
        return _PROMPT_CELLS + max(0, min(before, field.size.width - 1))

    def _offer_line(self) -> Content:
        """As many completions as there is room for, the chosen one between signs, and what it is."""
        first = max(0, min(self._chosen - 1, len(self._offers) - _OFFERED))
        parts: list[str | tuple[str, str]] = [" " * (_PROMPT_CELLS - 1)]
        room = self.size.width - _PROMPT_CELLS
        for i, offer in enumerate(self._offers[first : first + _OFFERED], first):
            text = visible(offer.text)
            room -= cell_len(text) + 3
            if room < 0 and i > self._chosen:
                break
            if i == self._chosen:
                parts.append((f"›{text}‹ ", "$block-cursor-foreground on $block-cursor-background"))
            else:
                parts.append((f" {text}  ", "$tone-quiet"))
        help_text = self._offers[self._chosen].help
        if help_text:
            parts.append((visible(help_text), "$tone-quiet italic"))
        return Content.assemble(*parts).truncate(max(1, self.size.width - 1), ellipsis=True)

    def action_next(self) -> None:
        """Choose the next completion, or the filter typed after the one that is shown."""
        if self._before.is_shown:
            self.put(self._before.newer())
        elif self._offers:
            self._chosen = (self._chosen + 1) % len(self._offers)
            self._note()

    def action_previous(self) -> None:
        """Choose the completion before; from the first one, the filter typed before."""
        if self._chosen and not self._before.is_shown:
            self._chosen -= 1
            self._note()
            return
        older = self._before.older()
        if older is not None:
            self.put(older)
        elif self._before.is_shown:
            self._note("no older filter begins like this; Ctrl-R searches in all of them")
        else:
            self._note("no filter typed before begins like this; Ctrl-R searches in all of them")

    def action_complete(self) -> None:
        """Put the chosen completion into the text."""
        if not self._offers:
            return
        offer = self._offers[self._chosen]
        field = self._field
        text = field.value
        field.value = text[: offer.start] + offer.text + text[offer.stop :]
        field.cursor_position = offer.start + len(offer.text)

    # --- filters typed before --------------------------------------------------------------------

    def take_history(self, lines: tuple[str, ...]) -> None:
        """Take in the filters typed before, the oldest first."""
        self._before = TypedBefore(lines)
        self._before.typed(self._field.value)

    def action_history(self) -> None:
        """Ask for the list of filters typed before."""
        self.post_message(self.HistoryWanted(self._field.value))

    # --- the count -------------------------------------------------------------------------------

    def show_count(self, text: str, left: int, every: int) -> None:
        """Say how many of how many events a filter leaves."""
        self._count = (text, left, every, monotonic())
        self._show_count()

    def _show_count(self) -> None:
        """The last count; with its age where it is not of what is typed now."""
        if self._count is None or not self.display:
            return
        text, left, every, counted = self._count
        if text == self._field.value:
            said, style = f"{left:,} of {every:,}", "" if left else "$text-warning"
        else:
            said, style = f"{left:,} · {age_text(monotonic() - counted)} ago", "$tone-quiet"
        self.query_one("#filter-count", Static).update(Content.styled(f" {said} ", style))

    # --- leaving ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Take the line off the screen."""
        self.display = False
        if self._clock is not None:
            self._clock.pause()

    def action_leave(self) -> None:
        """Close the line, change nothing."""
        self.post_message(self.Left())

    @on(Input.Submitted)
    def _apply(self, event: Input.Submitted) -> None:
        from hopscope.filters import fault  # noqa: PLC0415  loaded by who judged the text while it was typed

        event.stop()
        self._error = fault(event.value)
        if self._error is None:
            self.post_message(self.Applied(event.value.strip()))
        else:
            self._field.set_class(True, "-wrong")
            self._note()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leave when another part of the screen is clicked."""
        if self.display and self.app.screen is self.screen:
            self.post_message(self.Left())


def age_text(seconds: float) -> str:
    """How long ago something was: ``3 s``, ``2 min``."""
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def fault_lines(error: FilterError, cell: int, width: int) -> list[Content]:
    """A caret under the mistake, and what it is with a hint."""
    said = Content.styled(visible(str(error)), "$text-error")
    if error.hint:
        said += Content.styled(f"; {visible(error.hint)}", "$text-warning")
    caret = Content.styled(" " * cell + "^", "bold $text-error")
    return [caret, hanging("", said, _PROMPT_CELLS, max(_PROMPT_CELLS + 20, width))]
