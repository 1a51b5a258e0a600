"""What happened shortly before and after chosen events."""

from __future__ import annotations

import numpy as np

from hopscope.fields.column import Mask
from hopscope.store.intervals import stable_order
from hopscope.store.store import Store


def around(store: Store, chosen: Mask, distance: int, every_thread: bool = False) -> Mask:
    """Events no further away in time from a chosen one, bool, one an event.

    Args:
        store: the capture.
        chosen: bool, one an event.
        distance: ns before and after; an event as far away still counts.
        every_thread: True for events of all threads; else only those of the chosen one's thread.
    """
    near = np.zeros(len(store), np.bool_)
    rows = np.flatnonzero(chosen)
    thread = (
        np.zeros(len(store), np.int64) if every_thread else np.unique(store.tid_key, return_inverse=True)[1]
    )
    order = stable_order(thread)
    sorted_threads = thread[order]
    for one in np.unique(thread[rows]).tolist():
        members = order[slice(*np.searchsorted(sorted_threads, (one, one + 1)).tolist())]
        centres = np.sort(store.time[rows[thread[rows] == one]])
        times = store.time[members]
        until = np.searchsorted(centres, times + distance, side="right")
        since = np.searchsorted(centres, times - distance, side="left")
        near[members] = until > since
    return near
