"""``hopscope view``: the rows of a view as text or JSON."""

from __future__ import annotations

from argparse import Namespace

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import Masked
from hopscope.cli.table import Heading, print_table, window_width
from hopscope.errors import UsageError
from hopscope.views import Selection, ViewResult, evaluate, find_view, lay_out
from hopscope.views.export import ExportForm, exported


def run(request: Request) -> int:
    """Print a view of the whole capture, or of what a filter lets through."""
    arguments = request.arguments
    view = find_view(arguments.name)
    store = open_capture(arguments)
    text = " ".join(arguments.filter).strip()
    selection = Selection().with_filter(text) if text else Selection()
    result = evaluate(store, view.name, selection)
    if arguments.sort is not None:
        columns = [result.column_index(name.strip()) for name in arguments.sort.split(",")]
        result = result.sort_by([(column, _descending(result, column, arguments)) for column in columns])
    form = _form(arguments)
    if form is not None:
        for text in exported(result, form, arguments.limit):
            request.output.text(Masked(text))
    else:
        _print(request, result, arguments.limit)
    return 0


def _descending(result: ViewResult, column: int, arguments: Namespace) -> bool:
    if arguments.ascending and arguments.descending:
        raise UsageError("--ascending and --descending contradict each other")
    numbers = result.columns[column].align == "right"
    return bool(arguments.descending) or (numbers and not arguments.ascending)


def _form(arguments: Namespace) -> ExportForm | None:
    chosen = [
        form
        for form, wanted in (
            (ExportForm.JSON, arguments.json),
            (ExportForm.CSV, arguments.csv),
            (ExportForm.MARKDOWN, arguments.markdown),
        )
        if wanted
    ]
    if len(chosen) > 1:
        raise UsageError("one of --json, --csv and --markdown goes at a time")
    return chosen[0] if chosen else None


def _print(request: Request, result: ViewResult, limit: int | None) -> None:
    places = list(range(len(result.columns)))
    if request.output.is_terminal:
        # As on the screen: what matters least leaves first where the window is narrow.
        places = [cell.column for cell in lay_out(result.columns, window_width())]
    chosen = [result.columns[j] for j in places]
    headings = [Heading(column.title, column.align == "right") for column in chosen]
    rows = ([result.text(i, j) for j in places] for i in range(len(result))[:limit])
    print_table(request.output, headings, rows)
