"""How work passes between the threads of a process: who was woken, by whom, after a message.

From the thread that received a message, word of it spreads to the threads that it wakes by a futex,
that read what it wrote to an eventfd or pipe inside the process, and that it starts.
"""

from __future__ import annotations

import numpy as np

from hopscope.conversation.transfers import EVENTFD, PIPE, READS, WRITES, exit_codes
from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.store.store import Rows, Store
from hopscope.trail.index import TrailIndex
from hopscope.waits.wakers import FUTEX, FUTEX_COMMAND, WAITS, WAKES

CLONE = exit_codes("clone", "clone3", "fork", "vfork")
READ = exit_codes(*READS)
WRITE = exit_codes(*WRITES)
WAIT = tuple(
    event.code
    for event in EVENTS
    if event.is_exit and (EventFlag.WAITS in event.flags or event.name == "futex")
)

MOST_FOLLOWED = 1500
"""So many rows that can pass work on are followed."""

LOOKED_BACK = 64
"""So many rows of a thread are searched for its last waking up."""

_PASSING = np.zeros(len(EVENTS) + 1, np.bool_)
_PASSING[[*FUTEX, *CLONE, *READ, *WRITE]] = True


def informed_threads(index: TrailIndex, process: int, tid: int, after: int, before: int) -> dict[int, int]:
    """Threads that were woken, directly or in a chain, by a thread after it received something.

    Args:
        index: of the store.
        process: life of the main thread.
        tid: thread that received.
        after, before: event rows between which waking counts.

    Returns:
        tid to the event row at which it learned of the message; the first thread itself is not in it.
    """
    store = index.store
    rows = store.rows_of_process(process)
    rows = rows[np.searchsorted(rows, after, side="right") : np.searchsorted(rows, before)]
    rows = rows[_PASSING[np.minimum(store.code[rows], len(EVENTS))]][:MOST_FOLLOWED]
    informed = {tid: after}
    called: dict[object, int] = {}
    for row in rows.tolist():
        _follow(index, row, informed, called)
    del informed[tid]
    return informed


def _follow(index: TrailIndex, row: int, informed: dict[int, int], called: dict[object, int]) -> None:
    """Take one event into account: a call to others, or the return of one that was called."""
    store = index.store
    code, tid = int(store.code[row]), int(store.tid[row])
    result = int(store.result[row])
    if code in FUTEX:
        command, address = _futex(store, row)
        if command in WAKES and tid in informed:
            called.setdefault(("futex", address), row)
        elif command in WAITS and result == 0 and ("futex", address) in called:
            informed.setdefault(tid, row)
    elif code in CLONE:
        if result > 0 and tid in informed:
            informed.setdefault(result, row)
    elif result > 0:
        descriptor = int(store.descriptor[row])
        if descriptor < 0 or index.family_of[descriptor] not in (EVENTFD, PIPE):
            return
        key = ("endpoint", index.endpoint_at(descriptor))
        if code in WRITE and tid in informed:
            called.setdefault(key, row)
        elif code in READ and key in called:
            informed.setdefault(tid, row)


def _futex(store: Store, row: int) -> tuple[int, bytes]:
    """Command and address of a futex call, from exit or enter."""
    for at in (row, int(store.twin[row])):
        operation = store.raw_param(at, "op") if at >= 0 else None
        address = store.raw_param(at, "addr") if at >= 0 else None
        if operation and address:
            return int.from_bytes(operation, "little") & FUTEX_COMMAND, address
    return -1, b""


def woke_up(store: Store, rows: Rows, before: int) -> int:
    """The event row at which a thread last returned from waiting before a row, -1 when not lately.

    Args:
        store: the events.
        rows: event rows of the thread, ascending.
        before: event row.
    """
    stop = int(np.searchsorted(rows, before))
    lately = rows[max(0, stop - LOOKED_BACK) : stop]
    waits = lately[np.isin(store.code[lately], WAIT)]
    return int(waits[-1]) if len(waits) else -1
