"""``hopscope CAPTURE``: the full screen."""

from __future__ import annotations

from hopscope.cli.captures import STANDARD_INPUT, clocks_of, is_timeline
from hopscope.cli.command import Request
from hopscope.errors import UsageError


def run(request: Request) -> int:
    """Open the screen. Raises UsageError where there is none."""
    arguments = request.arguments
    if request.screen is None:
        raise UsageError("the screen is not installed; hopscope COMMAND prints what it would show")
    if not request.output.is_terminal:
        raise UsageError(
            f"standard output is no terminal; hopscope events {arguments.capture} prints the events as text"
        )
    view = ""
    if arguments.view:
        # Only now: the screen opens faster when reading begins before the views are imported.
        from hopscope.views import find_view  # noqa: PLC0415

        view = find_view(arguments.view).name
    filter_text = " ".join(arguments.filter).strip()
    more = arguments.captures[1:]
    if arguments.tabs:
        return _open_tabs(request, filter_text, view)
    if not is_timeline(arguments):
        return request.screen(arguments.capture, filter_text, view, follow=arguments.follow)
    if arguments.follow:
        raise UsageError("--follow goes with a single capture; several are shown as they are now")
    if "-" in arguments.captures:
        raise UsageError("standard input cannot be opened together with other captures")
    return request.screen(arguments.capture, filter_text, view, more=more, clocks=clocks_of(arguments))


def _open_tabs(request: Request, filter_text: str, view: str) -> int:
    """Open each capture in a tab of its own. Raises UsageError for what only one time line has."""
    arguments = request.arguments
    assert request.screen is not None
    if arguments.clock_offset:
        raise UsageError("--clock-offset is about captures in one time line; --tabs opens each by itself")
    if len(arguments.captures) > 1 and STANDARD_INPUT in arguments.captures:
        raise UsageError("standard input cannot be opened together with other captures")
    first, *others = arguments.captures
    return request.screen(first, filter_text, view, follow=arguments.follow, tabs=others)
