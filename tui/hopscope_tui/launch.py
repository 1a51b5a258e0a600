"""From a request to a running screen, as fast as the machine allows."""

from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING

from hopscope_tui.opening import Opening, Request
from hopscope_tui.terminal import drawing_on_terminal, keep_keyboard, when_terminal_is_gone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope_tui.forking import Fork

_FIRST_SIGN = 0.3
"""Seconds to wait for the first sign of the capture, so that a fault is told without opening the screen."""


_TERMINAL_GONE = 129
"""Exit status as shells count the signal that the terminal has hung up."""


def launch(request: Request, ahead: Fork | None = None, tabs: Sequence[Request] = ()) -> int:
    """Read the capture in the background, load the screen meanwhile, run it; return the exit status.

    What is wrong with the capture and known before the screen is there is raised; what is found
    later is raised after the screen has gone.

    Args:
        request: what to open.
        ahead: a process that was started to read a capture before the command line was understood.
        tabs: what to open beside it, each in a tab of its own.
    """
    if request.path == "-":
        keep_keyboard()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # starting threads nobody needs takes 40 ms
    os.environ.setdefault("TEXTUAL_FPS", "120")  # what is ready is drawn within 8 ms and not 16
    gc.disable()  # nothing that is loaded now becomes garbage
    opening = Opening(request)
    if ahead is not None and ahead.asked == opening.asked:
        opening.use(ahead)
    opening.drawn = threading.Event()
    opening.start()
    from hopscope_tui.app import HopscopeApp  # noqa: PLC0415  loaded while the capture is being read

    openings = [opening]
    try:
        opening.wait(0, _FIRST_SIGN)
        opening.check()
        when_terminal_is_gone(lambda: _end_without_terminal(openings))
        with drawing_on_terminal():
            app = HopscopeApp(opening, [Opening(one, later=True) for one in tabs])
            openings = app.openings
            app.run()
            openings = app.openings
        for left in openings:
            left.check()
    finally:
        for left in openings:
            left.abandon()
    return app.return_code or 0


def _end_without_terminal(openings: Sequence[Opening]) -> None:
    """End at once: whoever draws waits for a terminal that takes nothing any more."""
    for opening in openings:
        opening.abandon()
    os._exit(_TERMINAL_GONE)
