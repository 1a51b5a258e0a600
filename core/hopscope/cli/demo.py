"""``hopscope demo``: the capture that comes with the program, on the screen or in words."""

from __future__ import annotations

from hopscope.cli.command import Argument, Command, Example, Request
from hopscope.demo import demo_path
from hopscope.demo.walk import narrate
from hopscope.store.build import open_store


def run(request: Request) -> int:
    """Open the screen on the demo; print the walk where there is no terminal or no screen."""
    if request.screen is not None and request.output.is_terminal and not request.arguments.text:
        return request.screen(str(demo_path()), "", "")
    request.output.lines(narrate(open_store(str(demo_path()))))
    return 0


COMMAND = Command(
    name="demo",
    summary="try the program on the capture that comes with it",
    description=(
        "Open the demo capture on the full screen. Where standard output is no terminal, follow one request\n"
        "through it in words instead: from hop to hop, each with the evidence for it."
    ),
    arguments=(Argument(("--text",), "print the walk, also on a terminal", {"action": "store_true"}),),
    examples=(
        Example("hopscope demo", "explore it"),
        Example("hopscope demo --text", "read the walk"),
    ),
    run=run,
)
