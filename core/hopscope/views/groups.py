"""Views whose rows are groups of events: all but the list of events."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from hopscope.store.store import Rows
from hopscope.views.attributes import Value
from hopscope.views.census import TRAITS
from hopscope.views.definition import Aggregation, Column, Kind, ViewDefinition
from hopscope.views.frame import Floats, Frame, Integers
from hopscope.views.member import Member
from hopscope.views.ordering import Order, order_of_floats, order_of_ranks, order_of_several, ranks
from hopscope.views.result import ViewResult
from hopscope.views.selection import Selection, Step
from hopscope.views.stretches import STRETCHES, stretch_step
from hopscope.views.subjects import Subjects

FRACTIONS = frozenset({Kind.RATE, Kind.FREQUENCY, Kind.PERCENT, Kind.NUMBER})
"""Kinds whose raw values have a fraction."""


class _Cells:
    """The values of one column by group: worked out for all, or one by one when asked for.

    Args:
        one: the value of a group.
        values: of all groups, None where they are asked for one by one.
        ranked: numbers that order the groups of the frame as their values do, -1 for those without one.
    """

    def __init__(
        self,
        one: Callable[[int], Value],
        values: Floats | None = None,
        ranked: Callable[[], Integers] | None = None,
    ) -> None:
        self.one = one
        self._values = values
        self._ranked = ranked
        self._ranks: Integers | None = None

    def order(self, groups: Integers, descending: bool) -> Order:
        """The groups of the frame in the order of the values."""
        if self._values is not None:
            return groups[order_of_floats(self._values[groups], descending)]
        return groups[order_of_ranks(self._known_ranks(), descending)]

    def numbers(self, groups: Integers) -> Floats:
        """Numbers that order the groups of the frame as their values do, NaN for a missing one."""
        if self._values is not None:
            return self._values[groups]
        known = self._known_ranks()
        return np.where(known < 0, np.nan, known)

    def _known_ranks(self) -> Integers:
        if self._ranks is None:
            assert self._ranked is not None, "a column has values, or a way to rank them"
            self._ranks = self._ranked()
        return self._ranks


class GroupResult(ViewResult):
    """Rows that stand for containers, processes, connections …"""

    def __init__(
        self,
        definition: ViewDefinition,
        selection: Selection,
        frame: Frame,
        columns: tuple[Column, ...],
        *,
        order: Order | None = None,
        sorting: tuple[int, bool] | None = None,
        cells: list[_Cells] | None = None,
    ) -> None:
        if cells is None:
            frame.add_up(columns)
        order = frame.groups if order is None else order
        super().__init__(frame.store, definition, selection, columns=columns, order=order, sorting=sorting)
        self._frame = frame
        self._subjects = Subjects(frame)
        self._cells = cells or [_cells(frame, self._subjects, column) for column in columns]

    def value(self, i: int, j: int) -> Value:
        """The raw value of a cell."""
        return self._cells[j].one(int(self._order[i]))

    def sort(self, column: int, descending: bool) -> GroupResult:
        """The same rows ordered by a column."""
        self._check_sortable(column)
        return self._ordered(self._cells[column].order(self._frame.groups, descending), column, descending)

    def sort_again(self, column: int, descending: bool) -> GroupResult:
        """The same rows ordered by a column, equal ones as they are."""
        self._check_sortable(column)
        places = np.searchsorted(self._frame.groups, self._order)
        numbers = self._cells[column].numbers(self._frame.groups)[places]
        return self._ordered(self._order[order_of_floats(numbers, descending)], column, descending)

    def sort_by(self, keys: Sequence[tuple[int, bool]]) -> GroupResult:
        """The same rows ordered by several columns."""
        for column, _ in keys:
            self._check_sortable(column)
        groups = self._frame.groups
        numbers = [(self._cells[column].numbers(groups), descending) for column, descending in keys]
        return self._ordered(groups[order_of_several(numbers)], *keys[0])

    def _ordered(self, order: Order, column: int, descending: bool) -> GroupResult:
        return GroupResult(
            self.definition,
            self.selection,
            self._frame,
            self.columns,
            order=order,
            sorting=(column, descending),
            cells=self._cells,
        )

    def key(self, i: int) -> Hashable:
        """Name of the grouping and number of the group."""
        return self._frame.grouping.key, int(self._order[i])

    def find_key(self, key: Hashable) -> int | None:
        """Position of the group in the current order."""
        if not isinstance(key, tuple) or len(key) != 2 or key[0] != self._frame.grouping.key:
            return None
        found = np.flatnonzero(self._order == key[1])
        return int(found[0]) if len(found) else None

    def drill(self, i: int) -> Selection:
        """The selection narrowed to the group, and to what passes the filter of the view."""
        code = int(self._order[i])
        grouping = self._frame.grouping
        if grouping.key.startswith(STRETCHES):
            return self.selection.push(stretch_step(self.store, grouping, code))
        values = grouping.values[code] if grouping.values else ()
        member = Member(grouping.key, code, values, self.definition.filter)
        return self.selection.push(Step(grouping.key, self._subjects.label(code), member))

    def event_rows(self, i: int) -> Rows:
        """The selected events of the group."""
        mask = self._frame.grouping.contains(self.store, int(self._order[i]))
        return np.flatnonzero(mask & self._frame.selection.mask(self.store))


def _cells(frame: Frame, subjects: Subjects, column: Column) -> _Cells:
    if column.aggregation is not Aggregation.NONE:
        return _numbers(column, frame.aggregate(column))
    if column.source in TRAITS and frame.grouping.table != "threads":
        return _numbers(column, np.full(frame.grouping.size, np.nan))
    if column.source in TRAITS:
        name = f"{column.source} {frame.first} {frame.stop}"
        return _numbers(column, frame.kept(name, lambda: TRAITS[column.source].of(frame)))
    attribute = subjects.attribute(column.source)
    if attribute is None:
        return _of_field(frame, column)

    def one(code: int) -> Value:
        row = subjects.row(attribute.subject, code)
        return attribute.of(frame.store, row) if row >= 0 else None

    def all_ranks() -> Floats:
        rows, place = np.unique(subjects.rows(attribute.subject, frame.groups), return_inverse=True)
        values = [attribute.of(frame.store, row) if row >= 0 else None for row in rows.tolist()]
        return ranks(values)[place].astype(np.float64)

    def ranked() -> Integers:
        # Python goes through all rows for this, so it is done once for each selection and its groups.
        name = f"ranks of {column.source} {frame.first} {frame.stop} {len(frame.groups)}"
        return frame.kept(name, all_ranks).astype(np.int64)

    return _Cells(one, ranked=ranked)


def _of_field(frame: Frame, column: Column) -> _Cells:
    # Fields are many modules, which the first view on the screen does without.
    from hopscope.views.field_cells import FieldCells  # noqa: PLC0415

    cells = FieldCells(frame, column.source)
    return _Cells(cells.value, ranked=lambda: ranks([cells.value(code) for code in frame.groups.tolist()]))


def _numbers(column: Column, values: Floats) -> _Cells:
    fraction = column.kind in FRACTIONS

    def one(code: int) -> Value:
        value = float(values[code])
        if np.isnan(value):
            return None
        return value if fraction else int(value)

    return _Cells(one, values)
