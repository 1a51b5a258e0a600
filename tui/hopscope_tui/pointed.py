"""What a person points at: the fields behind a cell, a row or an event."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import sleep
from typing import TYPE_CHECKING

from hopscope.errors import UsageError
from hopscope_tui.sources import PlaceSource, ViewSource

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope.views.conditions import FieldValue

Find = Callable[[], "list[FieldValue]"]
"""Looks the values up; it may have to work out a column first, so it runs in a thread."""

_BREATH = 0.001
"""Seconds between two fields, in which the screen's thread gets its turn."""
_ECHO_FIELDS = {
    "NUM": "evt.num",
    "TIME": "evt.rawtime",
    "PROCESS": "proc.name",
    "DESCRIPTOR": "fd.name",
    "BYTES": "evt.buflen",
}
"""By the header of a column of the conversation: the field behind it."""


def cell_values(store: Store, source: PlaceSource, row: int, column: int) -> Find:
    """The value of one cell."""
    if isinstance(source, ViewSource):
        return partial(_view_cell, source, row, column)
    return partial(_echo_cell, store, source, row, column)


def row_values(store: Store, source: PlaceSource, row: int) -> Find:
    """All values of a row: of a group its cells, else those of its event."""
    if isinstance(source, ViewSource) and not source.is_events:
        return partial(_view_row, source, row)
    return partial(_of_event, store, source.event_row(row))


def _view_cell(source: ViewSource, row: int, column: int) -> list[FieldValue]:
    from hopscope.views.conditions import cell_value  # noqa: PLC0415  only who filters needs it

    return [cell_value(source.result, row, source.view_column(column))]


def _echo_cell(store: Store, source: PlaceSource, row: int, column: int) -> list[FieldValue]:
    from hopscope.views.conditions import field_value_of  # noqa: PLC0415

    title, event = source.columns[column].title, source.event_row(row)
    if event < 0 or title not in _ECHO_FIELDS:
        raise UsageError(f"no field has {title or 'this'}; evt.buffer contains asks for data")
    return [field_value_of(store, event, _ECHO_FIELDS[title])]


def _view_row(source: ViewSource, row: int) -> list[FieldValue]:
    from hopscope.views.conditions import cell_value  # noqa: PLC0415

    found: dict[str, FieldValue] = {}
    for column in range(len(source.result.columns)):
        try:
            value = cell_value(source.result, row, column)
        except UsageError:
            continue
        found.setdefault(value.field, value)
    return list(found.values())


def _of_event(store: Store, event: int) -> list[FieldValue]:
    from hopscope.views.conditions import event_values  # noqa: PLC0415

    if event < 0:
        raise UsageError("no event belongs to this row")
    found = []
    for value in event_values(store, event):
        found.append(value)
        sleep(_BREATH)
    return found
