"""``hopscope view``: the rows of a view as text or JSON."""

from __future__ import annotations

import difflib

from hopscope.cli.capture import open_capture
from hopscope.cli.command import CAPTURE, FILTER, JSON, Argument, Command, Example, Request
from hopscope.cli.events import count
from hopscope.cli.output import json_document
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.views import VIEWS, Selection, ViewDefinition, ViewResult, evaluate


def run(request: Request) -> int:
    """Print a view of the whole capture, or of what a filter lets through."""
    arguments = request.arguments
    view = named(arguments.name)
    column = _column(view, arguments.sort)
    store = open_capture(arguments.capture)
    text = " ".join(arguments.filter).strip()
    selection = Selection().with_filter(text) if text else Selection()
    result = evaluate(store, view, selection)
    if column is not None:
        result = result.sort(column, view.columns[column].align == "right" and not arguments.ascending)
    if arguments.json:
        rows = result.as_json()
        request.output.text(json_document(rows[: arguments.limit]))
    else:
        _print(request, result, arguments.limit)
    return 0


def named(name: str) -> ViewDefinition:
    """The view with a name or alias. Raises UsageError where there is none."""
    wanted = name.lower()
    for view in VIEWS.values():
        if wanted == view.name or wanted in view.aliases:
            return view
    close = difflib.get_close_matches(wanted, VIEWS, n=1)
    meant = f"; did you mean {close[0]}" if close else "; hopscope views lists them"
    raise UsageError(f"there is no view {name!r}{meant}")


def _column(view: ViewDefinition, name: str | None) -> int | None:
    if name is None:
        return None
    index = view.column_index(name)
    if index < 0:
        known = ", ".join(column.name for column in view.columns)
        raise UsageError(f"the view {view.name} has no column {name!r}; it has {known}")
    if not view.columns[index].sortable:
        raise UsageError(f"the view {view.name} cannot be sorted by {name}")
    return index


def _print(request: Request, result: ViewResult, limit: int | None) -> None:
    headings = [Heading(column.title, column.align == "right") for column in result.columns]
    shown = range(len(result))[:limit]
    rows = [[result.text(i, j) for j in range(len(headings))] for i in shown]
    print_table(request.output, headings, rows)


COMMAND = Command(
    name="view",
    summary="print the rows of a view",
    description=(
        "Print a view of a capture as a table: who took part, what was open, where the bytes went. With a\n"
        "filter only the events that pass it count. `hopscope views` lists the names."
    ),
    arguments=(
        Argument(("name",), "name of the view, for instance connections", {"metavar": "NAME"}),
        CAPTURE,
        FILTER,
        JSON,
        Argument(("--sort",), "sort by this column, numbers from the top", {"metavar": "COLUMN"}),
        Argument(("--ascending",), "sort numbers from the bottom", {"action": "store_true"}),
        Argument(("--limit",), "print the first N rows only", {"metavar": "N", "type": count}),
    ),
    examples=(
        Example("hopscope view processes capture.scap", "print all processes"),
        Example(
            "hopscope view connections capture.scap proc.name=curl --sort bytes_in",
            "print what curl talked to",
        ),
        Example("hopscope view files capture.scap --json --limit 10", "print the ten busiest files as JSON"),
    ),
    run=run,
)
