"""The spectrogram of what is shown, and the events behind its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from hopscope.text import visible
from hopscope.views import Step
from hopscope.views.chosen import ChosenEvents
from hopscope_tui.messages import HeatFound
from hopscope_tui.navigator import Place
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import EVENTS, MainBase
from hopscope_tui.screens.spectrogram_panel import SpectrogramPanel

if TYPE_CHECKING:
    from hopscope.store.store import Rows


class SpectrogramActions(MainBase):
    """Actions around latencies."""

    @needs_rows
    def action_spectrogram(self) -> None:
        """Latencies over time, of the events of the selection."""
        selection = self.place.selection

        def show(chosen: tuple[Rows, str] | None) -> None:
            if chosen is not None:
                rows, words = chosen
                step = Step("latency", words, ChosenEvents(rows))
                self.go(Place(EVENTS, selection.push(step), self.place.at(self.position())))

        panel = SpectrogramPanel(
            lambda kind, interval, columns: self.jobs.heat(self.store, selection, kind, interval, columns),
            visible(selection.breadcrumb) or "the whole capture",
        )
        self.lay_over(panel, show)

    @on(HeatFound)
    def _heat_found(self, event: HeatFound) -> None:
        self.tell_panel(SpectrogramPanel, lambda panel: panel.take(event))
