"""What happened to the spans of one process, moment by moment, and who woke whom meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hopscope.conversation.streams import Indexes
from hopscope.conversation.transfers import CONNECT, EVENTFD, PIPE, READS, WRITES, exit_codes
from hopscope.spans.spans import RECEIVED, SENT, Spans
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.trail.index import TrailIndex
from hopscope.waits.wakers import FUTEX, FUTEX_COMMAND, WAITS, WAKES

CAME, WENT, OPENED, ASKED, HEARD, CALLED, WOKEN, STARTED = range(8)
"""A request was received, its answer was sent; a connection was opened over which a request then was the
first, a request was sent, its answer was received; a thread called others, a thread was woken by such a call;
a thread was started."""

CLONE = exit_codes("clone", "clone3", "fork", "vfork")
READ = exit_codes(*READS)
WRITE = exit_codes(*WRITES)

MOST_WAKINGS = 400_000
"""So many calls with which threads can wake each other are followed in one process."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened.

    Attributes:
        row: event row.
        what: CAME, WENT, OPENED, ASKED, HEARD, CALLED, WOKEN or STARTED.
        thread: life of the thread.
        subject: a span; of CALLED and WOKEN a number for what they go through; of STARTED the new thread.
        final: of WENT and HEARD, whether it was the last part of the answer.
    """

    row: int
    what: int
    thread: int
    subject: int
    final: bool = True


def moments_of(spans: Spans, index: TrailIndex, process: int) -> list[Moment]:
    """What happened in a process (life of its main thread), in the order of events."""
    columns = index.transfers
    own = spans.of_process(process)
    found: list[Moment] = []
    for span in own.tolist():
        asked = int(spans.asked[span])
        answered, answered_last = int(spans.answered[span]), int(spans.answered_last[span])
        thread = int(spans.thread[span])
        if spans.kind[span] == RECEIVED:
            row = int(columns.row[asked]) if asked != NONE else int(spans.first[span])
            found.append(Moment(row, CAME, thread, span))
            if answered != NONE:
                last = answered_last == answered
                who = int(spans.answerer[span])
                found.append(Moment(int(columns.start[answered]), WENT, who, span, last))
                if not last:
                    who = int(columns.thread[answered_last])
                    found.append(Moment(int(columns.start[answered_last]), WENT, who, span))
        else:
            row = int(columns.start[asked]) if asked != NONE else int(spans.first[span])
            found.append(Moment(row, ASKED, thread, span))
            opened = _opening(spans, index, span)
            if opened != NONE:
                found.append(Moment(int(columns.start[opened]), OPENED, int(columns.thread[opened]), span))
            if answered != NONE:
                who = int(columns.thread[answered_last])
                found.append(Moment(int(columns.row[answered]), HEARD, who, span, answered_last == answered))
                if answered_last != answered:
                    found.append(Moment(int(columns.row[answered_last]), HEARD, who, span))
    if len(own):
        found.extend(_wakings(index, process, int(spans.first[own].min()), int(spans.last[own].max())))
    return sorted(found, key=lambda one: (one.row, one.what))


def _opening(spans: Spans, index: TrailIndex, span: int) -> int:
    """The transfer with which the connection was opened over which a sent request is the first, NONE."""
    channel = int(spans.channel[span])
    opened = index.of_endpoint(channel, CONNECT)
    if not len(opened) or int(spans.of_channel(channel)[0]) != span:
        return NONE
    first = int(opened[-1])
    return first if index.transfers.process[first] == spans.process[span] else NONE


def _wakings(index: TrailIndex, process: int, first: int, last: int) -> list[Moment]:
    """Calls by which threads of the process wake and start each other between two event rows."""
    store = index.store
    rows = store.rows_of_process(process)
    rows = rows[np.searchsorted(rows, first) : np.searchsorted(rows, last, side="right")]
    if not len(rows) or (store.thread_life[rows] == store.thread_life[rows[0]]).all():
        return []
    return [
        *_futexes(store, rows),
        *_inner_writes(index, rows),
        *_clones(store, rows),
    ]


def _futexes(store: Store, rows: Indexes) -> list[Moment]:
    calls = rows[np.isin(store.code[rows], FUTEX)][:MOST_WAKINGS]
    if not len(calls):
        return []
    operation = _argument(store, calls, "op") & FUTEX_COMMAND
    address = _argument(store, calls, "addr")
    result = store.result[calls]
    threads = store.thread_life[calls]
    wakes = np.isin(operation, WAKES) & (result > 0)
    waits = np.isin(operation, WAITS) & (result == 0)
    # A waker is heard before its call returns: it counts from its enter on.
    begin = np.where((store.twin[calls] >= 0) & (store.twin[calls] < calls), store.twin[calls], calls)
    return [
        *(Moment(int(begin[i]), CALLED, int(threads[i]), int(address[i])) for i in np.flatnonzero(wakes)),
        *(Moment(int(calls[i]), WOKEN, int(threads[i]), int(address[i])) for i in np.flatnonzero(waits)),
    ]


def _argument(store: Store, calls: Indexes, name: str) -> Indexes:
    """A fixed-width parameter of calls, from their exits or enters; -1 where there is none."""
    out = np.full(len(calls), NONE, np.int64)
    for places in (store.twin[calls].astype(np.int64), calls):
        there = places >= 0
        for code in np.unique(store.code[places[there]]).tolist():
            found, values = store.fixed_param(code, name)
            if len(found):
                at = np.minimum(np.searchsorted(found, places), len(found) - 1)
                out = np.where(there & (found[at] == places), values[at], out)
    return out


def _inner_writes(index: TrailIndex, rows: Indexes) -> list[Moment]:
    """Writes to and reads from eventfds and pipes."""
    columns = index.transfers
    place = np.searchsorted(columns.row, rows)
    place = place[place < len(columns.row)]
    place = np.unique(place[np.isin(columns.row[place], rows)])
    place = place[np.isin(columns.family[place], (EVENTFD, PIPE)) & (columns.direction[place] < CONNECT)]
    place = place[columns.size[place] > 0][:MOST_WAKINGS]
    key = -2 - index.endpoint[place].astype(np.int64)
    sends = columns.direction[place] == SENT
    at = np.where(sends, columns.start[place], columns.row[place])
    return [
        Moment(int(at[i]), CALLED if sends[i] else WOKEN, int(columns.thread[place[i]]), int(key[i]))
        for i in range(len(place))
    ]


def _clones(store: Store, rows: Indexes) -> list[Moment]:
    calls = rows[np.isin(store.code[rows], CLONE)]
    calls = calls[store.result[calls] > 0]
    found = []
    for row in calls.tolist():
        child = store.thread_at(int(store.result[row]), min(row + 1, len(store) - 1))
        if child != NONE:
            life = int(store.threads.life[child])
            found.append(Moment(row, STARTED, int(store.thread_life[row]), life))
    return found
