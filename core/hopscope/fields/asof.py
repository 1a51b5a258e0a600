"""Which row of a table of states held at an event, and how many did, for many events at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.lookup import look_up, look_up_or
from hopscope.store.tables import FOREVER, NONE

Integers = NDArray[np.int64]


class States:
    """States in time, found by key (a tid, a life) and event row.

    Args:
        key: int64, the key of each state.
        first, stop: event rows ``[first, stop)`` in which it holds; -1 and ``FOREVER`` at the ends.
        events: number of events.
    """

    def __init__(self, key: Integers, first: Integers, stop: Integers, events: int) -> None:
        self._keys, dense = np.unique(key, return_inverse=True)
        self._span = events + 2
        moment = dense.astype(np.int64) * self._span + np.clip(first, -1, events) + 1
        self._order = np.argsort(moment, kind="stable")
        self._moment = moment[self._order]
        self._dense = dense
        self._stop = stop

    def knows(self, key: Integers) -> NDArray[np.bool_]:
        """True for keys that have any state."""
        return np.isin(key, self._keys)

    def at(self, key: Integers, row: Integers) -> NDArray[np.int32]:
        """The state of each key at each event row, int32; -1 where there is none."""
        if not len(self._moment):
            return np.full(len(key), NONE, dtype=np.int32)
        dense = np.searchsorted(self._keys, key)
        known = self._keys[np.minimum(dense, len(self._keys) - 1)] == key
        place = np.searchsorted(self._moment, dense * self._span + row + 1, side="right") - 1
        state = self._order[np.maximum(place, 0)]
        holds = known & (place >= 0) & (self._dense[state] == dense) & (self._stop[state] > row)
        return np.where(holds, state, NONE).astype(np.int32)


class Population:
    """How many members of each group exist at an event row.

    Args:
        group: int64, the group of each member.
        first, stop: event rows ``[first, stop)`` in which it exists.
        events: number of events.
    """

    def __init__(self, group: Integers, first: Integers, stop: Integers, events: int) -> None:
        self._groups, dense = np.unique(group, return_inverse=True)
        self._span = events + 2
        base = dense.astype(np.int64) * self._span
        ends = stop < FOREVER
        self._births = np.sort(base + np.clip(first, -1, events) + 1)
        self._deaths = np.sort(base[ends] + np.clip(stop[ends], -1, events) + 1)

    def at(self, group: Integers, row: Integers) -> Integers:
        """Members of each group at each event row, int64; 0 for a group that never had one."""
        if not len(self._groups):
            return np.zeros(len(group), dtype=np.int64)
        dense = np.searchsorted(self._groups, group)
        known = self._groups[np.minimum(dense, len(self._groups) - 1)] == group
        low, now = dense * self._span, dense * self._span + row + 1
        count = self._between(self._births, low, now) - self._between(self._deaths, low, now)
        return np.where(known, count, 0)

    @staticmethod
    def _between(moments: Integers, low: Integers, high: Integers) -> Integers:
        below_high = np.searchsorted(moments, high, side="right")
        return (below_high - np.searchsorted(moments, low, side="left")).astype(np.int64)


def follow(
    states: States, index: NDArray[Any], first: Integers, stop: Integers, key: Integers
) -> NDArray[np.int32]:
    """The state that a row of the same or another table points to by key, at every event.

    Most rows point to one state all their time, so this looks at the ends of each row and only goes
    event by event where the two differ.

    Args:
        states: what is pointed to.
        index: row of the pointing table at each event, -1 for none.
        first, stop: event rows in which each pointing row holds.
        key: int64, what each pointing row points to.

    Returns:
        int32, row of ``states`` at each event, -1 for none.
    """
    events = len(index)
    begin = np.clip(first, 0, max(events - 1, 0))
    end = np.clip(stop - 1, begin, max(events - 1, 0))
    at_begin, at_end = states.at(key, begin), states.at(key, end)
    absent = (at_begin == NONE) & (at_end == NONE) & states.knows(key)
    varies = np.append((at_begin != at_end) | absent, False)
    found = look_up_or(at_begin, index, NONE)
    if not varies.any():
        return found
    rows = np.flatnonzero(look_up(varies, index))
    if len(rows):
        found[rows] = states.at(key[index[rows]], rows)
    return found
