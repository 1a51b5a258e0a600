"""``hopscope views``: which views there are, how one is declared, and what is wrong with a declaration."""

from __future__ import annotations

from pathlib import Path

from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_document
from hopscope.cli.table import Heading, print_table
from hopscope.errors import HopscopeError
from hopscope.views import VIEWS, find_view
from hopscope.views.catalogue import source_of
from hopscope.views.declaration import check_references
from hopscope.views.own import own_views, read_views

BROKEN = 2
"""Exit status where a file of views is."""


def run(request: Request) -> int:
    """Print the names of the views and what each shows; or check files, or show a declaration."""
    if request.arguments.check:
        return max(_check(request, Path(name)) for name in request.arguments.check)
    if request.arguments.show:
        _show(request, request.arguments.show)
    elif request.arguments.json:
        listed = [
            {"name": name, "description": one.description, "group": one.group, "file": one.origin or None}
            for name, one in VIEWS.items()
        ]
        request.output.text(json_document(listed))
    else:
        rows = [(name, one.group, one.description) for name, one in VIEWS.items()]
        print_table(request.output, (Heading("VIEW"), Heading("GROUP"), Heading("SHOWS")), rows)
    for fault in VIEWS.faults:
        complain(fault)
    return 0


def _show(request: Request, name: str) -> None:
    view = find_view(name)
    if not view.origin:
        request.output.text(source_of(view.name))
        return
    request.output.text(Path(view.origin).read_text(encoding="utf-8"))


def _check(request: Request, path: Path) -> int:
    """Check one file; what it declares is printed where it is right."""
    try:
        views = read_views(path)
        own = {view.name for view in views} | set(own_views().views)
        for view in views:
            check_references(view, lambda name: VIEWS.taken(name) or name in own, [*VIEWS, *own])
    except HopscopeError as error:
        complain(str(error))
        return BROKEN
    names = ", ".join(view.name for view in views)
    request.output.text(f"{path}: {len(views)} view{'s' if len(views) > 1 else ''}, right: {names}\n")
    return 0
