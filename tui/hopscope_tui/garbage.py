"""Searches for cyclic garbage, kept short: while one goes on no thread runs, the screen's neither.

A search for all garbage visits everything that is alive, and what is known of a large capture is some hundred
thousand objects that stay to the end. :func:`settle` takes what is alive out of all later searches. Those are
made while nobody presses a key; Python's own, which come in the midst of drawing, only where very much is
made without a pause.
"""

from __future__ import annotations

import gc
import time

PAUSE = 0.3
"""Seconds without a key after which there is time to search what is new."""
_LONG_PAUSE = 3.0
"""Seconds without a key after which there is time to search everything."""
_LONGEST = 2.0
"""Seconds after which what is new is searched in any case."""
_WORTH = 1_000
"""New objects for which it is worth to search."""
_MUCH = 10_000
"""New objects for which Python searches by itself: a few thousandths of a second."""


def search_from_now_on() -> None:
    """Search what is made later; what was loaded until now stays."""
    gc.freeze()
    gc.set_threshold(_MUCH, 20, 1_000)
    gc.enable()


class Pauses:
    """Searches between the keys that a person presses.

    Results that hold arrays of the length of the capture go without a search; what is found are closed panels
    and what was drawn.
    """

    def __init__(self) -> None:
        self._touched = self._searched = time.monotonic()

    def touch(self) -> None:
        """A key was pressed, or the mouse used."""
        self._touched = time.monotonic()

    def use(self) -> None:
        """Search if there is time for it and enough was made since the last time."""
        if not gc.isenabled():
            return
        now = time.monotonic()
        pause = now - self._touched
        new, _, searched = gc.get_count()
        if pause >= _LONG_PAUSE and (searched or new >= _WORTH):
            gc.collect()
        elif new >= _WORTH and (pause >= PAUSE or now - self._searched >= _LONGEST):
            gc.collect(1)
        else:
            return
        self._searched = now


def settle() -> None:
    """Search once, and take what is alive then for something that stays.

    Without the search garbage would stay as well: selections and what was worked out for them refer to each
    other, and hold arrays of the length of the capture.
    """
    gc.collect()
    gc.freeze()


def search_everything() -> None:
    """Search what stays as well, once: after something large was closed, whose memory is wanted back."""
    gc.unfreeze()
    settle()
