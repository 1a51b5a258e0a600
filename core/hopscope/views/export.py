"""The rows of a view, or of another list, as CSV, JSON or Markdown, for other programs and for reports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from hopscope.json_text import json_array, json_line
from hopscope.redaction import shown_value
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


class Listing(Protocol):
    """A list that is no view."""

    @property
    def headings(self) -> Sequence[tuple[str, bool]]:
        """Title of each column, and True for one at the right."""

    def objects(self) -> Iterator[Mapping[str, Any]]:
        """What it is about as plain data, as the command prints it with ``--json``; asked for twice."""

    def texts(self) -> Iterator[Sequence[str]]:
        """The cells of its rows as a person reads them, without control characters."""


def exported_listing(listing: Listing, form: ExportForm) -> Iterator[str]:
    """A list as a file, with line ends. Credentials are masked while redaction is on.

    In CSV what lies in an object has its name behind that of the object, ``request.bytes``; lists of plain
    values are written with blanks between, others as JSON.

    Args:
        listing: the list.
        form: what it is written as.
    """
    if form is ExportForm.JSON:
        return (f"{line}\n" for line in json_array(listing.objects()))
    return _listing_csv(listing) if form is ExportForm.CSV else _listing_markdown(listing)


def _listing_csv(listing: Listing) -> Iterator[str]:
    names: dict[str, None] = {}
    for one in listing.objects():
        names |= dict.fromkeys(_flat(one))
        yield ""  # so that whoever writes can be stopped
    yield _csv_line(list(names))
    for one in listing.objects():
        values = _flat(shown_value(one))
        yield _csv_line([_csv_cell(values.get(name)) for name in names])


def _flat(one: Mapping[str, Any], before: str = "") -> dict[str, Value]:
    """The values of an object by name, those of objects in it with its name before theirs."""
    out: dict[str, Value] = {}
    for name, value in one.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            plain = all(isinstance(each, str | int | float) for each in value)
            out[before + name] = " ".join(map(str, value)) if plain else json_line(value)
        else:
            out[before + name] = value
    return out


def _csv_line(cells: Sequence[Value]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _listing_markdown(listing: Listing) -> Iterator[str]:
    yield f"| {' | '.join(markdown(title) for title, _ in listing.headings)} |\n"
    yield f"|{'|'.join('---:' if right else '---' for _, right in listing.headings)}|\n"
    for texts in listing.texts():
        yield f"| {' | '.join(markdown(text) for text in texts)} |\n"


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
