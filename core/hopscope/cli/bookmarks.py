"""``hopscope bookmarks``: the marked events of a capture."""

from __future__ import annotations

from hopscope.bookmarks import Bookmarks, as_json, as_markdown
from hopscope.capture.source import open_source
from hopscope.cli.command import Request
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
