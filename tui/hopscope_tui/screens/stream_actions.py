"""Following one connection, and saving what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from hopscope_tui.messages import ConnectionFound
from hopscope_tui.navigator import Place, Position, event_key
from hopscope_tui.own.places import FOLLOW
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase

if TYPE_CHECKING:
    from hopscope.store.store import Rows

_TRIED_ROWS = 2000
"""Events of a row among which one about a connection is looked for."""

Choice = tuple[str, str, str, Callable[[], Iterable[bytes]]]
"""What can be saved: in words, the file's name to begin with, what to say behind it, and the bytes."""


class StreamActions(MainBase):
    """Actions around the bytes of connections."""

    @needs_rows
    def action_follow(self) -> None:
        """Follow the connection that the chosen row is about."""
        if not self.has_row:
            self.warn("there is no row to look into")
            return
        self.say("looking for the connection …", "$tone-quiet")
        self.pointing = True
        self.jobs.find_connection(self.store, partial(self._tried, self.table.cursor_row))

    def _tried(self, row: int) -> Rows:
        return self.rows.event_rows(row)[:_TRIED_ROWS]

    @on(ConnectionFound)
    def _follow(self, event: ConnectionFound) -> None:
        self.pointing = False
        if event.row < 0:
            self.warn("nothing on this row is about a connection, socket or pipe")
        else:
            self.say("")
            self.go(self._followed(event.row))
        self.catch_up()

    def _followed(self, row: int) -> Place:
        from hopscope_tui.own.follow import Connection  # noqa: PLC0415  only who follows needs it

        here = self.place.at(self.position())
        around = self.selection_around(row)
        return Place(
            FOLLOW, around.selection, here, position=Position(event_key(row)), subject=Connection(row)
        )
