"""Enter and exit events of one call, and how long it took (notes on state, section 4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.store.intervals import stable_order
from hopscope.store.tables import NONE

Ints = NDArray[np.int64]

_OF_RECORDER = frozenset(
    {"container", "useradded", "userdeleted", "groupadded", "groupdeleted", "asyncevent", "pluginevent"}
)
"""Events that the recorder makes; their tid means nothing."""

_BETWEEN = _OF_RECORDER | {"switch", "signaldeliver"}
"""Events that may fall between the two halves of a call without ending it."""

_TAKES_PART = np.array(
    [not (event.name in _BETWEEN or EventFlag.SKIPPARSERESET in event.flags) for event in EVENTS], np.bool_
)
_OF_THREAD = np.array(
    [
        not (
            EventFlag.SKIPPARSERESET in event.flags
            or event.name in _OF_RECORDER
            or event.name == "switch"
            or "INTERNAL" in event.categories
        )
        for event in EVENTS
    ],
    np.bool_,
)


def of_threads(code: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Which events say that a thread exists, by code: not those that the kernel or recorder makes."""
    return _OF_THREAD[code]


class _Last(NamedTuple):
    """Where the threads were when a stretch of events ended; one entry a thread, ascending by number.

    Attributes:
        tid: int64.
        row: int64, the last event.
        code: int64, its type.
        enter: int64, the last enter event, NONE without one.
        enter_time: int64, its time in ns.
    """

    tid: Ints
    row: Ints
    code: Ints
    enter: Ints
    enter_time: Ints


class Paired(NamedTuple):
    """Twins of a stretch of events.

    Attributes:
        twin: int32, row of the other half, NONE without one (yet).
        latency: int64 in ns, 0 for enters and exits without any enter.
        enters, exits: int64, rows of pairs whose enter lies in an earlier stretch.
    """

    twin: NDArray[np.int32]
    latency: Ints
    enters: Ints
    exits: Ints


class Pairing:
    """Finds twins stretch by stretch.

    An exit belongs to the last enter of its thread when that is of the same call. Latency counts
    from the thread's last enter of any kind, as the reference has it.
    """

    def __init__(self) -> None:
        none = np.zeros(0, np.int64)
        self._last = _Last(none, none, none, none, none)

    def pair(self, tid: Ints, code: NDArray[np.uint16], time: Ints, first: int) -> Paired:
        """Pair the next events.

        Args:
            tid, code, time: of the events.
            first: row of the first of them.
        """
        twin = np.full(len(tid), NONE, np.int32)
        latency = np.zeros(len(tid), np.int64)
        none = np.zeros(0, np.int64)
        places = np.flatnonzero(_TAKES_PART[code])
        if not len(places):
            return Paired(twin, latency, none, none)
        # places in the order of threads, and of time within each
        places = places[stable_order(tid[places])]
        tids, kinds = tid[places], code[places].astype(np.int64)
        is_enter = (kinds & 1) == 0
        begins = np.flatnonzero(np.concatenate(([True], tids[1:] != tids[:-1])))
        paired = np.flatnonzero(~is_enter[1:] & (kinds[:-1] == kinds[1:] - 1)) + 1
        paired = paired[tids[paired] == tids[paired - 1]]
        exits, enters = places[paired], places[paired - 1]
        twin[exits] = enters + first
        twin[enters] = exits + first

        group_tid = tids[begins]
        known, old = self._look_up(group_tid)
        across = np.flatnonzero(known & ~is_enter[begins])
        across = across[self._last.code[old[across]] == kinds[begins[across]] - 1]
        far_exits, far_enters = places[begins[across]], self._last.row[old[across]]
        twin[far_exits] = far_enters

        # the last enter at or before each event; NONE where its thread had none in this stretch
        counting = np.arange(len(places))
        last_enter = np.maximum.accumulate(np.where(is_enter, counting, -1))
        sizes = np.diff(np.append(begins, len(places)))
        here = last_enter >= np.repeat(begins, sizes)
        timed = np.flatnonzero(~is_enter & here)
        latency[places[timed]] = time[places[timed]] - time[places[last_enter[timed]]]
        before = np.flatnonzero(~is_enter & ~here)
        if len(before):
            group = np.repeat(np.arange(len(begins)), sizes)[before]
            since = (
                known[group] & (self._last.enter[old[group]] != NONE) if len(self._last.tid) else known[group]
            )
            before, group = before[since], group[since]
            latency[places[before]] = time[places[before]] - self._last.enter_time[old[group]]

        ends = np.append(begins[1:], len(places)) - 1
        entered = here[ends]
        enter = np.where(entered, places[last_enter[ends]] + first, NONE)
        enter_time = np.where(entered, time[places[last_enter[ends]]], 0)
        kept = np.flatnonzero(~entered & known)
        enter[kept], enter_time[kept] = self._last.enter[old[kept]], self._last.enter_time[old[kept]]
        self._remember(_Last(group_tid, places[ends] + first, kinds[ends], enter, enter_time))
        return Paired(twin, latency, far_enters, far_exits + first)

    def _look_up(self, tids: Ints) -> tuple[NDArray[np.bool_], Ints]:
        """Which threads were seen before, and their entries."""
        known = self._last.tid
        if not len(known):
            return np.zeros(len(tids), np.bool_), np.zeros(len(tids), np.int64)
        at = np.minimum(np.searchsorted(known, tids), len(known) - 1)
        return known[at] == tids, at

    def _remember(self, fresh: _Last) -> None:
        if not len(self._last.tid):
            self._last = fresh
            return
        seen, at = self._look_up(fresh.tid)
        for old, new in zip(self._last, fresh, strict=True):
            old[at[seen]] = new[seen]
        if seen.all():
            return
        joined = [np.concatenate([old, new[~seen]]) for old, new in zip(self._last, fresh, strict=True)]
        order = np.argsort(joined[0], kind="stable")
        self._last = _Last(*(column[order] for column in joined))
