"""Going on where one was when the capture was open before."""

from __future__ import annotations

import contextlib

from textual import on

from hopscope.errors import HopscopeError
from hopscope_tui.messages import SessionRead
from hopscope_tui.navigator import Place
from hopscope_tui.screens.base import MainBase


class SessionActions(MainBase):
    """Keeps the place when the screen is left, and goes back to it."""

    _session_asked = False
    _chosen: Place | None = None  # the place with the row that was chosen last

    def _has_session(self) -> bool:
        """True for captures in files that are opened without a wish for anything else."""
        request = self.opening.request
        return request.path != "-" and not request.follow and request.is_usual

    def ask_for_session(self) -> None:
        """Look for the place, once all of the capture is there."""
        if self._session_asked or not self.capture.complete or not self._has_session():
            return
        self._session_asked = True
        request = self.opening.request
        self.jobs.read_session([request.path, *request.more], self.store)

    @on(SessionRead)
    def _go_on(self, event: SessionRead) -> None:
        """Go there, unless the person has begun something else meanwhile."""
        if self.navigator.behind is None and not self.is_busy and self.table.cursor_row == 0:
            self.go(event.place)
            self.say("where you were before; Ctrl-O goes to the beginning", "$tone-quiet")

    def row_for_session(self) -> None:
        """Note the chosen row: when the screen is left its table is gone already."""
        self._chosen = self.place.at(self.position())

    def keep_session(self) -> None:
        """Keep the place for the next time. What cannot be kept is lost without a word: one is leaving."""
        from hopscope.kept.sessions import keep_session, session_key  # noqa: PLC0415
        from hopscope_tui.session import session_of  # noqa: PLC0415

        request = self.opening.request
        if not self.capture.complete or request.path == "-" or request.follow:
            return
        with contextlib.suppress(HopscopeError):
            key = session_key([request.path, *request.more])
            if key:
                place, chosen = self.place, self._chosen
                same = chosen is not None and chosen.at(place.position) == place
                keep_session(key, session_of(chosen if chosen is not None and same else place))
