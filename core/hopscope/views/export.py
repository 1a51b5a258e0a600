"""The rows of a view as CSV, JSON or Markdown, for other programs and for reports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from enum import Enum

from hopscope.json_text import json_array
from hopscope.text import markdown, visible
from hopscope.views.attributes import Value
from hopscope.views.result import ViewResult

LONGEST = 1 << 16
"""Characters of a cell that are written as Markdown, which nobody reads further."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE = 256


class ExportForm(Enum):
    """What rows are written as; the value is the end of a file's name."""

    CSV = "csv"
    """Raw values under the columns' names. Control characters of texts are written as escapes, and a text
    that a spreadsheet would take for a formula gets an apostrophe in front."""
    JSON = "json"
    """A list of objects with raw values by column name."""
    MARKDOWN = "md"
    """A table as a person reads it. Text of the capture cannot form markup."""


def exported(result: ViewResult, form: ExportForm, limit: int | None = None) -> Iterator[str]:
    """The rows of a view in their order, a line each, with line ends.

    Credentials are masked while redaction is on.

    Args:
        result: the view.
        form: what they are written as.
        limit: so many rows only; None for all.
    """
    return _WRITERS[form](result, range(len(result))[:limit])


def _csv(result: ViewResult, rows: range) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.name for column in result.columns])
    columns = range(len(result.columns))
    for i in rows:
        writer.writerow([_csv_cell(result.value(i, j)) for j in columns])
        if not i % _AT_ONCE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _csv_cell(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if value.startswith(_FORMULA) else text


def _json(result: ViewResult, rows: range) -> Iterator[str]:
    names = [column.name for column in result.columns]
    objects = ({name: result.value(i, j) for j, name in enumerate(names)} for i in rows)
    return (f"{line}\n" for line in json_array(objects))


def _markdown(result: ViewResult, rows: range) -> Iterator[str]:
    columns = result.columns
    yield f"| {' | '.join(_plain(column.title) for column in columns)} |\n"
    yield f"|{'|'.join('---:' if column.align == 'right' else '---' for column in columns)}|\n"
    for i in rows:
        cells = (_plain(result.text(i, j)) for j in range(len(columns)))
        yield f"| {' | '.join(cells)} |\n"


def _plain(text: str) -> str:
    return markdown(visible(text, LONGEST))


_WRITERS: dict[ExportForm, Callable[[ViewResult, range], Iterator[str]]] = {
    ExportForm.CSV: _csv,
    ExportForm.JSON: _json,
    ExportForm.MARKDOWN: _markdown,
}
