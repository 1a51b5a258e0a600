"""What the actions of the main screen share: state, and how to get somewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, TypeVar

from textual import getters
from textual.containers import Container
from textual.screen import Screen

from hopscope.redaction import is_redacting
from hopscope.store.store import Store
from hopscope.views import VIEWS, selection_of_event
from hopscope_tui.jobs import Jobs
from hopscope_tui.look import Look
from hopscope_tui.messages import HopsFound
from hopscope_tui.navigator import Navigator, Place, Position, event_key, place_of_event
from hopscope_tui.opening import Opened, Opening
from hopscope_tui.own.places import OWN, TRAIL
from hopscope_tui.places import SourceMaker
from hopscope_tui.screens.one_frame import OneFrame
from hopscope_tui.sources import PlaceSource
from hopscope_tui.widgets.details_pane import DetailsPane
from hopscope_tui.widgets.first_sight import FirstSight
from hopscope_tui.widgets.key_bar import KeyBar
from hopscope_tui.widgets.line import Part
from hopscope_tui.widgets.timeline import Timeline
from hopscope_tui.widgets.title_bar import TitleBar
from hopscope_tui.widgets.virtual_table import VirtualTable
from hopscope_tui.widgets.waterfall import Waterfall

Result = TypeVar("Result")
Panel = TypeVar("Panel", bound=Screen[Any])

_MOMENT = 0.25
"""Seconds after which what is old is drawn again where rows take longer."""

_ALL_SAID = 0.002
"""Seconds in which widgets say that they have something else to show."""

EVENTS = "events"
"""The view of all events."""


def has_details(place: Place) -> bool:
    """True where something is shown beside the rows of a place."""
    return OWN[place.view].details if place.view in OWN else VIEWS[place.view].lists_events


class MainBase(OneFrame[None]):
    """The state of the main screen.

    Attributes:
        jobs: the workers.
        mode: the stack of screens this one belongs to, which may be another than the one that is seen.
        opening: who reads the capture.
        capture: what there is of it.
        maker: from places to rows.
        navigator: where one is.
        source: the rows that are shown, None before there are any.
        look: how rows are shown.
        waiting_actions: what was typed while rows were worked out.
        arrive: what to do when they are there; None while none are worked out.
        seeking: the place whose rows are, or were last, worked out.
        last_hop: what the last hop found, for its other candidates.
        hopping_from: where one was when a hop was asked for; None without one.
        progress_said: True while the last line says how far the rows of a place are.
        masked: what is shown has its credentials masked.
        pointing: True while the field behind what a person points at is looked up.
    """

    title_bar = getters.query_one("#title", TitleBar)
    body = getters.query_one("#body", Container)
    list_table = getters.query_one("#table", VirtualTable)
    waterfall = getters.query_one("#waterfall", Waterfall)
    timeline = getters.query_one("#timeline", Timeline)
    details = getters.query_one("#details", DetailsPane)
    key_bar = getters.query_one("#keys", KeyBar)

    def __init__(self, opening: Opening, opened: Opened, mode: str) -> None:
        super().__init__()
        assert opened.first is not None
        self.jobs = Jobs(self)
        self.mode = mode
        self.opening = opening
        self.capture = opened
        self.maker = self.maker_of(opened)
        self.navigator = Navigator(Place(opened.first.view, opened.first.selection))
        self.source: PlaceSource | None = None
        self.look = Look()
        self.waiting_actions: list[Callable[[], None]] = []
        self._picture = ExitStack()
        self.arrive: Callable[[], None] | None = None
        self.seeking: Place | None = None
        self.last_hop: HopsFound | None = None
        self.hopping_from: Place | None = None
        self.pointing = False
        self.progress_said = False
        self.masked = is_redacting()

    @staticmethod
    def maker_of(opened: Opened) -> SourceMaker:
        """From places to rows, for a capture."""
        return SourceMaker(opened.store, lambda number: number in opened.bookmarks)

    @property
    def table(self) -> VirtualTable:
        """The rows that are shown, of a trail with their bars."""
        return self.waterfall if self.navigator.place.view == TRAIL else self.list_table

    # --- what there is ---------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """True while rows are being worked out, or where to hop to, or what to filter by."""
        return self.arrive is not None or self.hopping_from is not None or self.pointing

    @property
    def store(self) -> Store:
        """The index of the capture."""
        return self.capture.store

    @property
    def rows(self) -> PlaceSource:
        """The rows that are shown."""
        assert self.source is not None
        return self.source

    @property
    def place(self) -> Place:
        """Where one is."""
        return self.navigator.place

    @property
    def has_row(self) -> bool:
        """True when a row is chosen."""
        return self.source is not None and len(self.source) > 0

    @property
    def event_row(self) -> int:
        """Event row of the chosen row, or the first one behind it; -1 where there is none."""
        return self.rows.event_row(self.table.cursor_row) if self.has_row else -1

    @property
    def lists_events(self) -> bool:
        """True where each row is an event."""
        return self.place.view not in OWN and VIEWS[self.place.view].lists_events

    def position(self) -> Position:
        """The chosen row of the place one is at."""
        if not self.has_row:
            return Position()
        return Position(self.rows.key(self.table.cursor_row), self.table.top_row)

    # --- what lies over it -----------------------------------------------------------------------

    def lay_over(self, panel: Screen[Result], take: Callable[[Result | None], Any] | None = None) -> None:
        """Show a panel over this screen; where another tab is seen it is there when this one is again."""
        self.app.push_screen(panel, take, mode=self.mode)

    @property
    def on_top(self) -> Screen[Any]:
        """This screen, or what lies over it."""
        return self.app.get_screen_stack(self.mode)[-1]

    def tell_panel(self, kind: type[Panel], take: Callable[[Panel], object]) -> bool:
        """Give something to the panel over this screen, once it has its widgets. False if it is another."""
        panel = self.on_top
        if not isinstance(panel, kind):
            return False

        def give() -> None:
            if panel is self.on_top:
                take(panel)

        if panel.is_mounted:
            give()
        else:
            panel.call_later(give)
        return True

    # --- going somewhere -------------------------------------------------------------------------

    def visit(self, place: Place, arrive: Callable[[], None]) -> None:
        """Work out the rows of a place; ``arrive`` moves the navigator when they are there."""
        self.arrive = arrive
        if place.view in OWN:
            self.say_progress(f"{OWN[place.view].work} …")
        else:
            self._hold_picture()
        self.seeking = place
        self.jobs.fill(place, self.maker, self.look)

    def _hold_picture(self) -> None:
        """Draw nothing until the rows are there, or for a moment.

        So they, and the end of a panel in which they were chosen, are one frame and not four.
        """
        self._picture.close()
        self._picture.enter_context(self.app.batch_update())
        self._picture.callback(self.app.set_timer(_MOMENT, self.draw_again).stop)

    def draw_soon(self) -> None:
        """Draw once all widgets that have something else to show have said so.

        Each does that in a task of its own; whoever says it too late gets the next frame.
        """
        self._picture.callback(self.app.set_timer(_ALL_SAID, self.draw_again).stop)

    def draw_again(self) -> None:
        """Draw what there is."""
        self._picture.close()
        self.check_idle()  # else it would look for what is to be drawn when something else happens
        self.app.screen.check_idle()

    def stop_seeking(self) -> bool:
        """Give up working out the rows of a place that takes long. False where there is none."""
        seeking = self.seeking
        if self.arrive is None or seeking is None or seeking.view not in OWN:
            return False
        self.arrive, self.progress_said = None, False
        return self.jobs.stop("fill")

    def go(self, place: Place) -> None:
        """Go to a place; the jump list leads back."""
        self.visit(place, lambda: self.navigator.go(place))

    def change(self, place: Place) -> None:
        """Show the place one is at in another way; the jump list does not notice."""
        self.visit(place, lambda: self.navigator.replace(place))

    def go_to_event(self, row: int, *, stay: bool = False) -> None:
        """Go to an event: among the rows that are shown if ``stay``, else where it belongs."""
        if not (stay and self._choose(row)):
            self.go(place_of_event(self.store, row))

    def _choose(self, row: int) -> bool:
        """Choose an event of the list that is shown. False where it is not in it."""
        found = self.rows.find_key(event_key(row)) if self.lists_events else None
        if found is None:
            return False
        self.navigator.remember(self.position())
        self.navigator.go(self.place.at(Position(event_key(row))))
        self.table.go_to(found)
        return True

    def belongs_here(self, row: int) -> bool:
        """True when an event is one of the selection that is shown."""
        return bool(self.place.selection.mask(self.store)[row])

    def selection_around(self, row: int) -> Place:
        """The events of the descriptor, process or capture that an event belongs to."""
        return Place(
            EVENTS, selection_of_event(self.store, row), self.place, position=Position(event_key(row))
        )

    def catch_up(self) -> None:
        """Do what was typed while rows, or where to hop to, were worked out."""
        waiting, self.waiting_actions = self.waiting_actions, []
        for i, action in enumerate(waiting):
            if self.is_busy:
                self.waiting_actions += waiting[i:]
                return
            action()

    def grow(self) -> None:
        """Take in more of the capture where that had to wait."""

    def ask_for_session(self) -> None:
        """Look for the place where one was before, once all of the capture is there."""
        raise NotImplementedError

    def show_rows(
        self, place: Place, source: PlaceSource, row: int, top: int | None, sight: FirstSight | None
    ) -> None:
        """Show rows with one of them chosen; ``top`` is the first on the screen, None where that follows."""
        raise NotImplementedError

    # --- saying something ------------------------------------------------------------------------

    def say(self, text: str, style: str = "") -> None:
        """Say something in the last line until the next key."""
        self.key_bar.say(text, style)

    def say_progress(self, text: str) -> None:
        """Say how far the rows of a place are; the next rows that arrive take it away."""
        self.progress_said = True
        self.say(text, "$tone-quiet")

    def warn(self, text: str) -> None:
        """Say that something is not possible."""
        self.say(text, "$text-warning")

    def show_title(self) -> None:
        """Write the title, again when a bookmark was set or reading went on."""
        title = replace(self.capture.title, bookmarks=len(self.capture.bookmarks))
        self.title_bar.show_capture(title, self.reading())

    def reading(self) -> list[Part]:
        """What the title says about a capture that is not whole."""
        return []
