"""The events of threads one after the other, with the moments at which each got a CPU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.store.event_columns import HAPPENED
from hopscope.store.intervals import stable_order
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.waits.processors import SWITCHES, Switches

BEFORE, MADE, ENTER, EXIT, LEFT, GOT, OTHER, END = range(8)
"""What a moment is: there already when the capture began, made, a call begun or ended, CPU lost or got,
anything else that happened on a CPU, and the end of the thread or of the capture."""

IS_TOLD = np.array(["METAEVENT" not in event.categories for event in EVENTS], np.bool_) & HAPPENED
"""Event types that happened to a thread, by code."""
_MOMENT = np.array(
    [(EXIT if event.is_exit else ENTER) if "SYSCALL" in event.categories else OTHER for event in EVENTS],
    np.int8,
)
_MOMENT[list(SWITCHES)] = LEFT


@dataclass(frozen=True, slots=True)
class Lives:
    """When threads were there. One entry a life.

    Attributes:
        begin, stop: int64, ns; of what was there before and after the capture, when that began and ended.
        old: bool, there before the capture began.
        dead: bool, ended in the capture.
    """

    begin: NDArray[np.int64]
    stop: NDArray[np.int64]
    old: NDArray[np.bool_]
    dead: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Moments of threads, sorted by life and then by event row. All arrays have the same length.

    The first moment of each life is BEFORE or MADE, the last one END.

    Attributes:
        life: int64, of the thread.
        row: int64, event row, NONE for BEFORE, MADE and END.
        time: int64, ns, never falling within a life.
        moment: int8, one of the constants above.
    """

    life: NDArray[np.int64]
    row: Rows
    time: NDArray[np.int64]
    moment: NDArray[np.int8]


def lives_of(store: Store) -> Lives:
    """When each life of a thread was there."""
    threads = store.threads
    count = int(threads.life.max(initial=-1)) + 1
    first = np.full(count, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(first, threads.life, threads.first)
    born, died = np.full(count, NONE, np.int64), np.full(count, NONE, np.int64)
    born[threads.life], died[threads.life] = threads.born, threads.died
    run_begin, run_stop = _runs(store)
    runs = store.process_run[:count]
    old = (born == NONE) & (first < 0)
    time = store.time if len(store) else np.zeros(1, np.int64)
    known_from = np.where(born >= 0, born, np.clip(first, 0, len(time) - 1))
    begin = np.where(old, run_begin[runs], time[known_from])
    stop = np.where(died >= 0, time[np.maximum(died, 0)], run_stop[runs])
    return Lives(begin, np.maximum(stop, begin), old, died >= 0)


def _runs(store: Store) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Time of the first and of the last event of each run of a machine."""
    told = IS_TOLD[np.minimum(store.code, len(IS_TOLD) - 1)] & (store.time > 0)
    time, run = store.time[told], store.run[told]
    count = int(store.run.max(initial=0)) + 1
    begin = np.full(count, np.iinfo(np.int64).max, np.int64)
    stop = np.zeros(count, np.int64)
    for one in range(count):
        times = time if count == 1 else time[run == one]
        if len(times):
            begin[one], stop[one] = times.min(), times.max()
        else:
            begin[one] = 0
    return begin, stop


def sequence_of(
    store: Store,
    lives: Lives,
    switches: Switches,
    coming: NDArray[np.int64],
    wanted: NDArray[np.int64] | None,
) -> Sequence:
    """The moments of some threads, of all where ``wanted`` is None.

    Args:
        store: the events.
        lives: of its threads.
        switches: of its CPUs.
        coming: int64, lives of the threads that get a CPU at each of them.
        wanted: int64, lives of threads, different ones.
    """
    if wanted is None:
        owner = store.thread_life
        rows = stable_order(owner)[int(np.count_nonzero(owner < 0)) :]
        known = coming >= 0
        wanted = np.unique(np.concatenate([owner[rows].astype(np.int64), coming[known]]))
    else:
        rows = np.concatenate([store.rows_of_thread_life(int(one)) for one in wanted] or [wanted[:0]])
        known = np.isin(coming, wanted)
    rows = rows[IS_TOLD[np.minimum(store.code[rows], len(IS_TOLD) - 1)]]
    own, got = store.thread_life[rows].astype(np.int64), coming[known]
    count = len(wanted)
    life = np.concatenate([wanted, own, got, wanted])
    row = np.concatenate([np.full(count, NONE), rows, switches.rows[known], np.full(count, NONE)])
    time = np.concatenate(
        [lives.begin[wanted], store.time[rows], store.time[switches.rows[known]], lives.stop[wanted]]
    )
    moment = np.concatenate(
        [
            np.where(lives.old[wanted], BEFORE, MADE).astype(np.int8),
            _MOMENT[np.minimum(store.code[rows], len(_MOMENT) - 1)],
            np.full(len(got), GOT, np.int8),
            np.full(count, END, np.int8),
        ]
    )
    place = np.where(moment == END, len(store) + 1, row + 1)
    order = np.argsort(life * (len(store) + 2) + place, kind="stable")
    life, row, moment = life[order], row[order], moment[order]
    return Sequence(life, row, _rising(life, time[order], moment), moment)


def _rising(life: NDArray[np.int64], time: NDArray[np.int64], moment: NDArray[np.int8]) -> NDArray[np.int64]:
    """Times that never fall within a life, and beginnings that are not behind the first event."""
    if not len(life):
        return time
    first = np.flatnonzero(moment <= MADE)
    time[first] = np.minimum(time[first], time[first + 1])
    # Each life is raised above all before it, so that one pass serves all.
    base = int(time.min())
    span = int(time.max()) - base + 1
    group = np.cumsum(moment <= MADE)
    if span > (1 << 62) // (len(first) + 1):
        return np.concatenate([np.maximum.accumulate(part) for part in np.split(time, first[1:])])
    raised = np.maximum.accumulate(time - base + group * span)
    return np.asarray(raised - group * span + base, np.int64)
