"""The list of events: one row an event, decoded only where somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.render import decoded_args, render_info
from hopscope.fields.column import Choices
from hopscope.fields.column import Column as FieldColumn
from hopscope.fields.field import Domain
from hopscope.fields.values import answer_of, use_of
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.views.attributes import Value
from hopscope.views.definition import Column, ViewDefinition
from hopscope.views.event_order import EventOrder, Keys, order_of_all
from hopscope.views.field_cells import plain
from hopscope.views.field_groups import choices_of, one_column
from hopscope.views.memo import once_per_store
from hopscope.views.names import command_line, container_label
from hopscope.views.ordering import Order, order_of_integers, ranks
from hopscope.views.result import ViewResult
from hopscope.views.selection import Selection
from hopscope.views.time_forms import Times

TIME = "evt.rawtime"
INFO = "evt.info"
JOINED = "<>"
"""Direction of a row that stands for a whole call."""


@dataclass(frozen=True, slots=True)
class EventField:
    """A column of the list of events.

    Attributes:
        name: what columns call it: the name of a filter field, or a name of its own.
        of: the value of one event.
        keys: numbers that order many events as their values do; None where that would need decoding.
    """

    name: str
    of: Callable[[Store, int], Value]
    keys: Keys | None


def _column(store: Store, name: str) -> FieldColumn:
    answer = answer_of(store, use_of(name))
    assert isinstance(answer, FieldColumn), f"{name} has one value for an event"
    return answer


def _field(name: str) -> EventField:
    """A filter field as a column, with its own name."""

    @once_per_store
    def ranks(store: Store) -> NDArray[Any]:
        entries = _column(store, name).entries
        if not isinstance(entries, Choices):
            return np.asarray(entries.values)
        # The code of a missing value finds the last entry.
        return np.append(_ranks(entries.values), NONE)[entries.codes]

    def value(store: Store, row: int) -> Value:
        found: Value = _column(store, name).at(row)
        return found

    def keys(store: Store, rows: Rows) -> NDArray[Any]:
        index = _column(store, name).index
        if index is None:
            return ranks(store)[rows]
        found: NDArray[Any] = np.append(ranks(store), NONE)[index[rows]]
        return found

    return EventField(name, value, keys)


def _ranks(texts: list[str]) -> NDArray[np.int64]:
    """The place of each text among the distinct ones, in any case."""
    return np.unique([text.casefold() for text in texts], return_inverse=True)[1].astype(np.int64)


@once_per_store
def _container_ranks(store: Store) -> NDArray[np.int64]:
    ranks = _ranks([container_label(container) for container in store.containers])
    return np.append(ranks[store.threads.container], NONE)


def _container(store: Store, row: int) -> Value:
    thread = int(store.thread[row])
    return container_label(store.containers[store.threads.container[thread]]) if thread >= 0 else None


def _command(store: Store, row: int) -> Value:
    thread = int(store.thread[row])
    return command_line(store, thread) if thread >= 0 else None


@once_per_store
def _command_ranks(store: Store) -> NDArray[np.int64]:
    return np.append(_ranks([command_line(store, thread) for thread in range(len(store.threads))]), NONE)


def _latency(store: Store, row: int) -> Value:
    return int(store.latency[row]) or None


EVENT_FIELDS: dict[str, EventField] = {
    field.name: field
    for field in (
        _field("evt.num"),
        _field("evt.rawtime"),
        _field("evt.cpu"),
        _field("proc.name"),
        _field("thread.tid"),
        _field("evt.hostname"),
        _field("hopscope.file"),
        _field("hopscope.filenum"),
        _field("evt.dir"),
        _field("evt.type"),
        EventField("evt.latency", _latency, lambda store, rows: store.latency[rows]),
        EventField(
            "container.label", _container, lambda store, rows: _container_ranks(store)[store.thread[rows]]
        ),
        EventField(
            "process.command", _command, lambda store, rows: _command_ranks(store)[store.thread[rows]]
        ),
        EventField("evt.info", render_info, None),
    )
}
"""All columns of the list of events by name."""


@cache
def event_field(name: str) -> EventField:
    """A column of a list of events: one of those above, or any field of the filter language.

    Fields that are decoded event by event have no keys to sort by.
    """
    if name in EVENT_FIELDS:
        return EVENT_FIELDS[name]
    use = use_of(name)
    if use.field.domain is Domain.ARGUMENTS:
        return EventField(name, lambda store, row: plain(use, answer_of(store, use).at(row)), None)

    @once_per_store
    def ordered(store: Store) -> NDArray[Any]:
        choices = choices_of(one_column(store, name).entries)
        known = np.append(ranks([plain(use, value) for value in choices.values]), NONE)
        return known.astype(np.int32)[choices.codes]

    def keys(store: Store, rows: Rows) -> NDArray[Any]:
        index = one_column(store, name).index
        numbers = ordered(store)
        found: NDArray[Any] = np.append(numbers, numbers.dtype.type(NONE))[
            rows if index is None else index[rows]
        ]
        return found

    return EventField(name, lambda store, row: plain(use, answer_of(store, use).at(row)), keys)


def _keys_of(field: EventField) -> Keys:
    assert field.keys is not None, "a column that is sortable has keys"
    return field.keys


class EventResult(ViewResult):
    """Rows that are events, or whole calls.

    Attributes:
        times: how the column of times is shown.
        joined: True where the exit of a call stands for its enter too, if both are selected.
    """

    def __init__(
        self,
        store: Store,
        definition: ViewDefinition,
        selection: Selection,
        columns: tuple[Column, ...],
        seen: Selection,
        *,
        order: Order | None = None,
        sorting: tuple[int, bool] | None = None,
        times: Times = Times(),  # noqa: B008  frozen
        joined: bool = False,
    ) -> None:
        self.times = times
        self.joined = joined
        self._last_info: tuple[int, Value] | None = None
        self._seen = seen
        self._fields = [event_field(column.source) for column in columns]
        order = self._unsorted(store) if order is None else order
        super().__init__(store, definition, selection, columns=columns, order=order, sorting=sorting)

    def _unsorted(self, store: Store) -> Rows:
        rows = self._seen.rows(store)
        if not self.joined:
            return rows
        twin = store.twin[rows]
        # Selected enters of selected exits: those exits come later.
        shown: Rows = rows[~((twin > rows) & np.append(self._seen.mask(store), False)[twin])]
        return shown

    def looked_at(self, times: Times, joined: bool) -> EventResult:
        """The same events, with times in another form, calls in one row or in two.

        Args:
            times: how the column of times is shown.
            joined: True for one row a call.
        """
        columns = tuple(
            replace(column, title=times.title, help=f"Seconds or clock: {times.form.value}.")
            if column.source == TIME
            else column
            for column in self.columns
        )
        looked_at = EventResult(
            self.store, self.definition, self.selection, columns, self._seen, times=times, joined=joined
        )
        return looked_at if self.sorting is None else looked_at.sort(*self.sorting)

    def value(self, i: int, j: int) -> Value:
        """The raw value of a cell, decoded when asked for."""
        row = int(self._order[i])
        if self.columns[j].source != INFO:
            return self._fields[j].of(self.store, row)
        # Arguments may be long, and are asked for as text and as a value one after the other.
        if self._last_info is None or self._last_info[0] != row:
            self._last_info = row, self._fields[j].of(self.store, row)
        return self._last_info[1]

    def text(self, i: int, j: int) -> str:
        """The cell for a person, in the form of times and calls that was chosen; unescaped."""
        source, row = self.columns[j].source, int(self._order[i])
        if source == TIME:
            above = int(self.store.time[self._order[i - 1]]) if i else None
            return self.times.text(int(self.store.time[row]), self.store.epoch, above)
        enter = self._enter_of(row)
        if enter >= 0 and source == "evt.dir":
            return JOINED
        if enter >= 0 and source == "evt.info":
            return _call_info(self.store, enter, row)
        return super().text(i, j)

    def _enter_of(self, row: int) -> int:
        """The enter event that a row stands for beside its exit, NONE without one."""
        twin = int(self.store.twin[row])
        return twin if self.joined and 0 <= twin < row and self._seen.mask(self.store)[twin] else NONE

    def sort(self, column: int, descending: bool) -> EventResult:
        """The same events ordered by a column."""
        known = self._known_order(column)
        if known is not None:
            return self._ordered(known.all(descending), column, descending)
        return self._sorted(self._unsorted(self.store), column, descending)

    def sort_again(self, column: int, descending: bool) -> EventResult:
        """The same events ordered by a column, equal ones as they are."""
        known = self._known_order(column)
        rows = None
        if known is not None and self.sorting == (column, not descending):
            rows = known.opposite(self._order, descending)
        elif known is not None:
            rows = known.again(self._order, descending)
        if rows is not None:
            return self._ordered(rows, column, descending)
        return self._sorted(self._order, column, descending)

    def _known_order(self, column: int) -> EventOrder | None:
        """The order of all events by a column, where this is a list of all."""
        self._check_sortable(column)
        if self._seen or self.joined:
            return None
        field = self._fields[column]
        return order_of_all(self.store, field.name, _keys_of(field))

    def _sorted(self, rows: Rows, column: int, descending: bool) -> EventResult:
        order = order_of_integers(self._keys(column, rows), descending)
        return self._ordered(rows[order], column, descending)

    def sort_by(self, keys: Sequence[tuple[int, bool]]) -> EventResult:
        """The same events ordered by several columns."""
        result = self.sort(*keys[-1])
        for column, descending in keys[-2::-1]:
            result = result.sort_again(column, descending)
        return result

    def _keys(self, column: int, rows: Rows) -> NDArray[Any]:
        self._check_sortable(column)
        return _keys_of(self._fields[column])(self.store, rows)

    def _ordered(self, order: Order, column: int, descending: bool) -> EventResult:
        return EventResult(
            self.store,
            self.definition,
            self.selection,
            self.columns,
            self._seen,
            order=order,
            sorting=(column, descending),
            times=self.times,
            joined=self.joined,
        )

    def key(self, i: int) -> Hashable:
        """The event row."""
        return "event", int(self._order[i])

    def find_key(self, key: Hashable) -> int | None:
        """Position of an event row in the current order; an enter is found in the row of its call."""
        if not isinstance(key, tuple) or len(key) != 2 or key[0] != "event":
            return None
        row = int(key[1])
        found = self._position(row)
        if found is None and self.joined and int(self.store.twin[row]) > row:
            return self._position(int(self.store.twin[row]))
        return found

    def index_of_event(self, row: int) -> int:
        """Position of an event row, or of the nearest one after it that is selected, or of the last."""
        rows = self._unsorted(self.store)
        if not len(rows):
            return 0
        nearest = int(rows[min(int(np.searchsorted(rows, row)), len(rows) - 1)])
        position = self._position(nearest)
        return 0 if position is None else position

    def drill(self, i: int) -> None:
        """Nothing lies below an event."""
        return

    def event_row(self, i: int) -> int:
        """The event itself; of a whole call its exit, which has the results."""
        return int(self._order[i])

    def event_rows(self, i: int) -> Rows:
        """The event itself, with the enter that it stands for."""
        enter = self._enter_of(int(self._order[i]))
        own = self._order[i : i + 1]
        return own if enter < 0 else np.append(np.int64(enter), own)

    def _position(self, row: int) -> int | None:
        if self.sorting is None:
            i = int(np.searchsorted(self._order, row))
            return i if i < len(self._order) and self._order[i] == row else None
        found = np.flatnonzero(self._order == row)
        return int(found[0]) if len(found) else None


def _call_info(store: Store, enter: int, leave: int) -> str:
    """The arguments of a call: those that only its enter event has, then those of its exit."""
    own = decoded_args(store, leave)
    names = {argument.name for argument in own}
    asked = [argument for argument in decoded_args(store, enter) if argument.name not in names]
    return " ".join(map(str, [*asked, *own]))
