"""``hopscope view``: the rows of a view as text or JSON."""

from __future__ import annotations

from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
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
