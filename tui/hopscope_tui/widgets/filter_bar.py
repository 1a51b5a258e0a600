"""The line in which a filter is typed: judged and completed at every key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from hopscope.errors import FilterError
from hopscope.filters import compile_filter
from hopscope.redaction import shown
from hopscope.text import visible
from hopscope_tui.keymap import bindings

if TYPE_CHECKING:
    from hopscope.filters import Completion

_OFFERED = 6
_MOST_OFFERS = 64


class FilterBar(Vertical):
    """An input for a sysdig filter. Enter applies, Escape leaves, Tab completes, Up and Down choose."""

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

    class Left(Message):
        """Escape was pressed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._offers: list[Completion] = []
        self._chosen = 0

    def compose(self) -> ComposeResult:
        """A prompt, the input, and a line for what is wrong or could be meant."""
        with Horizontal(id="filter-line"):
            yield Static("Filter", id="filter-prompt")
            yield Input(id="filter-input", compact=True, select_on_focus=False)
        yield Static(id="filter-notes")

    def open(self, text: str) -> None:
        """Show the line with a text to change."""
        self.display = True
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)
        field.focus()
        self._judge()

    @on(Input.Changed)
    def _judge(self) -> None:
        """Colour the input; what could come next is worked out elsewhere."""
        field = self.query_one(Input)
        good = bool(field.value.strip()) and check(field.value) is None
        field.set_class(good, "-right")
        field.remove_class("-wrong")
        self.post_message(self.Typed(field.value, field.cursor_position))

    def offer(self, text: str, offers: list[Completion]) -> None:
        """Show what could come next; where nothing could, what is wrong."""
        field = self.query_one(Input)
        if text != field.value:
            return
        # The line shows what is taken over as it is, so what would be masked is not offered.
        open_ones = [offer for offer in offers if shown(offer.text) == offer.text]
        self._offers, self._chosen = open_ones[:_MOST_OFFERS], 0
        error = check(text)
        unfinished = any(offer.stop == len(text) for offer in self._offers)
        field.set_class(error is not None and not unfinished, "-wrong")
        self._note(None if unfinished else error)

    def _note(self, error: FilterError | None) -> None:
        notes = self.query_one("#filter-notes", Static)
        lines = [self._offer_line()] if self._offers else []
        if error is not None:
            lines = [*fault_lines(error), *lines]
        notes.update(Content("\n").join(lines))
        notes.display = bool(lines)

    def _offer_line(self) -> Content:
        first = max(0, min(self._chosen - 1, len(self._offers) - _OFFERED))
        parts: list[str | tuple[str, str]] = [(" " * 8, "")]
        for i, offer in enumerate(self._offers[first : first + _OFFERED], first):
            style = (
                "$block-cursor-foreground on $block-cursor-background" if i == self._chosen else "$tone-quiet"
            )
            parts += [(f" {visible(offer.text)} ", style), " "]
        help_text = self._offers[self._chosen].help
        if help_text:
            parts.append((f" {visible(help_text)}", "$tone-quiet italic"))
        return Content.assemble(*parts)

    def action_offer(self, step: int) -> None:
        """Choose another completion."""
        if self._offers:
            self._chosen = (self._chosen + step) % len(self._offers)
            self._note(None)

    def action_complete(self) -> None:
        """Put the chosen completion into the text."""
        if not self._offers:
            return
        offer = self._offers[self._chosen]
        field = self.query_one(Input)
        text = field.value
        field.value = text[: offer.start] + offer.text + text[offer.stop :]
        field.cursor_position = offer.start + len(offer.text)

    def action_leave(self) -> None:
        """Close the line, change nothing."""
        self.post_message(self.Left())

    @on(Input.Submitted)
    def _apply(self, event: Input.Submitted) -> None:
        event.stop()
        error = check(event.value)
        if error is None:
            self.post_message(self.Applied(event.value.strip()))
        else:
            self.query_one(Input).set_class(True, "-wrong")
            self._note(error)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leave when another part of the screen is clicked."""
        if self.display:
            self.post_message(self.Left())


def check(text: str) -> FilterError | None:
    """What is wrong with a filter; None for a good or an empty one."""
    if not text.strip():
        return None
    try:
        compile_filter(text)
    except FilterError as error:
        return error
    return None


def fault_lines(error: FilterError) -> list[Content]:
    """A caret under the mistake, and what it is with a hint."""
    caret = Content.styled(" " * (8 + error.position) + "^", "bold $text-error")
    said = Content.styled(" " * 8 + visible(str(error)), "$text-error")
    if error.hint:
        said += Content.styled(f"; {visible(error.hint)}", "$text-warning")
    return [caret, said]
