"""Columns of the store that follow from the stored ones: results, descriptors, sizes, numbers.

Each function works on the stretch of event rows ``[first, stop)`` and may look at what lies before it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns, fixed_values
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventFlag, EventType
from hopscope.lookup import distinct
from hopscope.store.store import NO_RESULT
from hopscope.store.tables import NONE

Ints = NDArray[np.int64]

CONTAINER_CODES = (228, 272, 324)
_NO_EPOCH_CODES = (272, 324)
_STATE_ONLY = 1
_NEVER_SHOWN = frozenset({"useradded", "userdeleted", "groupadded", "groupdeleted"})


def _of_events(test: list[bool]) -> NDArray[np.bool_]:
    return np.array(test, np.bool_)


def _descriptor_param(event: EventType) -> int:
    """Position of the parameter that says on which descriptor an event works, NONE without one.

    mmap is left out although newer tables give it a descriptor: nothing moves on it, and sysdig
    0.29.3 has none there.
    """
    if EventFlag.USES_FD not in event.flags or event.name in ("mmap", "mmap2"):
        return NONE
    named = (one.name for one in event.params if one.type in ("FD", "FD32") and one.name != "res")
    name = next(named, None)
    return NONE if name is None else event.param_index[name]


_IS_CONTAINER = _of_events([event.code in CONTAINER_CODES for event in EVENTS])
_HAS_RESULT = _of_events(
    [
        event.is_exit
        and bool(event.params)
        and event.params[0].name in ("res", "fd")
        and event.params[0].type in FIXED_WIDTH
        for event in EVENTS
    ]
)
_FIRST_SIGNED = _of_events([bool(event.params) and event.params[0].type in SIGNED_TYPES for event in EVENTS])
_USES_DESCRIPTOR = _of_events(
    [EventFlag.USES_FD in event.flags and event.name not in ("mmap", "mmap2") for event in EVENTS]
)
_DESCRIPTOR_PARAM = np.array([_descriptor_param(event) for event in EVENTS], np.int8)
_DESCRIPTOR_SIGNED = _of_events(
    [
        place >= 0 and event.params[place].type in SIGNED_TYPES
        for event, place in zip(EVENTS, _DESCRIPTOR_PARAM.tolist(), strict=True)
    ]
)
_MAKES_DESCRIPTOR = _of_events([EventFlag.CREATES_FD in event.flags and event.is_exit for event in EVENTS])
_SECOND_DESCRIPTOR = _of_events(
    [bool(made) and "fd2" in event.param_index for event, made in zip(EVENTS, _MAKES_DESCRIPTOR, strict=True)]
)
_MOVES_BYTES = _of_events([event.is_exit and event.category in ("IO_READ", "IO_WRITE") for event in EVENTS])
_IS_HIDDEN = _of_events(["INTERNAL" in event.categories or event.name in _NEVER_SHOWN for event in EVENTS])
_IS_TIMED = _of_events([event.code not in _NO_EPOCH_CODES for event in EVENTS])
HAPPENED = _of_events(
    [
        "INTERNAL" not in event.categories
        and event.name not in _NEVER_SHOWN
        and event.name not in ("container", "asyncevent")
        for event in EVENTS
    ]
)
"""Events, by code, that happened on the machine; others get the time at which the file was written."""


def without_thread(code: NDArray[np.uint16], threaded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Events that belong to no thread, whatever number they carry: those about containers."""
    return ~threaded & _IS_CONTAINER[code]


def results(columns: EventColumns, first: int, stop: int) -> Ints:
    """``res`` or the created ``fd`` of every exit, whichever comes first."""
    result = np.full(stop - first, NO_RESULT, np.int64)
    code = columns.code[first:stop]
    places = np.flatnonzero(_HAS_RESULT[code] & (columns.nparams[first:stop] > 0))
    start, length = columns.places(places + first, 0)
    values, usable = fixed_values(columns.data, start, length, _FIRST_SIGNED[code[places]])
    if usable is not None:
        places, values = places[usable], values[usable]
    result[places] = values
    return result


