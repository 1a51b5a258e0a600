"""``hopscope CAPTURE``: the full screen."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, Argument, Command, Example, Request
from hopscope.errors import UsageError
from hopscope.views import find_view


def run(request: Request) -> int:
    """Open the screen. Raises UsageError where there is none."""
    arguments = request.arguments
    if request.screen is None:
        raise UsageError("the screen is not installed; hopscope COMMAND prints what it would show")
    if not request.output.is_terminal:
        raise UsageError(
            f"standard output is no terminal; hopscope events {arguments.capture} prints the events as text"
        )
    view = find_view(arguments.view).name if arguments.view else ""
    return request.screen(arguments.capture, " ".join(arguments.filter).strip(), view)


COMMAND = Command(
    name="",
    summary="open the full screen",
    description=(
        "Explore a sysdig capture on the full screen: containers, processes, connections, files and events.\n"
        "From any event hop to the one at the other end of the connection, to what it caused or to its cause."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("-v", "--view"), "begin in this view", {"metavar": "VIEW", "default": ""}),
    ),
    examples=(
        Example("hopscope capture.scap", "open a capture"),
        Example("hopscope capture.scap proc.name=curl", "open it with a filter set"),
        Example("zcat capture.scap.gz | hopscope -", "read it from standard input"),
        Example("hopscope demo", "try it on the capture that comes with the program"),
    ),
    run=run,
)
