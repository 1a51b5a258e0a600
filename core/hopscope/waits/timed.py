"""Waits that were over because their time was up."""

from __future__ import annotations

import numpy as np

from hopscope.decode.event_table import EVENTS
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.waits.calls import FUTEX, POLL, READY, TIMER, classes_of
from hopscope.waits.targets import TIMED_OUT


def timed_out_waits(store: Store, least: int) -> tuple[Rows, Rows]:
    """Event rows at which waits of at least so many ns began and timed out, ascending by the latter.

    Where only the exit is recorded a wait began after the thread's event before it, at that event's row.
    """
    classes = classes_of(store)
    is_exit = np.array([event.is_exit and "SYSCALL" in event.categories for event in EVENTS], np.bool_)
    polls = ((classes == POLL) | (classes == READY)) & (store.result == 0)
    over = polls | ((classes == FUTEX) & (store.result == TIMED_OUT)) | (classes == TIMER)
    rows = np.flatnonzero(over & is_exit[np.minimum(store.code, len(is_exit) - 1)] & (store.thread >= 0))
    begun = store.twin[rows].astype(np.int64)
    alone = np.flatnonzero(begun == NONE)
    lives = store.thread_life[rows[alone]]
    for life in np.unique(lives).tolist():
        own = store.rows_of_thread_life(life)
        places = alone[lives == life]
        before = np.searchsorted(own, rows[places]) - 1
        begun[places] = np.where(before >= 0, own[np.maximum(before, 0)], NONE)
    long = (begun >= 0) & (store.time[rows] - store.time[np.maximum(begun, 0)] >= least)
    return begun[long], rows[long]
