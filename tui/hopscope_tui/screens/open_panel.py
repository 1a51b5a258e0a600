"""Another capture: a path is typed, completed with the captures and folders there are, and opened."""

from __future__ import annotations

import os
import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from hopscope.progress import bytes_text
from hopscope.text import visible
from hopscope_tui.keymap import bindings
from hopscope_tui.messages import OpeningBegun, PathsFound
from hopscope_tui.opening import Opening, Request, sentence
from hopscope_tui.path_offers import Offer, offers, restarted
from hopscope_tui.screens.modal import Modal
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

_COLUMNS = (TableColumn("CAPTURE", sortable=False), TableColumn("SIZE", right=True, sortable=False))
_HINT = "Enter opens the chosen one in a new tab, Tab completes, ↑ ↓ choose, Esc closes"
_PATIENCE = 0.1
_FIRST_SIGN = 5.0
"""Seconds to wait for the first sign of a capture before its tab is shown all the same."""


class OpenPanel(Modal[Opening]):
    """Type the path of a capture; the result is the capture, being read already.

    What is no capture is told here, so that nothing else changes.

    Args:
        beside: path of a capture in whose folder to begin.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("open")]
    AUTO_FOCUS = "Input"

    def __init__(self, beside: str) -> None:
        super().__init__()
        folder = os.path.dirname(beside)
        self._begin = f"{folder.rstrip(os.sep)}{os.sep}" if folder and visible(folder) == folder else ""
        self._offers: list[Offer] = []
        self._listed: str | None = None
        self._wants_first = False
        self._opening: Opening | None = None

    def compose(self) -> ComposeResult:
        """The path, what begins with it, the keys."""
        with Vertical(id="panel", classes="list-panel"):
            yield Input(self._begin, placeholder="path of a capture", compact=True, select_on_focus=False)
            yield VirtualTable(id="open-table")
            yield Static(id="panel-hint")

    def on_mount(self) -> None:
        """Set the title and list what there is."""
        self.query_one("#panel").border_title = Content("Open a capture in a new tab")
        self.query_one(VirtualTable).can_focus = False
        self._say(_HINT)
        self._look()

    def on_unmount(self) -> None:
        """Give up a capture that nobody waits for any more."""
        if self._opening is not None:
            self._opening.abandon()

    def _say(self, text: str, style: str = "$tone-quiet") -> None:
        self.query_one("#panel-hint", Static).update(Content.styled(text, style))

    # --- what there is ---------------------------------------------------------------------------

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    @on(Input.Changed)
    def _look(self) -> None:
        """List what begins with the text, in a thread: folders may be large or far away."""
        self._wants_first = False
        typed = self._typed

        def look() -> None:
            worker = get_current_worker()
            found = offers(typed, lambda: worker.is_cancelled)
            if not worker.is_cancelled:
                self.post_message(PathsFound(typed, found))

        self.run_worker(look, group="paths", description="paths", exclusive=True, thread=True)

    @on(PathsFound)
    def _list(self, event: PathsFound) -> None:
        if not self.is_open or event.typed != self._typed:
            return
        self._listed, self._offers = event.typed, event.offers
        rows = [
            (
                Cell(one.name, "quiet" if one.is_folder else "name"),
                Cell("" if one.size is None else bytes_text(one.size), "quiet"),
            )
            for one in self._offers
        ]
        self.query_one(VirtualTable).show(
            ListedRows(_COLUMNS, rows), empty_text="no capture and no folder begins like this"
        )
        if self._wants_first:
            self.action_choose()

    @on(VirtualTable.CursorMoved)
    def _stay(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()

    def action_move(self, rows: int) -> None:
        """Choose a row further up or down."""
        self.query_one(VirtualTable).cursor_row += rows

    @property
    def _chosen(self) -> Offer | None:
        return self._offers[self.query_one(VirtualTable).cursor_row] if self._offers else None

    def action_complete(self) -> None:
        """Put the chosen path into the line."""
        chosen = self._chosen
        if chosen is None or self._listed != self._typed:
            return
        if visible(chosen.path) != chosen.path:
            self._say("its name holds what cannot be typed; Enter opens it", "$text-warning")
            return
        self._put(chosen.path)

    def _put(self, path: str) -> None:
        field = self.query_one(Input)
        field.value = path
        field.cursor_position = len(path)

    # --- opening one -----------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(VirtualTable.RowOpened)
    def action_choose(self) -> None:
        """Go into the chosen folder or open the chosen capture; where none begins like it, the text."""
        if self._listed != self._typed:
            self._wants_first = True
            return
        self._wants_first = False
        chosen = self._chosen
        if chosen is not None and chosen.is_folder and visible(chosen.path) == chosen.path:
            self._put(chosen.path)
        elif chosen is not None and chosen.is_folder:
            self._say("its name holds what cannot be typed", "$text-warning")
        else:
            path = chosen.path if chosen is not None else restarted(self._typed.strip())
            if path and self._opening is None:
                self._open(os.path.expanduser(path))

    def _open(self, path: str) -> None:
        if os.path.isdir(path):
            self._say("there is no capture in this folder", "$text-warning")
            return
        self._say(f"opening {visible(os.path.basename(path))} …, Esc stops")
        opening = self._opening = Opening(Request(path), later=True).start()

        def wait() -> None:
            """Wait for the first sign of the capture, or for what is wrong with it."""
            began, steps = time.monotonic(), 0
            while not steps and not opening.is_left and time.monotonic() - began < _FIRST_SIGN:
                steps = opening.wait(0, _PATIENCE)
            self.post_message(OpeningBegun(opening))

        self.run_worker(wait, group="open", description="open", thread=True)

    @on(OpeningBegun)
    def _opened(self, event: OpeningBegun) -> None:
        opening = event.opening
        if opening is not self._opening:
            return
        self._opening = None
        if opening.error is not None and opening.opened is None:
            opening.abandon()
            self._say(visible(sentence(opening.error)), "$text-error")
        else:
            self.dismiss(opening)

    # --- closing ---------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Stop to open a capture; without one close the panel."""
        if self._opening is None:
            self.dismiss(None)
            return
        self._opening.abandon()
        self._opening = None
        self._say(_HINT)
