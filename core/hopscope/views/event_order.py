"""All events of a capture in the order of a column: worked out once, and kept as long as the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows, Store
from hopscope.views.memo import once_per_store
from hopscope.views.ordering import never_falls, order_of_integers, turned
from hopscope.views.selection import Selection

Keys = Callable[[Store, Rows], NDArray[Any]]
"""Integers that order as the values of a column do, one for each of some event rows."""

MOST = 4_000_000
"""Events of a capture up to which orders are kept; each takes five to eight bytes an event."""

MOST_COLUMNS = 12
"""Columns of which the order is kept: those of the list of events as it comes, and a few more."""


@dataclass(frozen=True, slots=True)
class EventOrder:
    """The events by one column.

    Attributes:
        rows: event rows, int32, equal ones as they come.
        begins: where in ``rows`` another value begins, int32, ascending.
        places: place of its value among all, one an event row, in few bits; None where values are many.
    """

    rows: NDArray[np.int32]
    begins: NDArray[np.int32]
    places: NDArray[np.unsignedinteger[Any]] | None

    def all(self, descending: bool) -> Rows:
        """The rows in this or in the opposite order; equal ones as they come either way."""
        return (turned(self.rows, self.begins) if descending else self.rows).astype(np.int64)

    def again(self, rows: Rows, descending: bool) -> Rows | None:
        """All rows, in any order, in this or in the opposite one; equal ones as they are. None if unknown."""
        if self.places is None:
            return None
        places = self.places[rows]
        if descending:
            places = places.dtype.type(len(self.begins) - 1) - places
        return rows[np.argsort(places, kind="stable")]

    def opposite(self, rows: Rows, descending: bool) -> Rows:
        """All rows, in this order or in the opposite one, the other way round; equal ones as they are.

        Args:
            rows: the rows.
            descending: True where they are to fall.
        """
        if descending:
            return turned(rows, self.begins)
        lengths = np.diff(np.append(self.begins, len(rows)))[::-1]
        return turned(rows, np.cumsum(lengths) - lengths)


def order_of_all(store: Store, column: str, keys: Keys) -> EventOrder | None:
    """The order of all events by a column; None where it is not worth keeping.

    That is for captures that are too large, and for columns that never fall from one event to the next.

    Args:
        store: the capture, with at most :data:`MOST` events.
        column: its name.
        keys: what it is ordered by.
    """
    if len(store) > MOST:
        return None
    known = _orders(store)
    if column in known:
        return known[column]
    for oldest in list(known)[: max(0, len(known) + 1 - MOST_COLUMNS)]:
        known.pop(oldest, None)
    found = known[column] = _made(store, keys)
    return found


def _made(store: Store, keys: Keys) -> EventOrder | None:
    rows = Selection().rows(store)
    numbers = keys(store, rows)
    if never_falls(numbers):
        return None
    order = order_of_integers(numbers, descending=False)
    numbers = numbers[order]
    begins = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)])
    in_order = rows[order].astype(np.int32)
    return EventOrder(in_order, begins.astype(np.int32), _places(len(store), in_order, begins))


def _places(events: int, rows: NDArray[np.int32], begins: Rows) -> NDArray[np.unsignedinteger[Any]] | None:
    kinds: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint8, np.uint16)
    kind = next((kind for kind in kinds if len(begins) <= np.iinfo(kind).max), None)
    if kind is None:
        return None
    places: NDArray[np.unsignedinteger[Any]] = np.zeros(events, kind)
    lengths = np.diff(np.append(begins, len(rows)))
    places[rows] = np.repeat(np.arange(len(begins), dtype=kind), lengths)
    return places


@once_per_store
def _orders(store: Store) -> dict[str, EventOrder | None]:
    return {}
