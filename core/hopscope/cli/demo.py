"""``hopscope demo``: the capture that comes with the program, on the screen or in words."""

from __future__ import annotations

from hopscope.cli.command import Request
from hopscope.demo import demo_path
from hopscope.demo.walk import narrate
from hopscope.store.build import open_store


def run(request: Request) -> int:
    """Open the screen on the demo; print the walk where there is no terminal or no screen."""
    if request.screen is not None and request.output.is_terminal and not request.arguments.text:
        return request.screen(str(demo_path()), "", "")
    request.output.lines(narrate(open_store(str(demo_path()))))
    return 0