def descriptor_numbers(
    columns: EventColumns, first: int, stop: int, fd: Ints, twin: NDArray[np.int32], result: Ints
) -> None:
    """Fill in ``fd.num``: of creators what they made, of others what they were called on.

    Args:
        columns: of the capture.
        first, stop: the stretch.
        fd: of all events up to ``stop``; the stretch is written.
        twin: of all events up to ``stop``.
        result: of the stretch.
    """
    mine = fd[first:stop]
    mine[:] = NONE
    code = columns.code[first:stop]
    uses = _USES_DESCRIPTOR[code]
    _put_named(columns, first, code, uses & ((code & 1) == 0), mine)
    exits = np.flatnonzero(uses & ((code & 1) == 1) & (twin[first:stop] != NONE))
    mine[exits] = fd[twin[exits + first]]
    _put_named(columns, first, code, uses & ((code & 1) == 1), mine)
    makes = np.flatnonzero(_MAKES_DESCRIPTOR[code])
    mine[makes] = np.maximum(result[makes], NONE)
    for place in distinct(code[makes[_SECOND_DESCRIPTOR[code[makes]]]]).tolist():
        rows, values = columns.fixed(place, "fd2", makes[code[makes] == place] + first)
        mine[rows - first] = np.where(result[rows - first] >= 0, values, NONE)


def _put_named(
    columns: EventColumns, first: int, code: NDArray[np.uint16], chosen: NDArray[np.bool_], fd: Ints
) -> None:
    """Take the descriptor from the parameter that names it, for chosen events that store it."""
    places = np.flatnonzero(chosen)
    index = _DESCRIPTOR_PARAM[code[places]]
    stored = (index >= 0) & (columns.nparams[places + first] > index)
    places, index = places[stored], index[stored]
    for one in np.flatnonzero(np.bincount(index)).tolist():
        some = places[index == one]
        start, length = columns.places(some + first, one)
        values, usable = fixed_values(columns.data, start, length, _DESCRIPTOR_SIGNED[code[some]])
        if usable is not None:
            some, values = some[usable], values[usable]
        fd[some] = values


def sizes(code: NDArray[np.uint16], result: Ints, descriptor: NDArray[np.int32]) -> Ints:
    """Bytes moved by successful reads and writes on a known descriptor, -1 elsewhere."""
    return np.where(_MOVES_BYTES[code] & (result >= 0) & (descriptor != NONE), result, -1)


class Numbering:
    """``evt.num``, which events are never shown, and where each section's time begins.

    Container events at the very start of the events are numbered in the first section only; in a
    later one they share the number of the event before them (format notes, section 9).

    Attributes:
        starts: event row at which each section begins.
        epochs: time zero of each section: its first event that is no container event, hidden ones
            included; 0 before that has come.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.epochs: list[int] = []
        self._without_epoch: list[int] = []
        self._at_start = False
        self._count = 0

    def number(
        self,
        code: NDArray[np.uint16],
        dump_flags: NDArray[np.uint32],
        time: Ints,
        first: int,
        starts: list[int],
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Number the next events.

        Args:
            code, dump_flags, time: of the events.
            first: row of the first of them.
            starts: rows at which sections begin, from ``first`` on.
        """
        if not self.starts and not starts:
            starts = [first]
        hidden = _IS_HIDDEN[code] | ((dump_flags & _STATE_ONLY) != 0)
        counted = np.ones(len(code), np.bool_)
        others = np.flatnonzero(~_IS_CONTAINER[code])
        timed = np.flatnonzero(_IS_TIMED[code])
        begins = np.array([first, *starts], np.int64) - first
        ends = np.append(begins[1:], len(code))
        # The next event with a time, and the next one that is about no container.
        with_time, plain = (
            np.append(rows, len(code))[rows.searchsorted(begins)].tolist() for rows in (timed, others)
        )
        for place, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            if place:
                self._begin(starts[place - 1])
            if self._without_epoch and with_time[place] < len(code):
                self._tell_epoch(int(time[with_time[place]]))
            if self._at_start:
                stop = min(plain[place], end)
                hidden[begin:stop] = True
                if len(self.starts) > 1:
                    counted[begin:stop] = False
                self._at_start = stop == end
        number = np.cumsum(counted, dtype=np.int64) + self._count
        if len(number):
            self._count = int(number[-1])
        return number, hidden

    def _begin(self, row: int) -> None:
        self._without_epoch.append(len(self.starts))
        self.starts.append(row)
        self.epochs.append(0)
        self._at_start = True

    def _tell_epoch(self, time: int) -> None:
        """The sections that have no beginning yet begin at this time."""
        for section in self._without_epoch:
            self.epochs[section] = time
        self._without_epoch = []
