"""Take the pictures of the screen that the README shows, on the capture that comes with the program.

    python screenshots/make.py

Each picture is what the program draws after some keys; the same keys give the same file.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
os.environ["TEXTUAL_ANIMATIONS"] = "none"  # read when Textual is imported

from textual.widgets import Input  # noqa: E402

from hopscope.kept import remember  # noqa: E402
from tui.driver import Driver, running  # noqa: E402
from tui.openings import demo  # noqa: E402

SIZE = (132, 34)
STILL: dict[str, Any] = {
    "hopscope_tui.widgets.filter_bar.monotonic": lambda: 0.0,  # how long ago a filter was counted
    "hopscope_tui.jobs._TYPING_PAUSE": 0.5,  # so that none is counted before all of it is typed
}
"""What stands still for a picture, however slow the machine is."""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of the file, without its ending.
        way: what is done from the first screen on: keys; ``row:TEXT`` goes down to a row that shows the
            text, ``type:TEXT`` types it.
        caption: for the README.
    """

    name: str
    way: tuple[str, ...]
    caption: str


_SOCKET = ("row:checkout", "enter", "row:fetch", "enter", "row:10.244.0.17:40112", "enter", "row:<  connect")

PICTURES = (
    Picture("containers", ("row:checkout",), "Containers"),
    Picture("processes", ("2", "row:fetch"), "Processes"),
    Picture("connections", ("4", "row:10.96.12.80"), "Connections"),
    Picture("descriptors", (*_SOCKET[:4], "row:10.244.0.17:40112"), "File descriptors of one process"),
    Picture("events", _SOCKET, "Events of one socket, with the details of one"),
    Picture("details", (*_SOCKET, "p", "enter", "enter"), "All that is known about an event"),
    Picture("hop", (*_SOCKET, "p"), "A hop: who received it, and what speaks for it"),
    Picture("effect", (*_SOCKET, "p", "enter", "f"), "A hop: what the query caused in the server"),
    Picture("echo", ("4", "row:10.96.12.80", "e"), "The bytes of a connection as a conversation"),
    Picture("follow", ("7", "colon", "type:366", "enter", "l"), "A connection with both sides joined"),
    Picture("findings", ("V",), "What is wrong, worst first by the time lost"),
    Picture("messages", ("X", "down", "down"), "What was asked and answered"),
    Picture("trail", ("2", "row:fetch", "Q", *["down"] * 25), "A trail: one request in all processes"),
    Picture("time", ("2", "row:fetch", "semicolon"), "Where the time of a process went"),
    Picture("gaps", ("2", "row:fetch", "enter", "d", "Z"), "When nothing of a selection happened"),
    Picture("overview", ("0",), "What happened at a glance"),
    Picture("tree", ("9", "row:checkout"), "Who began whom"),
    Picture("spectrogram", ("f12", "down", "down"), "Latency over time"),
    Picture("views", ("f2", "down", "down"), "All views, by heading"),
    Picture("columns", ("2", "ctrl+n", "down"), "The columns of a view and their order"),
    Picture("marks", ("7", "colon", "type:343", "enter", "m", "type:asked", "enter", "M"), "Bookmarks"),
    Picture("brush", ("2", "I", "home", "space", *["pagedown"] * 4), "An interval of time on the timeline"),
    Picture("file", ("6", "row:resolv.conf", "C"), "What a file held"),
    Picture("filter", ("7", "slash", "type:proc.name=fetch and fd."), "A filter, completed while typed"),
    Picture("help", ("f1",), "All keys"),
)


def drawn(screen: Driver) -> str:
    """What is on the screen, as SVG."""
    return screen.app.export_screenshot(title="hopscope")


async def go(screen: Driver, picture: Picture) -> None:
    """Do what leads to a picture."""
    for step in picture.way:
        await _do(screen, step)
    for line in screen.app.screen.query(Input):
        line.cursor_blink = False
    await screen.settle()


async def _take(picture: Picture) -> None:
    """Take one picture, without the person's own bookmarks, settings and last session in it."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("DATA", "STATE", "CONFIG"):
            os.environ[f"HOPSCOPE_{kind}_DIR"] = folder
        remember(lambda kept: replace(kept, taught=True))
        with ExitStack() as stack:
            for name, value in STILL.items():
                stack.enter_context(patch(name, value))
            await _draw(picture)


async def _draw(picture: Picture) -> None:
    async with running(demo(), SIZE) as screen:
        await go(screen, picture)
        (HERE / f"{picture.name}.svg").write_text(drawn(screen), encoding="utf-8", newline="\n")


async def _do(screen: Driver, step: str) -> None:
    what, colon, text = step.partition(":")
    if what == "row" and colon:
        await screen.choose(text)
    elif what == "type" and colon:
        await screen.type(text)
    else:
        await screen.press(step)


async def _take_all() -> None:
    for picture in PICTURES:
        await _take(picture)
        print(f"{picture.name}.svg  {picture.caption}")


def main() -> None:
    """Take all pictures."""
    os.environ["TZ"] = "UTC"
    asyncio.run(_take_all())


if __name__ == "__main__":
    main()
