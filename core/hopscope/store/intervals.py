"""Look-ups of the kind "which row of a small table held for this key at this event"."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_MOST_TABLED = 1 << 22  # as high as Linux numbers threads


def stable_order(values: NDArray[Any]) -> Ints:
    """As ``np.argsort(values, kind="stable")`` for integers, in one pass for each 16 bits of their range.

    NumPy sorts 16-bit numbers by counting, and anything wider by comparing, which takes ten times as long.
    """
    if not len(values):
        return np.zeros(0, np.int64)
    least = int(values.min())
    span = int(values.max()) - least
    if span >= 1 << 32:
        return np.argsort(values, kind="stable")
    offsets = (values.astype(np.int64) - least).astype(np.uint32)
    order = np.argsort(offsets.astype(np.uint16), kind="stable")
    if span >= 1 << 16:
        high = (offsets >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order


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
        self._dense = self._table()

    def _table(self) -> NDArray[np.int32] | None:
        """Place of each key by its value, where the keys are few enough for that; else None."""
        if not len(self._keys) or self._keys[0] < 0 or self._keys[-1] > _MOST_TABLED:
            return None
        table = np.zeros(int(self._keys[-1]) + 1, np.int32)
        table[self._keys] = np.arange(len(self._keys), dtype=np.int32)
        return table

    def _place_of(self, keys: Ints) -> Ints:
        """Any place for keys that do not exist; the caller compares."""
        if self._dense is not None:
            inside = np.clip(keys, 0, len(self._dense) - 1)
            return self._dense[inside].astype(np.int64)
        return np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)

    def find(self, keys: Ints, rows: Ints) -> Ints:
        """Table rows that hold for keys at event rows, -1 where none does. Shapes are the same."""
        if not len(self._keys):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self._places, self._place_of(keys) * self._span + rows + 1, side="right") - 1
        found = self._order[np.maximum(at, 0)]
        holds = (at >= 0) & (self._key_of_row[found] == keys) & (self._stop[found] > rows)
        return np.where(holds, found, -1)

    def find_one(self, key: int, row: int) -> int:
        """The table row that holds for a key at an event row, -1 without one."""
        if not len(self._keys):
            return -1
        place = int(self._keys.searchsorted(key))
        if place == len(self._keys) or self._keys[place] != key:
            return -1
        at = int(self._places.searchsorted(place * self._span + row + 1, side="right")) - 1
        found = int(self._order[at]) if at >= 0 else -1
        return found if found >= 0 and self._key_of_row[found] == key and self._stop[found] > row else -1


def descriptor_key(table: NDArray[np.int32], fd: Ints) -> Ints:
    """One number for a descriptor table and a number in it; negative for one that no kernel gives."""
    found: Ints = (table.astype(np.int64) << 32) | (fd & 0xFFFFFFFF)
    odd = fd.astype(np.int32) != fd
    return np.where(odd, ~found, found) if odd.any() else found


def one_descriptor_key(table: int, fd: int) -> int:
    """The same for one descriptor."""
    found = table << 32 | fd & 0xFFFFFFFF
    return found if -1 << 31 <= fd < 1 << 31 else ~found


class Postings:
    """Event rows by a small number, so that "all events of" is a slice.

    Args:
        numbers: one an event, -1 for none.
        count: numbers are below this.
    """

    def __init__(self, numbers: NDArray[np.int32], count: int) -> None:
        self._order = stable_order(numbers).astype(np.int32)
        counts = np.bincount(numbers[numbers >= 0], minlength=count)
        self._starts = np.cumsum(np.concatenate(([len(numbers) - counts.sum()], counts)))

    def rows(self, number: int) -> Ints:
        """Event rows of one number, ascending; empty for numbers that do not exist."""
        if not 0 <= number < len(self._starts) - 1:
            return np.zeros(0, np.int64)
        return self._order[self._starts[number] : self._starts[number + 1]].astype(np.int64)
