"""Columns of the store that follow from the stored ones: results, descriptors, sizes, numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns
from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.store import NO_RESULT
from hopscope.store.tables import NONE, ThreadTable

Ints = NDArray[np.int64]

_CONTAINER_CODES = (228, 272, 324)
_NO_EPOCH_CODES = (272, 324)
_STATE_ONLY = 1
_NEVER_SHOWN = frozenset({"useradded", "userdeleted", "groupadded", "groupdeleted"})


def thread_rows(columns: EventColumns, threads: IntervalIndex, threaded: NDArray[np.bool_]) -> Ints:
    """Row of the thread table that holds at each event; NONE for container events."""
    found = threads.find(columns.tid, np.arange(len(columns), dtype=np.int64))
    found[~threaded & np.isin(columns.code, _CONTAINER_CODES)] = NONE
    return found


def descriptor_rows(threads: ThreadTable, thread: Ints, fd: Ints, descriptors: IntervalIndex) -> Ints:
    """Row of the descriptor table that holds at each event, NONE without one."""
    found = np.full(len(fd), NONE, np.int64)
    on_fd = np.flatnonzero((fd >= 0) & (thread != NONE))
    if len(on_fd):
        key = descriptor_key(threads.table[thread[on_fd]], fd[on_fd])
        found[on_fd] = descriptors.find(key, on_fd)
    return found


def results(columns: EventColumns) -> Ints:
    """``res`` or the created ``fd`` of every exit, whichever comes first."""
    result = np.full(len(columns), NO_RESULT, np.int64)
    for code in columns.codes:
        event = EVENTS[code]
        if event.is_exit and event.params and event.params[0].name in ("res", "fd"):
            rows, values = columns.fixed(code, event.params[0].name)
            result[rows] = values
    return result


def descriptor_numbers(columns: EventColumns, twin: NDArray[np.int32], result: Ints) -> Ints:
    """``fd.num``: of creators what they made, of others what they were called on.

    mmap is left out although newer tables give it a descriptor: nothing moves on it, and sysdig
    0.29.3 has none there.
    """
    fd = np.full(len(columns), -1, np.int64)
    for code in columns.codes:
        event = EVENTS[code]
        if EventFlag.USES_FD not in event.flags or event.name in ("mmap", "mmap2"):
            continue
        rows = columns.rows_of_code(code)
        if event.is_exit:
            paired = rows[twin[rows] >= 0]
            fd[paired] = fd[twin[paired]]
        named = (one.name for one in event.params if one.type in ("FD", "FD32") and one.name != "res")
        name = next(named, None)
        if name is not None:
            rows, values = columns.fixed(code, name)
            fd[rows] = values
    for code in columns.codes:
        event = EVENTS[code]
        if EventFlag.CREATES_FD not in event.flags or not event.is_exit:
            continue
        rows = columns.rows_of_code(code)
        fd[rows] = np.where(result[rows] >= 0, result[rows], -1)
        if "fd2" in event.param_index:
            made, values = columns.fixed(code, "fd2")
            fd[made] = np.where(result[made] >= 0, values, -1)
    return fd


def sizes(columns: EventColumns, result: Ints, descriptor: Ints) -> Ints:
    """Bytes moved by successful reads and writes on a known descriptor, -1 elsewhere."""
    moves = np.zeros(len(EVENTS), np.bool_)
    for event in EVENTS:
        if event.is_exit and event.category in ("IO_READ", "IO_WRITE"):
            moves[event.code] = True
    counted = moves[columns.code] & (result >= 0) & (descriptor != NONE)
    return np.where(counted, result, -1)


def numbers(columns: EventColumns, starts: list[int]) -> tuple[Ints, NDArray[np.bool_]]:
    """``evt.num`` and which events are never shown.

    Container events at the very start of the events are numbered in the first section only; in a
    later one they share the number of the event before them (format notes, section 9).
    """
    internal = np.array(
        ["INTERNAL" in event.categories or event.name in _NEVER_SHOWN for event in EVENTS], np.bool_
    )
    hidden = internal[columns.code] | ((columns.dump_flags & _STATE_ONLY) != 0)
    counted = np.ones(len(columns), np.bool_)
    container = np.isin(columns.code, _CONTAINER_CODES)
    others = np.flatnonzero(~container)
    for place, start in enumerate(starts):
        after = int(np.searchsorted(others, start))
        stop = int(others[after]) if after < len(others) else len(columns)
        hidden[start:stop] = True
        if place:
            counted[start:stop] = False
    return np.cumsum(counted).astype(np.int64), hidden


def epochs(columns: EventColumns, starts: list[int]) -> list[int]:
    """Time zero of each section: its first event that is no container event, hidden ones included."""
    real = np.flatnonzero(~np.isin(columns.code, _NO_EPOCH_CODES))
    epochs = []
    for start in starts:
        at = int(np.searchsorted(real, start))
        epochs.append(int(columns.time[real[at]]) if at < len(real) else 0)
    return epochs
