"""``hopscope view``: the rows of a view as text or JSON."""

from __future__ import annotations

from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import CAPTURE, FILTER, JSON, Argument, Command, Example, Request
from hopscope.cli.events import count
from hopscope.cli.output import json_document
from hopscope.cli.table import Heading, print_table
from hopscope.views import Selection, ViewResult, evaluate, find_view


def run(request: Request) -> int:
    """Print a view of the whole capture, or of what a filter lets through."""
    arguments = request.arguments
    view = find_view(arguments.name)
    store = open_capture(arguments.capture)
    text = " ".join(arguments.filter).strip()
    selection = Selection().with_filter(text) if text else Selection()
    result = evaluate(store, view.name, selection)
    if arguments.sort is not None:
        column = result.column_index(arguments.sort)
        result = result.sort(column, result.columns[column].align == "right" and not arguments.ascending)
    if arguments.json:
        request.output.text(json_document(_objects(result, arguments.limit)))
    else:
        _print(request, result, arguments.limit)
    return 0


def _objects(result: ViewResult, limit: int | None) -> list[dict[str, Any]]:
    names = [column.name for column in result.columns]
    shown = range(len(result))[:limit]
    return [{name: result.value(i, j) for j, name in enumerate(names)} for i in shown]


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
