"""``hopscope bookmarks``: the marked events of a capture."""

from __future__ import annotations

from argparse import Namespace

from hopscope.bookmarks import Bookmarks, as_json, as_markdown, load_bookmarks
from hopscope.capture.source import open_source
from hopscope.cli.capture import open_capture
from hopscope.cli.captures import is_timeline
from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_document


def run(request: Request) -> int:
    """Print the bookmarks that belong to a capture by its content, or to several in one time line."""
    bookmarks, name = _bookmarks(request.arguments)
    for notice in bookmarks.notices:
        complain(notice)
    if request.arguments.json:
        request.output.text(json_document(as_json(bookmarks.list())))
    else:
        request.output.text(as_markdown(bookmarks.list(), name))
    return 0


def _bookmarks(arguments: Namespace) -> tuple[Bookmarks, str]:
    if is_timeline(arguments):
        store = open_capture(arguments)
        return load_bookmarks(store, complete=True), store.source.name
    source = open_source(arguments.capture)
    return Bookmarks.load(source.content_key(), source.name), source.name
