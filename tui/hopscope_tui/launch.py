"""From a request to a running screen, as fast as the machine allows."""

from __future__ import annotations

from hopscope_tui.opening import Opening, Request
from hopscope_tui.terminal import keep_keyboard

_FIRST_SIGN = 0.3
"""Seconds to wait for the first sign of the capture, so that a fault is told without opening the screen."""


def launch(path: str, filter_text: str = "", view: str = "") -> int:
    """Read the capture in the background, load the screen meanwhile, run it; return the exit status.

    What is wrong with the capture and known before the screen is there is raised; later it is
    printed after the screen has gone.
    """
    if path == "-":
        keep_keyboard()
    opening = Opening(Request(path, filter_text, view)).start()
    from hopscope_tui.app import HopscopeApp  # noqa: PLC0415  loaded while the capture is being read

    opening.wait(0, _FIRST_SIGN)
    opening.check()
    app = HopscopeApp(opening)
    try:
        app.run()
        opening.check()
    finally:
        opening.abandon()
    return app.return_code or 0
