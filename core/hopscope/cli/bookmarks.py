"""``hopscope bookmarks``: the marked events of a capture."""

from __future__ import annotations

from hopscope.bookmarks import Bookmarks, as_json, as_markdown
from hopscope.capture.source import open_source
from hopscope.cli.command import CAPTURE, JSON, Command, Example, Request
from hopscope.cli.output import complain, json_document


def run(request: Request) -> int:
    """Print the bookmarks that belong to a capture by its content."""
    source = open_source(request.arguments.capture)
    bookmarks = Bookmarks.load(source.content_key(), source.name)
    for notice in bookmarks.notices:
        complain(notice)
    if request.arguments.json:
        request.output.text(json_document(as_json(bookmarks.list())))
    else:
        request.output.text(as_markdown(bookmarks.list(), source.name))
    return 0


COMMAND = Command(
    name="bookmarks",
    summary="print the marked events of a capture",
    description=(
        "Print the bookmarks of a capture as a Markdown table, ready for a report. They belong to the\n"
        "capture's content: a copy or a renamed file has the same ones."
    ),
    arguments=(CAPTURE, JSON),
    examples=(
        Example("hopscope bookmarks capture.scap", "print them as Markdown"),
        Example("hopscope bookmarks capture.scap --json", "print them as JSON"),
    ),
    run=run,
)
