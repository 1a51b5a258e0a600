"""``hopscope view``: the rows of a view as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table, window_width
from hopscope.views import Selection, ViewResult, evaluate, find_view, lay_out


def run(request: Request) -> int:
    """Print a view of the whole capture, or of what a filter lets through."""
    arguments = request.arguments
    view = find_view(arguments.name)
    store = open_capture(arguments)
    text = " ".join(arguments.filter).strip()
    selection = Selection().with_filter(text) if text else Selection()
    result = evaluate(store, view.name, selection)
    if arguments.sort is not None:
        column = result.column_index(arguments.sort)
        result = result.sort(column, result.columns[column].align == "right" and not arguments.ascending)
    if arguments.json:
        request.output.lines(json_array(_objects(result, arguments.limit)))
    else:
        _print(request, result, arguments.limit)
    return 0


def _objects(result: ViewResult, limit: int | None) -> Iterator[dict[str, Any]]:
    names = [column.name for column in result.columns]
    for i in range(len(result))[:limit]:
        yield {name: result.value(i, j) for j, name in enumerate(names)}


def _print(request: Request, result: ViewResult, limit: int | None) -> None:
    places = list(range(len(result.columns)))
    if request.output.is_terminal:
        # As on the screen: what matters least leaves first where the window is narrow.
        places = [cell.column for cell in lay_out(result.columns, window_width())]
    chosen = [result.columns[j] for j in places]
    headings = [Heading(column.title, column.align == "right") for column in chosen]
    rows = ([result.text(i, j) for j in places] for i in range(len(result))[:limit])
    print_table(request.output, headings, rows)
