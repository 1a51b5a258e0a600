"""What a row of a view stands for: states of threads or descriptors, or events, put together by a key.

A grouping gives every row of a table the number of its group, so that the group of an event
is one look-up. Groups are numbered from 0; NONE is for what belongs to no group.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.lookup import look_up
from hopscope.store.store import Rows, Store
from hopscope.store.tables import FOREVER, NONE

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Grouping:
    """One way to put states, or events, together.

    Attributes:
        key: its name among the groupings.
        table: ``threads`` or ``descriptors``, the table whose rows are grouped; ``entries`` where a field is
            grouped by what it is told of.
        codes: group of each row of that table, and NONE as one more entry at the end, so that the
            missing row -1 finds it; without that entry where the table has a row for each event.
        size: number of groups.
        shows_idle: True when a group is listed even if none of its events is selected.
        rows, row_codes: event rows (ascending) whose group is not the one of their table row, and the
            group they have instead.
        column: of ``entries``, the row of the table that each event belongs to; None where the table has a
            row for each event.
        values: what the groups of fields have in common, one tuple of values a group.
    """

    key: str
    table: str
    codes: Codes
    size: int
    shows_idle: bool = True
    rows: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    row_codes: Codes = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    column: NDArray[Any] | None = None
    values: Sequence[tuple[Any, ...]] = ()

    def table_rows(self, store: Store) -> NDArray[Any] | None:
        """Row of the table for each event; None where it has one row an event."""
        if self.table == "threads":
            return store.thread
        return store.descriptor if self.table == "descriptors" else self.column

    def of_events(self, store: Store, rows: Rows | slice | None = None) -> Codes:
        """Group of each of these ascending event rows (of all without), NONE where there is none."""
        column = self.table_rows(store)
        if column is None:
            return self.codes if rows is None else self.codes[rows]
        if isinstance(rows, slice):
            column = column[rows]
        codes = look_up(self.codes, column if rows is None or isinstance(rows, slice) else column[rows])
        if len(self.rows) == 0:
            return codes
        assert not isinstance(rows, slice), "groups of single events are asked for by row"
        if rows is None:
            codes[self.rows] = self.row_codes
        elif len(rows):
            place = np.minimum(np.searchsorted(rows, self.rows), len(rows) - 1)
            found = rows[place] == self.rows
            codes[place[found]] = self.row_codes[found]
        return codes

    def contains(self, store: Store, code: int) -> NDArray[np.bool_]:
        """True for the events of a group, bool, one an event."""
        column = self.table_rows(store)
        if column is None:
            return np.asarray(self.codes == code, dtype=np.bool_)
        mask = look_up(self.codes == code, column)
        mask[self.rows] = self.row_codes == code
        return mask

    def states_of(self, code: int) -> NDArray[np.int64]:
        """Rows of the grouped table that are in this group."""
        of_rows = self.codes if self.table == "entries" and self.column is None else self.codes[:-1]
        return np.flatnonzero(of_rows == code)

    @cached_property
    def _codes_of_values(self) -> dict[tuple[Any, ...], int]:
        return {value: code for code, value in enumerate(self.values)}

    def code_of(self, value: tuple[Any, ...]) -> int:
        """The group of these values of fields, NONE where there is none."""
        return self._codes_of_values.get(value, NONE)


def last_states(codes: Codes, first: NDArray[np.int64], size: int, stop: int) -> NDArray[np.int64]:
    """For each group the table row that began last before event row ``stop``; NONE for an empty group.

    Args:
        codes: group of each table row; entries below 0 are left out.
        first: event row at which each state begins, as long as the table.
        size: number of groups.
        stop: states that begin there or later do not count.
    """
    codes = codes[: len(first)]
    rows = np.flatnonzero((codes >= 0) & (first < stop))
    rows = rows[np.argsort(first[rows], kind="stable")]
    result = np.full(size, NONE, dtype=np.int64)
    result[codes[rows]] = rows
    return result


def first_states(codes: Codes, first: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """For each group the table row that began first; NONE for an empty group."""
    return last_states(codes, -first, size, FOREVER)


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different values, ascending.

    ``np.unique`` without further results loads the masked arrays, which takes longer than most views.
    """
    ordered = np.sort(values)
    begins = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return np.compress(begins, ordered)


def closed(codes: Codes) -> Codes:
    """The codes with NONE behind them, for the missing row -1."""
    return np.append(codes, np.int32(NONE)).astype(np.int32, copy=False)


def number_integers(values: NDArray[np.int32]) -> tuple[Codes, int]:
    """Group numbers for integer keys: equal keys, equal numbers. With the entry for the missing row."""
    unique, codes = np.unique(values, return_inverse=True)
    return closed(codes.astype(np.int32)), len(unique)


def number_keys(keys: Sequence[Hashable | None]) -> tuple[Codes, int]:
    """Group numbers for keys of any kind, NONE for None; and how many there are."""
    known: dict[Hashable, int] = {}
    codes = [NONE if key is None else known.setdefault(key, len(known)) for key in keys]
    return closed(np.array(codes, dtype=np.int32)), len(known)
