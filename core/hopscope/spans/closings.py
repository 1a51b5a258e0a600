"""Until when somebody waited who got no answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import CLOSINGS, exit_codes
from hopscope.store.tables import NONE


def end_of_waiting(streams: Streams, channel: NDArray[np.int32], row: Indexes) -> tuple[Indexes, Indexes]:
    """Event rows at which waiting for an answer ended, and those of the last events that tell of it.

    It ends when the connection is closed, at the latest with the process or the capture. A close tells that
    somebody gave up; otherwise the question is the last that is known.

    Args:
        streams: of the capture.
        channel: int32, channels on which an answer should have come.
        row: int64, event rows of the last bytes of the questions; of the same length.
    """
    store = streams.store
    if not len(row):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    until = np.full(len(row), len(store) - 1, np.int64)
    rows = store.rows_of_codes(exit_codes(*CLOSINGS))
    rows = rows[store.result[rows] == 0].astype(np.int64)
    endpoint = streams.endpoint_of(store.descriptor[rows])
    rows, endpoint = rows[endpoint != NONE], endpoint[endpoint != NONE]
    _earliest(until, endpoint.astype(np.int64), rows, channel.astype(np.int64), row)
    closed = until.copy()
    last = _last_rows(streams)
    process = store.process[row].astype(np.int64)
    ended = np.where(process >= 0, last[process], len(store) - 1)
    until = np.minimum(until, np.maximum(ended, row))
    given_up = (closed == until) & (closed < len(store) - 1)
    return until, np.where(given_up, closed, row)


def _earliest(until: Indexes, keys: Indexes, rows: Indexes, wanted: Indexes, after: Indexes) -> None:
    """Lower ``until`` to the first row behind ``after`` that has the wanted key."""
    if not len(rows):
        return
    span = int(max(rows.max(), after.max())) + 2
    order = np.sort(keys * span + rows)
    place = np.searchsorted(order, wanted * span + after, side="right")
    found = order[np.minimum(place, len(order) - 1)]
    fits = (place < len(order)) & (found // span == wanted)
    until[fits] = np.minimum(until[fits], found[fits] % span)


def _last_rows(streams: Streams) -> Indexes:
    """The last event row of each process by its life."""
    store = streams.store
    lives = int(store.threads.life.max()) + 1 if len(store.threads) else 0
    last = np.full(lives + 1, len(store) - 1, np.int64)
    known = store.process >= 0
    rows = np.flatnonzero(known)
    last[store.process[rows]] = rows  # of equal places the last one stays
    return last
