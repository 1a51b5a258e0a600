"""Latency over time as a heat map; what is behind its cells is a key or a double click away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hopscope_tui.keymap import bindings
from hopscope_tui.screens.list_panel import Panel
from hopscope_tui.widgets.heat_map import HeatMap

if TYPE_CHECKING:
    from hopscope.spectrogram import Kind
    from hopscope.store.store import Rows
    from hopscope_tui.messages import HeatFound

Ask = Callable[["Kind", int, int], object]
"""Has a map worked out: of what, ns in a line, columns."""


class SpectrogramPanel(Panel["tuple[Rows, str]"]):
    """A spectrogram; the result is the event rows behind the chosen cells, and their name.

    Args:
        ask: has a map worked out; :meth:`take` is given it.
        place: what it is of, safe to show.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("spectrogram")]
    AUTO_FOCUS = "HeatMap"

    heat_map = getters.query_one("#heat", HeatMap)

    def __init__(self, ask: Ask, place: str) -> None:
        super().__init__()
        self._ask = ask
        self._place = place
        self._kind = 0
        self._interval = 0
        self._found: HeatFound | None = None

    def compose(self) -> ComposeResult:
        """The map, what is chosen in it, and the keys."""
        with Vertical(id="panel", classes="heat-panel"):
            yield HeatMap(id="heat")
            yield Static(id="heat-chosen")
            yield Static(id="heat-legend")
            hint = "Enter shows the events, Space begins a rectangle, Tab other calls, + - time in a line"
            yield Static(Content.styled(hint, "$tone-quiet"), id="panel-hint")

    @on(HeatMap.Resized)
    def _work_out(self) -> None:
        """Ask for a map as wide as there is room; the first one as soon as that is known."""
        if not self.is_open:
            return
        from hopscope.spectrogram import KINDS  # noqa: PLC0415  only who looks at latencies needs it

        kind = KINDS[self._kind]
        self.query_one("#panel").border_title = Content(f"Latency of {kind.title}: {self._place}")
        self._say("working it out …")
        self._ask(kind, self._interval, self.heat_map.columns_that_fit)

    def take(self, found: HeatFound) -> None:
        """Show a map."""
        from hopscope.spectrogram import level_starts  # noqa: PLC0415

        self._found, self._interval = found, found.heat.interval
        self.heat_map.show(found.heat, found.labels, found.marks)
        steps = "  ".join(f"{shade} {least:,}+" for shade, least in level_starts(found.heat.busiest))
        legend = f"in a cell: {steps}   a line is {found.line_words}"
        self.query_one("#heat-legend", Static).update(Content.styled(legend, "$tone-quiet"))

    def refuse(self, text: str) -> None:
        """Say why there is no other map."""
        self._say(text)

    def _say(self, text: str) -> None:
        self.query_one("#heat-chosen", Static).update(Content(text))

    @on(HeatMap.Moved)
    def _describe(self) -> None:
        rows, words = self._behind()
        if self._found is not None and not self._found.heat.counts.size:
            self._say("nothing here took any time")
        else:
            self._say(f"{len(rows):,} in {words}")

    def _behind(self) -> tuple[Rows, str]:
        """Event rows of the chosen cells, and what they are."""
        if self._found is None or not self._found.heat.counts.size:
            return np.zeros(0, np.int64), ""
        chosen, heat = self.heat_map.chosen, self._found.heat
        rows = heat.rows_within(slice(chosen.top, chosen.bottom + 1), slice(chosen.left, chosen.right + 1))
        return rows, self._found.words(chosen)

    # --- keys ------------------------------------------------------------------------------------

    def action_kind(self, step: int) -> None:
        """Other things that take time."""
        from hopscope.spectrogram import KINDS  # noqa: PLC0415

        self._kind = (self._kind + step) % len(KINDS)
        self._work_out()

    def action_zoom(self, step: int) -> None:
        """Twice as much time in a line, or half of it."""
        if self._interval:
            self._interval = max(1_000, self._interval * 2 if step > 0 else self._interval // 2)
            self._work_out()

    @on(HeatMap.Opened)
    def action_choose(self) -> None:
        """What is behind the chosen cells."""
        rows, words = self._behind()
        if len(rows):
            self.dismiss((rows, words))
        else:
            self._say("nothing is in these cells")
