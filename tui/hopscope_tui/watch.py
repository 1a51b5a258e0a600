"""How long work is watched: it tells how far it is, and ends when nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

_PAUSE = 0.1
"""Seconds between two reports that are passed on."""


class StoppedError(Exception):
    """The work was given up; nothing is to be said about it."""


class Watch:
    """Given to what takes long.

    Args:
        cancelled: True as soon as nobody wants the result.
        tell: given shares of the work that are done, 0 to 1.
    """

    def __init__(self, cancelled: Callable[[], bool], tell: Callable[[float], None]) -> None:
        self.cancelled = cancelled
        self._tell = tell
        self._next = 0.0

    def report(self, share: float) -> None:
        """Tell how much is done. Raises StoppedError where the work was given up."""
        if self.cancelled():
            raise StoppedError
        now = monotonic()
        if now >= self._next:
            self._next = now + _PAUSE
            self._tell(share)
