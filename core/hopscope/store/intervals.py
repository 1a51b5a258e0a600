"""Look-ups of the kind "which row of a small table held for this key at this event"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class IntervalIndex:
    """Rows that each hold for one key during ``[first, stop)``; rows of one key do not overlap.

    Args:
        keys: int64, one a row; any numbers.
        first, stop: int64, event rows.
        events: number of event rows of the store.
    """

    def __init__(self, keys: Ints, first: Ints, stop: Ints, events: int) -> None:
        self._keys, dense = np.unique(keys, return_inverse=True)
        self._span = events + 3
        place = dense.reshape(-1).astype(np.int64) * self._span + np.minimum(first, events) + 1
        self._order = np.argsort(place, kind="stable")
        self._places = place[self._order]
        self._stop = stop
        self._key_of_row = keys

    def find(self, keys: Ints, rows: Ints) -> Ints:
        """Table rows that hold for keys at event rows, -1 where none does. Shapes broadcast."""
        if not len(self._keys):
            return np.full(np.broadcast(keys, rows).shape, -1, np.int64)
        dense = np.searchsorted(self._keys, keys)
        dense = np.minimum(dense, len(self._keys) - 1)
        at = np.searchsorted(self._places, dense * self._span + rows + 1, side="right") - 1
        found = self._order[np.maximum(at, 0)]
        holds = (at >= 0) & (self._key_of_row[found] == keys) & (self._stop[found] > rows)
        return np.where(holds, found, -1)

    def find_one(self, key: int, row: int) -> int:
        """The table row that holds for a key at an event row, -1 without one."""
        return int(self.find(np.array([key], np.int64), np.array([row], np.int64))[0])


def descriptor_key(table: NDArray[np.int32], fd: Ints) -> Ints:
    """One number for a descriptor table and a number in it."""
    found: Ints = (table.astype(np.int64) << 32) | (fd & 0xFFFFFFFF)
    return found


class Postings:
    """Event rows by a small number, so that "all events of" is a slice.

    Args:
        numbers: one an event, -1 for none.
        count: numbers are below this.
    """

    def __init__(self, numbers: NDArray[np.int32], count: int) -> None:
        self._order = np.argsort(numbers, kind="stable").astype(np.int64)
        self._starts = np.searchsorted(numbers[self._order], np.arange(count + 1))

    def rows(self, number: int) -> Ints:
        """Event rows of one number, ascending; empty for numbers that do not exist."""
        if not 0 <= number < len(self._starts) - 1:
            return self._order[:0]
        return self._order[self._starts[number] : self._starts[number + 1]]
