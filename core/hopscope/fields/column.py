"""Columns: the values of a field for all events, kept on the smallest table that decides them.

A column has one entry for each row of a small table and an index from event rows to these entries,
or one entry for each event and no index. So a condition is decided once an entry and carried to the
events by one array look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.coded import CodedList
from hopscope.lookup import look_up_or

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Numbers(NamedTuple):
    """Numeric or boolean entries.

    Attributes:
        values: any numeric or bool dtype, one an entry.
        present: bool, False where the entry has no value; None when all have one.
    """

    values: NDArray[Any]
    present: Mask | None = None


class Choices(NamedTuple):
    """Entries that take one of few distinct values: text, addresses, tuples of ports.

    Attributes:
        codes: int32 position in ``values``, -1 where the entry has no value.
        values: the distinct values.
    """

    codes: NDArray[np.int32]
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a field for all events.

    Attributes:
        entries: the values, one a row of a small table or one an event.
        index: integer, entry of each event, -1 where it has none; None when entries are events.
    """

    entries: Numbers | Choices
    index: NDArray[Any] | None = None

    def at(self, row: int) -> Any:
        """The value at an event row, None when it is missing."""
        entry = row if self.index is None else int(self.index[row])
        if entry < 0:
            return None
        if isinstance(self.entries, Choices):
            code = int(self.entries.codes[entry])
            return None if code < 0 else self.entries.values[code]
        present = self.entries.present
        return None if present is not None and not present[entry] else self.entries.values[entry].item()

    def carry(self, decided: Mask) -> Mask:
        """A decision for each entry, carried to the events; False where an event has no entry."""
        if self.index is None:
            return decided
        if not decided.any():
            return np.zeros(len(self.index), dtype=np.bool_)
        return look_up_or(decided, self.index, False)


class Levels(NamedTuple):
    """Several columns of which any may satisfy a condition, for instance all ancestors of a process."""

    columns: list[Column]

    def at(self, row: int) -> Any:
        """The values at an event row as a tuple, None when there is none."""
        found = [column.at(row) for column in self.columns]
        return tuple(value for value in found if value is not None) or None


_MANY = 256
"""Events from which decoding them together pays."""


class Lazy(NamedTuple):
    """Values that are decoded event by event, for the rows that are asked for.

    Attributes:
        read: the value at one of ``rows``, None when it is missing.
        rows: int64, the only event rows that can have a value, ascending; None when all can.
        search: event rows whose bytes satisfy an operator and a part, found without reading event by event;
            None where there is no such way.
        many: the values at many rows, which may be faster than one by one; None where it is not.
    """

    read: Callable[[int], Any]
    rows: Rows | None = None
    search: Callable[[str, bytes], Rows] | None = None
    many: Callable[[Rows], list[Any]] | None = None

    def at(self, row: int) -> Any:
        """The value at an event row, None when it is missing."""
        if self.rows is not None:
            place = int(np.searchsorted(self.rows, row))
            if place == len(self.rows) or self.rows[place] != row:
                return None
        return self.read(row)

    def values(self, rows: Rows) -> Iterable[Any]:
        """The values at rows that can have one, None where it is missing."""
        if self.many is not None and len(rows) >= _MANY:
            return self.many(rows)
        return map(self.read, rows.tolist())


Answer = Column | Levels | Lazy


def encode(values: Iterable[Hashable | None]) -> Choices:
    """Distinct values and a code for each entry; None becomes -1."""
    if isinstance(values, CodedList):
        codes_of, distinct = values.distinct()
        if None in distinct:
            return renamed(Choices(codes_of, distinct), lambda value: value)
        return Choices(codes_of, distinct)
    known: dict[Hashable, int] = {}
    codes = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
    return Choices(np.array(codes, dtype=np.int32), list(known))


def renamed(choices: Choices, name: Callable[[Any], Hashable | None]) -> Choices:
    """The same entries with other values, each distinct one named once; None becomes -1."""
    names = encode(name(value) for value in choices.values)
    return Choices(look_up_or(names.codes, choices.codes, -1), names.values)


def constant(value: Hashable, index: NDArray[Any]) -> Column:
    """A column with the same value for every event that has an entry in ``index``, which must be 0 or -1."""
    return Column(Choices(np.zeros(1, dtype=np.int32), [value]), index)


def nothing(count: int) -> Column:
    """A column without any value, for what captures cannot answer; it takes no room."""
    index = np.broadcast_to(np.full(1, -1, dtype=np.int8), count)
    return Column(Choices(np.full(1, -1, dtype=np.int32), []), index)


def ones(count: int) -> NDArray[np.int64]:
    """So many times 1, which take no room; read only."""
    return np.broadcast_to(np.ones(1, dtype=np.int64), count)


def spread(column: Column) -> Column:
    """The same values with one entry an event."""
    if column.index is None:
        return column
    entries = column.entries
    if isinstance(entries, Choices):
        return Column(Choices(look_up_or(entries.codes, column.index, -1), entries.values))
    present = np.ones(len(entries.values), dtype=np.bool_) if entries.present is None else entries.present
    values = look_up_or(entries.values, column.index, 0)
    return Column(Numbers(values, look_up_or(present, column.index, False)))


def combined(
    one: Choices, other: Choices, join: Callable[[Any, Any], Hashable | None], chosen: Mask | None = None
) -> Choices:
    """What is made of two values of each entry, worked out once for each pair that occurs.

    Args:
        one, other: as long as each other; ``join`` gets None for a value that is missing.
        join: makes the value, None for none.
        chosen: bool, the entries that get one; None for all.
    """
    rows = np.arange(len(one.codes)) if chosen is None else np.flatnonzero(chosen)
    width = len(other.values) + 1
    pairs = (one.codes[rows].astype(np.int64) + 1) * width + other.codes[rows] + 1
    distinct, place = np.unique(pairs, return_inverse=True)
    ones, others = [*one.values, None], [*other.values, None]
    made = encode(
        join(ones[left - 1], others[right - 1])
        for left, right in zip((distinct // width).tolist(), (distinct % width).tolist(), strict=True)
    )
    codes = np.full(len(one.codes), -1, np.int32)
    codes[rows] = made.codes[place] if len(rows) else -1
    return Choices(codes, made.values)
