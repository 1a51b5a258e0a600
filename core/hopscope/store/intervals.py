"""Look-ups of the kind "which row of a small table held for this key at this event"."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_MOST_TABLED = 1 << 22  # as high as Linux numbers threads
_LOW = (1 << 32) - 1
_MANY = 1 << 12


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


class _PlaceTables(NamedTuple):
    """Places of ascending keys by their value, where they are few enough for that.

    Attributes:
        high: int32, number of what a key has above its low 32 bits; None where all have nothing there.
        width: how many low parts there are.
        place: int32, place of a key by both, any place where there is none.
    """

    high: NDArray[np.int32] | None
    width: int
    place: NDArray[np.int32]

    @classmethod
    def of(cls, keys: Ints) -> _PlaceTables | None:
        """Tables for some keys, None where these would be too large."""
        if not len(keys) or keys[0] < 0:
            return None
        high, low = keys >> 32, keys & _LOW
        width = int(low.max()) + 1
        if not high[-1]:
            numbers, size = None, width
        elif high[-1] <= _MOST_TABLED:
            different, which = np.unique(high, return_inverse=True)
            numbers = np.zeros(int(high[-1]) + 1, np.int32)
            numbers[different] = np.arange(len(different), dtype=np.int32)
            low, size = which.reshape(-1) * width + low, len(different) * width
        else:
            return None
        if size > _MOST_TABLED:
            return None
        place = np.zeros(size, np.int32)
        place[low] = np.arange(len(keys), dtype=np.int32)
        return cls(numbers, width, place)

    def places(self, keys: Ints) -> Ints:
        """The place of each key; any place for keys that do not exist."""
        if self.high is None:
            low = keys
        else:
            low = np.minimum(keys & _LOW, self.width - 1)
            low += self.high.take(keys >> 32, mode="clip") * np.int64(self.width)
        found: Ints = self.place.take(low, mode="clip").astype(np.int64)
        return found


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
        self._first, self._stop = first, stop
        self._key_of_row = keys
        self._tables = _PlaceTables.of(self._keys)
        counts = np.bincount(dense.reshape(-1))
        self._only = np.where(counts == 1, self._order.take(np.cumsum(counts) - 1, mode="clip"), -1)

    def _place_of(self, keys: Ints) -> Ints:
        """Any place for keys that do not exist; the caller compares."""
        if self._tables is not None:
            return self._tables.places(keys)
        return np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)

    def find(self, keys: Ints, rows: Ints) -> Ints:
        """Table rows that hold for keys at event rows, -1 where none does. Shapes are the same."""
        if not len(self._keys):
            return np.full(len(keys), -1, np.int64)
        places = self._place_of(keys)
        found = self._only.take(places)
        several = np.flatnonzero(found < 0)
        if len(several):
            at = self._last_begun(places[several], rows[several])
            found[several] = np.where(at >= 0, self._order.take(at, mode="clip"), -1)
        holds = (found >= 0) & (self._key_of_row.take(found, mode="clip") == keys)
        holds &= (self._first.take(found, mode="clip") <= rows) & (self._stop.take(found, mode="clip") > rows)
        return np.where(holds, found, -1)

    def _last_begun(self, places: Ints, rows: Ints) -> Ints:
        """For each place of a key the last of its rows, in order of places, that begins up to an event row.

        Many event rows in order are sorted by place, which takes one pass, so that it is the few table rows
        that are searched for among them instead of the other way round.
        """
        many = len(rows) >= _MANY and len(self._keys) <= 1 << 16
        if not many or not (rows[1:] >= rows[:-1]).all():
            return np.searchsorted(self._places, places * self._span + rows + 1, side="right") - 1
        order = np.argsort(places.astype(np.uint16), kind="stable")
        asked = places.take(order) * self._span + rows.take(order) + 1
        begins = np.searchsorted(asked, self._places)
        at = np.empty(len(rows), np.int64)
        counts = np.diff(begins, prepend=0, append=len(rows))
        at[order] = np.repeat(np.arange(-1, len(begins)), counts)
        return at

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
