"""The main screen: what is on it, and how the answers of the workers get there."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer

from hopscope_tui.keymap import bindings
from hopscope_tui.messages import FillProgressed, JobFailed, ViewFilled
from hopscope_tui.navigator import Place
from hopscope_tui.opening import Opened, Opening
from hopscope_tui.own.places import OWN
from hopscope_tui.place_texts import empty_text, tabs_of, way
from hopscope_tui.screens.base import has_details
from hopscope_tui.screens.chain_actions import ChainActions
from hopscope_tui.screens.copy_actions import CopyActions
from hopscope_tui.screens.file_actions import FileActions
from hopscope_tui.screens.gap_actions import GapActions
from hopscope_tui.screens.growth_actions import GrowthActions
from hopscope_tui.screens.hop_actions import HopActions
from hopscope_tui.screens.list_actions import ListActions
from hopscope_tui.screens.mark_actions import MarkActions
from hopscope_tui.screens.move_actions import MoveActions
from hopscope_tui.screens.preference_actions import PreferenceActions
from hopscope_tui.screens.session_actions import SessionActions
from hopscope_tui.screens.spectrogram_actions import SpectrogramActions
from hopscope_tui.screens.spectrogram_panel import SpectrogramPanel
from hopscope_tui.screens.stream_actions import StreamActions
from hopscope_tui.screens.time_actions import TimeActions
from hopscope_tui.sources import PlaceSource
from hopscope_tui.widgets.breadcrumb import Breadcrumb
from hopscope_tui.widgets.capture_tabs import CaptureTabs
from hopscope_tui.widgets.details_pane import DetailsPane
from hopscope_tui.widgets.first_sight import FirstSight
from hopscope_tui.widgets.hint import Hint
from hopscope_tui.widgets.key_bar import KeyBar
from hopscope_tui.widgets.timeline import Timeline
from hopscope_tui.widgets.title_bar import TitleBar
from hopscope_tui.widgets.view_tabs import ViewTabs
from hopscope_tui.widgets.virtual_table import VirtualTable
from hopscope_tui.widgets.waterfall import Waterfall

_DETAILS_DELAY = 0.02


class MainScreen(
    GrowthActions,
    ListActions,
    MoveActions,
    HopActions,
    MarkActions,
    ChainActions,
    TimeActions,
    FileActions,
    CopyActions,
    StreamActions,
    PreferenceActions,
    GapActions,
    SpectrogramActions,
    SessionActions,
):
    """One capture: where one is, its rows, and the details of the chosen event.

    The workers of :class:`Jobs` do what takes time; the handlers here own every change of state.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("main")]
    AUTO_FOCUS = "#table"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  an attribute of Textual's screens
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]  # noqa: RUF012  an attribute of Textual's screens

    tabs = getters.query_one("#tabs", ViewTabs)
    breadcrumb = getters.query_one("#breadcrumb", Breadcrumb)

    def __init__(self, opening: Opening, opened: Opened, mode: str) -> None:
        super().__init__(opening, opened, mode)
        self._details_timer: Timer | None = None
        self._told: tuple[PlaceSource, int] | None = None

    def compose(self) -> ComposeResult:
        """Captures, title, tabs, timeline, breadcrumb, table and details, keys."""
        yield CaptureTabs(id="captures")
        yield TitleBar(id="title")
        yield ViewTabs(id="tabs")
        yield Timeline(id="timeline")
        yield Breadcrumb(id="breadcrumb")
        with Container(id="body"):
            yield VirtualTable(id="table", classes="rows")
            yield Waterfall(id="waterfall", classes="rows")
            yield DetailsPane(id="details")
        yield Hint(id="hint")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the first view."""
        first, start = self.capture.first, self.place
        assert first is not None
        self.capture = replace(self.capture, first=None)  # whose rows would hold on to the first store
        self.show_title()
        self._show(start, *self.maker.of_result(first.result, start))
        self.use_preferences()
        if start.view in self.look.columns:
            self.change(start)
        for notice in self.capture.bookmarks.notices:
            self.warn(notice)
        self.grow()
        self.ask_for_session()

    def on_unmount(self) -> None:
        """Keep where one was."""
        self.keep_session()
        self.forget_preferences()

    # --- rows ------------------------------------------------------------------------------------

    @on(ViewFilled)
    def _arrived(self, event: ViewFilled) -> None:
        arrive, self.arrive = self.arrive, None
        if arrive is not None:
            self.navigator.remember(self.position())
            arrive()
            self._show(event.place, event.source, event.row, event.sight)
            self.draw_soon()
            if self.progress_said:
                self.progress_said = False
                self.say("")
            self.catch_up()
            self.grow()

    @on(FillProgressed)
    def _going_on(self, event: FillProgressed) -> None:
        if event.place is self.seeking and self.arrive is not None and event.place.view in OWN:
            self.say_progress(f"{OWN[event.place.view].work} … {event.share:.0%}, Esc stops")

    @on(JobFailed)
    def _not_done(self, event: JobFailed) -> None:
        if event.job == "fill":
            self.arrive = None
            self.draw_again()
        if event.job == "hops":
            self.hopping_from = None
        if event.job == "grow":
            self.not_grown()
        if event.job in ("values", "link", "find_connection"):
            self.pointing = False
        self.tell_panel(SpectrogramPanel, lambda panel: panel.refuse(event.text))
        self.waiting_actions.clear()
        self.say(event.text, "$text-error")

    def _show(self, place: Place, source: PlaceSource, row: int, sight: FirstSight | None = None) -> None:
        self.leave_details()
        self.show_rows(place, source, row, place.position.top, sight)

    def show_rows(
        self, place: Place, source: PlaceSource, row: int, top: int | None, sight: FirstSight | None
    ) -> None:
        """Show rows of a place."""
        self.source = source
        with self.app.batch_update():
            self.details.set_class(has_details(place), "-beside")
            self.tabs.show_tabs(*tabs_of(place))
            self.show_bars(place)
            self.table.show(source, row, top, empty_text(place), sight)
            self.show_details()
            self._told = source, self.table.cursor_row
        self._show_position()
        self.draw_timeline()

    # --- the chosen row --------------------------------------------------------------------------

    @on(VirtualTable.CursorMoved, ".rows")
    def _row_chosen(self) -> None:
        self._show_position()
        self.row_was_chosen()
        self.row_for_session()
        if self._details_timer is not None:
            self._details_timer.stop()
            self._details_timer = None
        told, self._told = self._told, None
        if told is not None and told[0] is self.source and told[1] == self.table.cursor_row:
            return
        self._details_timer = self.set_timer(_DETAILS_DELAY, self._details_due)

    def _details_due(self) -> None:
        self._details_timer = None
        self.show_details()

    @property
    def awaits_details(self) -> bool:
        """True for the moment until the details of a row that was chosen are written."""
        return self._details_timer is not None

    def _show_position(self) -> None:
        count, row = len(self.table.source), self.table.cursor_row
        position = f"{row + 1:,}/{count:,}" if count else "0"
        self.breadcrumb.show_way(way(self.place), position)
